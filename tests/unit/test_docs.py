"""What the documentation says is there, and what is there is said."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main

from claims.checks import CHECKS
from claims.delivery import read_delivery
from claims.errors import MappingError
from claims.gates import BAD_ROWS, NO_LINES, VOLUME
from claims.mapping import read_mapping
from claims.refusals import DUPLICATE_KEY, MISSING_KEY, UNKNOWN_PARENT
from claims.settings import Settings
from claims.typing_rows import UNPARSEABLE
from flows.catalogue_page import page
from flows.command_line import app

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "workbench" / "README.md"],
)
ROOMS = (
    "claims", "synthetic", "features", "rules", "models", "cases", "evaluation", "workbench", "flows",
)  # fmt: skip
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TEST_FILE = re.compile(r"tests/[\w/]+\.py")
TARGET = re.compile(r"`make ((?:[a-z]+ ?)+)`")
BLOCK = re.compile(r"^```(python|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Code in a sentence that is longer than this is a message and no name.
SHORTEST_MESSAGE = 40
COMMAND = re.compile(r"\bjianbao (?:--home \S+ )?([a-z]+)\b")
# In pieces, so that this file does not find itself.
FORBIDDEN = tuple(
    re.compile(left + right)
    for left, right in (
        (r"(?<![\w.\-])/wo", r"rk/"),
        (r"(?<![\w.\-])/ro", r"ot/"),
        (r"(?<![\w.\-])/ho", r"me/\w"),
        (r"pypi\.", r"org"),
        (r"pythonhosted\.", r"org"),
        (r"registry\.", r"npmjs"),
        (r"conda\.", r"anaconda"),
        (r"proxy\.", r"golang"),
        (r"--index-", r"url"),
    )
)


def text(path: Path) -> str:
    """A file as text."""
    return path.read_text(encoding="utf-8")


def commands() -> Iterator[str]:
    """Every command, as it is typed."""
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        yield from [name] if inner is None else (f"{name} {one}" for one in inner)


def exit_codes() -> Iterator[tuple[str, int]]:
    """Every error class with an exit code of its own, found in the code without importing it."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(text(path))):
                if isinstance(node, ast.ClassDef):
                    yield from ((node.name, code) for code in _code_of(node))


def _code_of(node: ast.ClassDef) -> Iterator[int]:
    for line in node.body:
        named = isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "exit_code"
        if named and isinstance(line, ast.Assign):
            yield ast.literal_eval(line.value)


