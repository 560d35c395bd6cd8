"""A day at the desk in a real browser, in both languages: from the queue to the appeal."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from bench import chromium
from claims.vault import Vault
from tests.browser.people import PASSWORD, Conclusion, Person
from tests.workbench_lake import case, write_whole
from workbench import life
from workbench.access import AUDITOR, SENIOR
from workbench.services import packets, users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

    from bench.chromium import Browser
    from claims.lake import Lake
    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(chromium.found() is None, reason="Chromium is not installed"),
]

CASE = "case-000001"
NOTE = "the record shows two days without care"
FOUND = Conclusion(life.CONFIRMED, "care_not_shown", NOTE, scheme="H02", amount="1000.50")
SHOWN_ID = "310101199001011234"
LANGUAGES = ("en", "zh-hans")
# What a reader of each language must find on the way.
WORDS = {
    "queue": ("Queue of clues", "线索队列"),
    "facts": ("Days without treatment", "无诊疗天数"),
    "hidden": ("Hidden, because you read facts only", "您当前仅看事实"),
    "waits": ("Awaits a second opinion", "待复核"),
    "blind": ("A first opinion exists", "已有第一人意见"),
    "confirmed": ("Confirmed", "属实"),
    "appealed": ("Appealed", "申诉中"),
    "overturned": ("Overturned on appeal", "申诉后撤销"),
    "once": ("Shown this once", "仅显示一次"),
    "city": ("By district", "按区"),
    "foot": ("Cases", "案件"),
}


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Browser]:
    """A browser with an empty profile."""
    with chromium.browser(tmp_path / "profile") as started:
        yield started


@pytest.fixture
def city(lake: Lake, workbench_settings: Settings, live_server: LiveServer) -> str:
    """A desk with eight cases, the first of them red, and three people; its address."""
    rows = [case(number, grade="red" if number == 1 else "yellow") for number in range(1, 9)]
    write_whole(lake, rows)
    Vault.at(workbench_settings.key_folder).keep({rows[0]["person_id"]: SHOWN_ID})
    for name, role in (("lin", AUDITOR), ("wang", AUDITOR), ("chen", SENIOR)):
        users.add_user(name=name, password=PASSWORD, role=role)
    return live_server.url


def enter(chrome: Browser, city: str, name: str, language: str) -> Person:
    """Let a person sign in at a screen of its own."""
    person = Person(chrome.tab(), city)
    person.sign_in(name, language)
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_red_case_from_the_queue_to_the_appeal(chrome: Browser, city: str, language: str) -> None:
    said = {name: words[LANGUAGES.index(language)] for name, words in WORDS.items()}

    first = enter(chrome, city, "lin", language)
    assert said["queue"] in first.text
    assert first.take_next() == CASE
    assert said["facts"] in first.text
    assert said["hidden"] in first.text
    first.conclude(FOUND)
    assert said["waits"] in first.text
    assert NOTE in first.text

    second = enter(chrome, city, "wang", language)
    second.tab.follow(f"a[href='/cases/{CASE}/']")
    assert said["blind"] in second.text
    second.tab.follow(f"form[action='/cases/{CASE}/take/'] button")
    assert NOTE not in second.text
    second.conclude(FOUND)
    assert second.text.count(NOTE) == 2
    assert second.ask("document.querySelector('.state .tag').innerText") == said["confirmed"]

    senior = enter(chrome, city, "chen", language)
    senior.go(f"/cases/{CASE}/")
    senior.tab.click("details:has(#appeal-filed_on) summary")
    senior.tab.choose("#appeal-filed_on", "2025-11-24")
    senior.tab.fill("#appeal-grounds", "the nurse's notes were left out")
    senior.tab.follow("form:has(#appeal-grounds) button")
    assert said["appealed"] in senior.text
    senior.tab.click("input[name=outcome][value=overturned]")
    senior.tab.fill("#answer-words", "the notes were found")
    senior.tab.follow("form:has(#answer-words) button")
    assert said["overturned"] in senior.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_queue_goes_out_as_a_workbook(
    chrome: Browser, city: str, language: str, tmp_path: Path
) -> None:
    person = enter(chrome, city, "lin", language)
    told = person.download("form[action='/export/'] button", tmp_path / "downloads")
    with zipfile.ZipFile(io.BytesIO(told)) as book:
        assert "Riverside Hospital" in "".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evidence_goes_out_as_one_file(
    chrome: Browser, city: str, language: str, tmp_path: Path
) -> None:
    person = enter(chrome, city, "lin", language)
    person.go(f"/cases/{CASE}/")
    told = person.download(f"form[action='/cases/{CASE}/packet/'] button", tmp_path / "downloads")
    assert f'<html lang="{language}">'.encode() in told
    found = packets.checked(told.decode())
    assert found is not None
    assert (found.named, found.case_id) == (True, CASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_unmasked_with_a_reason_and_once(
    chrome: Browser, city: str, language: str
) -> None:
    person = enter(chrome, city, "lin", language)
    person.go(f"/cases/{CASE}/")
    person.tab.click("details:has(#unmask-why) summary")
    person.tab.fill("#unmask-why", "the ward must be asked")
    person.tab.follow("form:has(#unmask-why) button")
    assert SHOWN_ID in person.text
    assert WORDS["once"][LANGUAGES.index(language)] in person.text
    person.go(f"/cases/{CASE}/")
    assert SHOWN_ID not in person.ask("document.documentElement.outerHTML")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_leads_from_the_city_to_a_case(
    chrome: Browser, city: str, language: str
) -> None:
    person = enter(chrome, city, "chen", language)
    person.tab.follow("a[href='/overview/']")
    assert WORDS["city"][LANGUAGES.index(language)] in person.text
    for unit in ("Near District", "Riverside Hospital", "Neurology", "D-1"):
        assert person.ask("document.querySelector('tbody th a').innerText") == unit
        person.tab.follow("tbody th a")
    person.tab.follow("a[href^='/cases/']")
    assert person.path == f"/cases/{CASE}/"
