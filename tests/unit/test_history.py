"""Two clocks: what happened, and on which night it became known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.history import KNOWN_FROM, KNOWN_UNTIL, History, as_of
from claims.tables import DELIVERED
from tests.worlds import frames, world

if TYPE_CHECKING:
    from collections.abc import Callable

STAYS = """
    stay_id | hospital_id | total_amount | voided | received_on
    a       | H           | 100          | no     | 2025-03-10
    a       | H           | 80           | no     | 2025-03-20
    a       | H           | 0            | yes    | 2025-03-30
    b       | H           | 50           | no     | 2025-03-10
"""
LINES = """
    line_id | stay_id | category | amount | received_on
    a1      | a       | drug     | 60     | 2025-03-10
    a2      | a       | bed      | 40     | 2025-03-10
    a_late  | a       | drug     | 9      | 2025-03-15
    a1      | a       | drug     | 70     | 2025-03-20
    b1      | b       | drug     | 50     | 2025-03-10
    b_late  | b       | drug     | 5      | 2025-03-12
"""


def on(history: History, name: str, night: date, column: str) -> list[object]:
    """Values of a column in the rows known on a night, sorted."""
    rows = history.versions(name).filter(as_of(night)).sort(column).collect()
    return rows[column].to_list()


def test_a_row_is_known_from_its_night_until_the_night_of_its_next_version() -> None:
    rows = world(stays=STAYS).versions("stays").sort("stay_id", KNOWN_FROM).collect()
    assert rows.select("stay_id", KNOWN_FROM, KNOWN_UNTIL).rows() == [
        ("a", date(2025, 3, 10), date(2025, 3, 20)),
        ("a", date(2025, 3, 20), date(2025, 3, 30)),
        ("a", date(2025, 3, 30), None),
        ("b", date(2025, 3, 10), None),
    ]


@pytest.mark.parametrize(
    ("night", "amounts"),
    [
        (date(2025, 3, 9), []),
        (date(2025, 3, 10), [5000, 10000]),
        (date(2025, 3, 19), [5000, 10000]),
        (date(2025, 3, 20), [5000, 8000]),
        (date(2025, 3, 30), [0, 5000]),
    ],
)
def test_a_night_sees_the_latest_version_it_knew(night: date, amounts: list[int]) -> None:
    assert on(world(stays=STAYS), "stays", night, "total_amount") == amounts


@pytest.mark.parametrize(
    ("night", "lines"),
    [
        (date(2025, 3, 9), []),
        (date(2025, 3, 10), ["a1", "a2", "b1"]),
        (date(2025, 3, 12), ["a1", "a2", "b1", "b_late"]),
        (date(2025, 3, 15), ["a1", "a2", "a_late", "b1", "b_late"]),
        (date(2025, 3, 20), ["a1", "b1", "b_late"]),
        (date(2025, 3, 30), ["b1", "b_late"]),
    ],
)
def test_a_resent_stay_replaces_all_its_rows_and_a_late_row_is_added(
    night: date, lines: list[str]
) -> None:
    assert on(world(stays=STAYS, fee_lines=LINES), "fee_lines", night, "line_id") == lines


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("stay_diagnoses", "stay_id | position | code"),
        ("stay_procedures", "stay_id | position | code"),
        ("device_uses", "stay_id | use_id | item_code"),
    ],
)
def test_every_table_that_hangs_on_stays_is_replaced_with_them(table: str, columns: str) -> None:
    rows = f"{columns} | received_on\na | 1 | x | 2025-03-10\na | 2 | x | 2025-03-10\n"
    rows += "a | 1 | y | 2025-03-20\nb | 3 | x | 2025-03-10"
    history = world(stays=STAYS, **{table: rows})
    last = columns.rsplit("|", maxsplit=1)[-1].strip()
    assert on(history, table, date(2025, 3, 10), last) == ["x", "x", "x"]
    assert on(history, table, date(2025, 3, 20), last) == ["x", "y"]


def test_rows_can_be_limited_to_some_stays() -> None:
    history = world(stays=STAYS, fee_lines=LINES)
    wanted = pl.LazyFrame({"stay_id": ["b", "b"]})
    assert set(history.versions("fee_lines", wanted).collect()["line_id"]) == {"b1", "b_late"}
    assert history.versions("stays", wanted).collect().height == 1


def test_rows_after_a_day_keep_the_nights_for_which_they_are_known() -> None:
    history = world(stays=STAYS, fee_lines=LINES)
    day = date(2025, 3, 10)
    for name in ("stays", "fee_lines"):
        late = pl.col(KNOWN_FROM) > day
        order = [KNOWN_FROM, "stay_id"]
        whole = history.versions(name).filter(late).sort(order).collect()
        assert history.versions(name, after=day).sort(order).collect().equals(whole)
        assert whole.height


def test_rows_of_some_stays_are_known_the_same_without_the_nights_before_them() -> None:
    later = "c | H | 70 | no | 2025-03-21\nc | H | 75 | no | 2025-03-23"
    lines = "c1 | c | drug | 30 | 2025-03-21\nc2 | c | drug | 30 | 2025-03-22"
    history = world(stays=f"{STAYS.rstrip()}\n{later}", fee_lines=f"{LINES.rstrip()}\n{lines}")
    wanted = pl.LazyFrame({"stay_id": ["c"]})
    recent = history.since_first_of(wanted)
    there, here = (
        known.versions("fee_lines", wanted).sort("line_id").collect() for known in (history, recent)
    )
    assert here.equals(there)
    assert recent.tables["fee_lines"].collect().height == there.height
    assert there[KNOWN_UNTIL].to_list() == [date(2025, 3, 23)] * 2


def test_rows_that_meet_a_condition_are_known_for_the_same_nights() -> None:
    again = "b1 | b | bed | 50 | 2025-03-14\nb1 | b | drug | 50 | 2025-03-16"
    history = world(stays=STAYS, fee_lines=f"{LINES.rstrip()}\n{again}")
    bed, order = pl.col("category") == "bed", ["line_id", KNOWN_FROM]
    found = history.versions_where("fee_lines", bed).sort(order).collect()
    assert found.equals(history.versions("fee_lines").filter(bed).sort(order).collect())
    assert found.select("line_id", KNOWN_FROM, KNOWN_UNTIL).rows() == [
        ("a2", date(2025, 3, 10), date(2025, 3, 20)),
        ("b1", date(2025, 3, 14), date(2025, 3, 16)),
    ]


def test_the_current_rows_are_the_newest_and_cancelled_stays_are_left_out() -> None:
    history = world(stays=STAYS, fee_lines=LINES)
    assert history.current("stays").collect()["stay_id"].to_list() == ["b"]
    assert set(history.current("fee_lines").collect()["line_id"]) == {"b1", "b_late"}


def test_a_history_ends_on_its_night() -> None:
    early = world(date(2025, 3, 19), stays=STAYS, fee_lines=LINES)
    rows = early.versions("stays").sort("stay_id").collect()
    assert rows["total_amount"].to_list() == [10000, 5000]
    assert rows[KNOWN_UNTIL].null_count() == 2
    assert early.current("fee_lines").collect().height == 5


def test_a_death_and_a_level_are_known_only_from_their_night() -> None:
    history = world(
        persons="""
            person_id | sex | death_date | received_on
            P         | F   | -          | 2025-01-01
            P         | F   | 2025-02-01 | 2025-04-01
        """,
        hospitals="""
            hospital_id | level | received_on
            H           | 2     | 2025-01-01
            H           | 3     | 2025-04-01
        """,
    )
    for night, death, level in (
        (date(2025, 3, 31), None, "2"),
        (date(2025, 4, 1), date(2025, 2, 1), "3"),
    ):
        assert on(history, "persons", night, "death_date") == [death]
        assert on(history, "hospitals", night, "level") == [level]


def test_a_night_may_stand_in_a_column_or_be_an_expression() -> None:
    asked = pl.LazyFrame({"stay_id": ["a", "a"], "night": [date(2025, 3, 10), date(2025, 3, 25)]})
    rows = asked.join(world(stays=STAYS).versions("stays"), on="stay_id")
    amounts = [8000, 10000]
    for night in ("night", pl.col("night")):
        assert sorted(rows.filter(as_of(night)).collect()["total_amount"]) == amounts


def test_only_columns_with_a_value_are_present() -> None:
    history = world(stays=STAYS)
    assert history.fills("stays", ["total_amount", "voided"])
    assert not history.fills("stays", ["total_amount", "drg"])
    assert not history.fills("fee_lines", ["amount"])


def test_an_absent_table_is_an_empty_one() -> None:
    history = world(stays=STAYS)
    for table in DELIVERED:
        rows = history.versions(table.name).collect()
        assert set(table.names) - {"received_on"} <= set(rows.columns)
        assert table.name == "stays" or rows.is_empty()


def test_the_order_of_arrival_decides_and_not_the_order_of_rows() -> None:
    tables = frames(stays=STAYS, fee_lines=LINES)
    turned = {name: rows.reverse() for name, rows in tables.items()}
    for name in tables:
        there, back = (
            History.of_frames(each, date(2026, 1, 1)).versions(name).collect()
            for each in (tables, turned)
        )
        keys = [pl.all().exclude(KNOWN_UNTIL)]
        assert there.sort(keys).equals(back.sort(keys))


def test_a_night_knows_the_operations_of_the_persons_other_stays() -> None:
    stays = """
        stay_id | person_id | hospital_id | total_amount
        before  | P         | H           | 100
        now     | P         | H           | 100
        other   | Q         | H           | 100
        nobody  | -         | H           | 100
    """
    codes = "stay_id | position | code\n" + "\n".join(
        f"{stay} | 1 | 47.0" for stay in ("before", "now", "other", "nobody")
    )
    history = world(stays=stays, stay_procedures=codes, stay_diagnoses=codes)
    near = history.focused(pl.LazyFrame({"stay_id": ["now"]}))
    kept = {
        name: set(near.tables[name].collect()["stay_id"])
        for name in ("stay_procedures", "stay_diagnoses")
    }
    assert kept == {"stay_procedures": {"before", "now"}, "stay_diagnoses": {"now"}}


@pytest.mark.parametrize("column", ["person_id", "stay_id"])
def test_versions_worked_out_before_are_the_same(column: str) -> None:
    stays = """
        stay_id | hospital_id | person_id | total_amount | received_on
        a       | H           | P         | 100          | 2025-03-10
        a       | H           | Q         | 80           | 2025-03-20
        b       | H           | Q         | 50           | 2025-03-10
        c       | H           | R         | 50           | 2025-03-10
    """
    plain = world(stays=stays, fee_lines=LINES)
    ready = plain.worked_out("stays", "fee_lines")
    wanted = pl.LazyFrame({column: ["P", "b"]})
    near = pl.LazyFrame({"stay_id": ["a"]})
    order = ["stay_id", KNOWN_FROM]
    questions: tuple[Callable[[History], pl.LazyFrame], ...] = (
        lambda one: one.versions("stays"),
        lambda one: one.versions("stays", near, date(2025, 3, 11)),
        lambda one: one.versions_about("stays", wanted),
        lambda one: one.focused(near).versions("stays"),
        lambda one: one.focused(near).versions("fee_lines"),
    )
    for asked in questions:
        rows = asked(ready).sort(*order).collect()
        assert rows.equals(asked(plain).sort(*order).collect())
        assert rows.height