def kept() -> list[Path]:
    """Every file that git keeps, or would."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name]


def named(path: Path) -> str:
    """A page by its place in the project."""
    return str(path.relative_to(ROOT))


EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=named)


def test_the_catalogue_is_fresh() -> None:
    assert text(DOCS / "catalogue.md") == page(), "run `make docs`"


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_named(command: str) -> None:
    said = re.compile(rf"(?:`|jianbao (?:--home \S+ )?){command}\b")
    assert any(said.search(text(path)) for path in PAGES)


@EVERY_PAGE
def test_no_page_names_a_command_that_is_not_there(path: Path) -> None:
    known = {name.split()[0] for name in commands()}
    assert set(COMMAND.findall(text(path))) <= known


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_its_table_with_its_default(name: str) -> None:
    rows = [line for line in text(DOCS / "settings.md").splitlines() if f"| `{name}` |" in line]
    assert len(rows) == 1
    assert rows[0].split("|")[2].strip(" `") == str(Settings.model_fields[name].default)


@pytest.mark.parametrize(("error", "code"), sorted(exit_codes()))
def test_every_exit_code_is_explained(error: str, code: int) -> None:
    rows = text(DOCS / "how-a-night-works.md").splitlines()
    assert any(row.startswith(f"| {code} |") and f"`{error}`" in row for row in rows)


def test_every_reason_to_tag_refuse_or_hold_is_explained() -> None:
    codes = {
        *(check.code for check in CHECKS),
        *(UNPARSEABLE, MISSING_KEY, DUPLICATE_KEY, UNKNOWN_PARENT),
        *(BAD_ROWS, VOLUME, NO_LINES),
    }
    said = text(DOCS / "how-a-night-works.md")
    assert {code for code in codes if f"`{code}`" not in said} == set()


@EVERY_PAGE
def test_links_lead_somewhere(path: Path) -> None:
    found = [link for link in LINK.findall(text(path)) if "://" not in link]
    assert [link for link in found if not (path.parent / link).exists()] == []


@EVERY_PAGE
def test_tests_and_targets_that_are_named_exist(path: Path) -> None:
    assert [name for name in TEST_FILE.findall(text(path)) if not (ROOT / name).exists()] == []
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    asked = {one for match in TARGET.findall(text(path)) for one in match.split()}
    assert asked <= targets


@EVERY_PAGE
def test_examples_of_code_can_be_read(path: Path) -> None:
    for language, block in BLOCK.findall(text(path)):
        if language == "python":
            ast.parse(block)
        else:
            tomllib.loads(block)


def test_the_mapping_of_the_manual_works_as_it_says(tmp_path: Path) -> None:
    manual = text(DOCS / "import-format.md")
    (tmp_path / "discharges.csv").write_text(_indented_after(manual, "A file `discharges.csv`"))
    toml = next(block for language, block in BLOCK.findall(manual) if language == "toml")
    (tmp_path / "discharges.toml").write_text(toml, encoding="utf-8")
    mapping = read_mapping(tmp_path / "discharges.toml")
    delivery = read_delivery(tmp_path / "discharges.csv", mapping)
    rows = delivery.tables["stays"]
    assert rows["stay_id"].to_list() == ["17", "18"]
    assert rows["total_amount"].to_list() == [1_250_000, 700_000]
    assert rows["discharge_way"].to_list() == ["home", "death"]
    assert rows["discharged_at"].dt.date().to_list() == [date(2025, 2, 3), date(2025, 2, 4)]
    assert ("stays", "severity") not in delivery.filled


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('rename = "House"', 'rename = "Hose"'),
        ("stay_id =", "stay_idd ="),
        ("[tables.stays", "[tables.stay"),
        ('lookup = "ways"', 'lookup = "way"'),
        ('rename = "Left"', 'renam = "Left"'),
        ('TRY_CAST(\\"Charges (thousand)\\" AS DOUBLE) * 1000', "SUM(x)"),
    ],
)
def test_a_mistake_in_a_mapping_gets_the_message_of_the_manual(
    right: str, wrong: str, tmp_path: Path
) -> None:
    manual = text(DOCS / "import-format.md")
    (tmp_path / "discharges.csv").write_text(_indented_after(manual, "A file `discharges.csv`"))
    toml = next(block for language, block in BLOCK.findall(manual) if language == "toml")
    assert right in toml
    (tmp_path / "discharges.toml").write_text(toml.replace(right, wrong), encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        read_delivery(tmp_path / "discharges.csv", read_mapping(tmp_path / "discharges.toml"))
    quoted = re.findall(r"`([^`\n]+)`", BLOCK.sub("", manual))
    promised = [part for part in quoted if len(part) > SHORTEST_MESSAGE]
    said = caught.value.what
    assert any(part.removeprefix("... ").rstrip(".?") in said for part in promised), said


def _indented_after(manual: str, words: str) -> str:
    """The first indented block after these words."""
    _, _, rest = manual.partition(words)
    lines = rest.splitlines()[1:]
    first = next(place for place, line in enumerate(lines) if line.startswith("    "))
    block = takewhile(lambda line: line.startswith("    "), lines[first:])
    return "\n".join(line.strip() for line in block) + "\n"


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    files = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [int(file.name[:4]) for file in files]
    assert numbers == list(range(1, len(files) + 1))
    index = text(DOCS / "index.md")
    for file in files:
        title = text(file).splitlines()[0].removeprefix("# ")
        assert title[:4] == file.name[:4]
        assert f"](decisions/{file.name})" in index


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in kept():
        try:
            lines = text(path).splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # not text, or removed and not yet committed
        for number, line in enumerate(lines, 1):
            if any(word.search(line) for word in FORBIDDEN):
                found.append(f"{named(path)}:{number}")
    assert found == []
