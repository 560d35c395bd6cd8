"""The ladder of indicators: climbed down to a serial number, printed, drawn, kept."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from rich.console import Console

from claims.errors import LakeError, NotFoundError
from claims.knowledge.device_classes import choose, load_words
from claims.lake import Lake
from features.indicators import RUNGS, below
from flows import showing_indicators as showing
from flows.indicators import Ladder, class_names, climb, last_whole_month, names, store
from tests.stents import END, HOSPITALS, MARCH, STAYS, STENT, stent_world
from tests.worlds import world

if TYPE_CHECKING:
    from pathlib import Path

    from claims.history import History

CLASSES = {"C020101": "血管支架", "C020102": "血管支架", "C030101": "髋关节假体"}


@pytest.fixture(scope="module")
def history() -> History:
    return stent_world()


def ladder(history: History, of: str | None = None, asked: str | None = "C0201") -> Ladder:
    return climb(history, MARCH, period="month", rung="hospital", asked=asked, of=of)


def printed(told: Ladder, top: int = 20) -> str:
    console = Console(width=240, record=True, force_terminal=False)
    with console.capture() as said:
        showing.show_ladder(console, told, {"H": "North House"}, top)
    return said.get()


@pytest.mark.parametrize(
    ("of", "rung", "parts"),
    [
        ("city", "district", {"north": 420_000, "south": 100_000}),
        ("north", "hospital", {"H": 320_000, "K": 100_000}),
        ("H", "department", {"H|heart": 320_000}),
        ("H|heart", "physician", {"H|heart|D": 100_000, "H|heart|E": 220_000}),
        ("H|heart|E", "stay", {"b": 220_000}),
        ("b", "item", {f"b|{STENT}": 220_000}),
        (f"b|{STENT}", "lot", {f"b|{STENT}|-": 0, f"b|{STENT}|l1": 220_000}),
        (f"b|{STENT}|l1", "serial", {f"b|{STENT}|l1|s2": 220_000}),
    ],
)
def test_a_reader_comes_from_the_city_to_the_serial_number(
    history: History, of: str, rung: str, parts: dict[str, int]
) -> None:
    told = ladder(history, of)
    assert told.rung == rung
    assert dict(told.rows.select("subject_id", "amount").iter_rows()) == parts
    assert sum(parts.values()) == told.parent["amount"].item()
    assert [name for name, _ in told.ancestors] == list(RUNGS[: RUNGS.index(rung)])


def test_the_table_says_that_the_parts_are_the_whole(history: History) -> None:
    said = printed(ladder(history, "H"))
    assert "All 1 together: 3,200.00 yuan, the same as H with 3,200.00 yuan." in said
    assert "North House" in said
    assert "yellow: observed over expected 1.60 (line 1.15)" in said
    assert "people decide" in said


def test_no_more_is_shown_than_asked_for(history: History) -> None:
    assert "1 of 3 are shown" in printed(ladder(history), top=1)


def test_a_warning_is_told_with_its_interval() -> None:
    one = {"indicator": "oe", "grade": "ahead", "value": 1.1, "line": 1.15, "projected": 1.17,
           "low": 1.12, "high": 1.24}  # fmt: skip
    said = "next month: observed over expected 1.17 (90%: 1.12 to 1.24); now 1.10, line 1.15"
    assert showing.sentence(one) == said


def test_the_page_is_a_drawing_with_a_bar_for_each_subject(history: History) -> None:
    told = ladder(history, "north")
    drawn = showing.as_page(told, names(history), 20)
    root = ET.fromstring(drawn)  # noqa: S314
    words = "".join(root.itertext())
    assert "district north" in words
    assert "¥3,200 · O/E 1.60" in words
    assert drawn == showing.as_page(told, names(history), 20)


def test_json_holds_every_figure(history: History) -> None:
    told = json.loads(showing.as_json(ladder(history)))
    assert told["class"] == "C0201"
    assert sum(row["amount"] for row in told["rows"]) == told["ancestors"][0]["amount"]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("stent", {"C020101", "C020102"}),
        ("血管支架", {"C020101", "C020102"}),
        ("C0201", {"C020101", "C020102"}),
        ("c030101", {"C030101"}),
    ],
)
def test_a_class_is_named_by_code_in_chinese_or_in_english(asked: str, codes: set[str]) -> None:
    assert choose(asked, CLASSES).classes == frozenset(codes)


def test_no_class_is_all_of_them() -> None:
    assert choose(None, CLASSES) == choose("all", CLASSES)
    assert choose(None, CLASSES).classes is None


def test_an_unknown_class_is_named_with_what_was_meant(history: History) -> None:
    with pytest.raises(NotFoundError, match=r"no class 'stnet'.*Did you mean 'stent'"):
        ladder(history, asked="stnet")


def test_a_word_without_its_class_in_the_catalogue_is_told(history: History) -> None:
    assert "lens" in load_words()
    with pytest.raises(NotFoundError, match="no class 'lens'"):
        choose("lens", class_names(history))


def test_an_unknown_subject_is_named_with_what_was_meant(history: History) -> None:
    with pytest.raises(NotFoundError, match=r"No 'H\|hart' has figures.*H\|heart"):
        ladder(history, "H|hart")


def test_nothing_lies_below_a_serial_number(history: History) -> None:
    assert below(RUNGS[-1]) is None
    with pytest.raises(NotFoundError, match="Nothing lies below"):
        ladder(history, f"b|{STENT}|l1|s2")


def test_a_month_without_stays_and_a_city_without_lines_are_told(history: History) -> None:
    with pytest.raises(NotFoundError, match="settled in 2030-01"):
        climb(history, date(2030, 1, 1), period="month", rung="city", asked=None, of=None)
    bare = world(hospitals=HOSPITALS, stays=STAYS)
    with pytest.raises(LakeError, match="No line of a consumable"):
        climb(bare, MARCH, period="month", rung="city", asked=None, of=None)


def test_the_table_is_the_same_when_written_again(history: History, tmp_path: Path) -> None:
    lake = Lake.at(tmp_path)
    written = store(lake, history, END, MARCH, lambda _: None)
    version = lake.version("indicators")
    assert store(lake, history, END, MARCH, lambda _: None) == written
    assert lake.version("indicators") == version
    rows = lake.scan("indicators").filter(pl.col("period") == "month").collect()
    amounts = rows.group_by("class", "rung").agg(pl.col("amount").sum())
    assert set(amounts.filter(pl.col("class") == "*")["amount"]) == {550_000}
    assert set(amounts.filter(pl.col("class") == "C02")["amount"]) == {550_000}


def test_a_month_leaves_what_was_written_about_others(history: History, tmp_path: Path) -> None:
    lake, older = Lake.at(tmp_path), date(2024, 3, 1)
    store(lake, history, END, older, lambda _: None)
    before = lake.scan("indicators").collect()
    store(lake, history, END, MARCH, lambda _: None)
    after = lake.scan("indicators").filter(pl.col("month") == older).collect()
    assert after.height == before.height > 0
    assert set(lake.scan("indicators").collect()["month"]) == {older, MARCH}


def test_the_last_whole_month_is_the_one_before(history: History) -> None:
    assert last_whole_month(date(2025, 3, 31)) == date(2025, 2, 1)
    assert last_whole_month(date(2025, 1, 1)) == date(2024, 12, 1)


def test_articles_of_a_physician_are_kept_over_all_stays(history: History, tmp_path: Path) -> None:
    lake = Lake.at(tmp_path)
    store(lake, history, END, MARCH, lambda _: None)
    month = lake.scan("indicators").filter(pl.col("period") == "month").collect()
    items = month.filter(pl.col("rung") == "physician_item")
    assert set(items["class"]) == {"*"}
    found = dict(items.select("subject_id", "amount").iter_rows())
    assert found[f"H|heart|E|{STENT}"] == 220_000
    assert set(items["parent_id"]) <= set(month.filter(pl.col("rung") == "physician")["subject_id"])
