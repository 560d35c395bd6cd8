"""The answer key of a synthetic city is for evaluation alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("claims", "features", "rules", "models", "cases", "flows", "workbench")
# Who may say the word: the reader that leaves the folder aside, and the one flow and command
# that open it. The room `evaluation` is handed the key as a frame; import contracts keep it out of
# sight of what judges.
ALLOWED = {
    "claims/delivery.py",
    "flows/evaluate.py",
    "flows/evaluate_command.py",
    "flows/evaluation_page.py",
}
KEY_COLUMNS = {"innocent", "campaign_id", "is_fraud"}


def strings(path: Path) -> set[str]:
    """Every text constant of a module, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    }


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_judges_names_neither_the_key_nor_its_columns(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    said = {text for text in strings(path) if "truth" in text.lower().split()}
    said |= strings(path) & ({"truth", "truth.parquet"} | KEY_COLUMNS)
    assert not said or name in ALLOWED, said


def test_the_one_who_opens_the_key_is_imported_by_the_evaluation_alone() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if "from flows.evaluate import" in path.read_text(encoding="utf-8")
    }
    assert users == {"flows/evaluate_command.py", "flows/later_audits.py"}
