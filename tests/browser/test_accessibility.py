"""Every page in both languages, wide and narrow, before axe-core: no serious finding."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from bench import chromium
from tests.browser.people import PASSWORD, Person
from tests.workbench_indicators import CITY, crossed, figure, write_figures
from tests.workbench_lake import case, write_group, write_whole
from workbench.access import SENIOR
from workbench.services import users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(chromium.found() is None, reason="Chromium is not installed"),
]

CASE = "/cases/case-000001/"
PAGES = (
    "/",
    "/?hospital=nowhere",
    CASE,
    f"{CASE}linked/",
    "/overview/",
    "/indicators/",
    "/trail/",
    "/nowhere/",
)
SIZES = ((1280, 800), (820, 1100))
SERIOUS = ("serious", "critical")
RUN = "axe.run({resultTypes: ['violations']}).then(told => told.violations)"


@pytest.fixture
def axe() -> str:
    """The script of axe-core."""
    return (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def reader(lake: Lake, live_server: LiveServer, tmp_path: Path) -> Iterator[Person]:
    """A senior auditor's screen at a desk with a few cases; nobody has signed in."""
    consumables = {"scenario": "consumables", "rule_codes": ["C02"], "score": None}
    rows = [case(1, grade="red"), case(2), case(3, grade="orange"), case(4, **consumables)]
    write_whole(lake, rows)
    users.add_user(name="chen", password=PASSWORD, role=SENIOR)
    with chromium.browser(tmp_path / "profile") as started:
        yield Person(started.tab(), live_server.url)


def findings(person: Person, axe: str) -> list[str]:
    """What axe-core calls serious on this page, with the place."""
    person.tab.ask(f"{axe}; null")
    told: list[dict[str, Any]] = person.tab.ask(RUN)
    return [
        f"{person.path} {one['id']}: {node['html']}"
        for one in told
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_has_a_serious_finding(reader: Person, axe: str, language: str) -> None:
    reader.go("/")
    found = findings(reader, axe)
    reader.sign_in("chen", language)
    for shown in ("facts", "score"):
        for width, height in SIZES:
            reader.tab.resize(width, height)
            for page in PAGES:
                reader.go(page)
                found += [f"{shown} {width}: {one}" for one in findings(reader, axe)]
        reader.go("/")
        reader.tab.follow("form[action='/facts-only/'] button")
    reader.tab.follow("form[action='/next/'] button")
    found += findings(reader, axe)
    reader.ask("document.querySelector('.decide').noValidate = true")
    reader.tab.follow(".decide .primary")
    found += findings(reader, axe)
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_drawings_and_figures_have_no_serious_finding(
    reader: Person, lake: Lake, axe: str, language: str
) -> None:
    write_group(
        lake, {f"{number:012d}": [date(2025, 9, 1)] * (1 + number % 2) for number in range(5)}
    )
    red = {"oe": 1.45, "growth": 0.8, "crossed": [crossed("oe", "red", 1.45, 1.30)]}
    write_figures(lake, [figure(*one) | (red if one[0] != "city" else {}) for one in CITY])
    reader.go("/")
    reader.sign_in("chen", language)
    found = []
    for width, height in SIZES:
        reader.tab.resize(width, height)
        for page in (CASE, "/indicators/", "/indicators/?district=Near+District"):
            reader.go(page)
            reader.ask("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found += [f"{width}: {one}" for one in findings(reader, axe)]
    assert "Riverside" in str(reader.ask("document.body.innerText"))
    assert found == []


def test_a_planted_fault_is_found(reader: Person, axe: str) -> None:
    reader.go("/")
    reader.ask("document.querySelector('label[for=id_username]').remove()")
    reader.ask("document.querySelector('h1').style.color = '#ccc'")
    found = findings(reader, axe)
    assert any(" label: " in one for one in found)
    assert any(" color-contrast: " in one for one in found)
