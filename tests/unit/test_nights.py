"""On which night a row of a history counts as known."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from claims.errors import DeliveryError
from claims.nights import known_by_event
from claims.tables import BY_NAME


def table(name: str, *rows: dict[str, object]) -> pl.DataFrame:
    """Rows of a declared table, absent columns empty."""
    declared = BY_NAME[name]
    return pl.DataFrame([dict.fromkeys(declared.names) | row for row in rows], declared.dtypes())


def nights(name: str, **tables: pl.DataFrame) -> list[date]:
    """The nights of one table of a history."""
    return known_by_event(tables, None)[name]["received_on"].to_list()


STAY = table("stays", {"stay_id": "S1", "received_on": date(2025, 3, 7)})
TWICE = table(
    "stays",
    {"stay_id": "S1", "received_on": date(2025, 3, 7)},
    {"stay_id": "S1", "received_on": date(2025, 3, 20)},
)


def test_a_stay_is_known_the_day_after_its_settlement() -> None:
    stays = table("stays", {"stay_id": "S1", "settled_on": date(2025, 3, 6)})
    assert nights("stays", stays=stays) == [date(2025, 3, 7)]


def test_a_line_without_a_night_is_known_with_its_stay() -> None:
    lines = table("fee_lines", {"line_id": "L1", "stay_id": "S1"})
    assert nights("fee_lines", stays=STAY, fee_lines=lines) == [date(2025, 3, 7)]


def test_undated_lines_of_a_stay_sent_twice_are_those_of_the_newest() -> None:
    lines = table("fee_lines", {"line_id": "L1", "stay_id": "S1"})
    assert nights("fee_lines", stays=TWICE, fee_lines=lines) == [date(2025, 3, 20)]


def test_a_line_is_never_known_before_its_stay() -> None:
    lines = table(
        "fee_lines",
        {"line_id": "L1", "stay_id": "S1", "received_on": date(2025, 3, 1)},
        {"line_id": "L2", "stay_id": "S1", "received_on": date(2025, 3, 9)},
    )
    found = nights("fee_lines", stays=STAY, fee_lines=lines)
    assert found == [date(2025, 3, 7), date(2025, 3, 9)]


def test_other_events_are_known_the_day_after() -> None:
    visits = table("outpatient_visits", {"visit_id": "V1"})
    visits = visits.with_columns(pl.lit(date(2025, 3, 8)).cast(pl.Datetime).alias("visited_at"))
    assert nights("outpatient_visits", stays=STAY, outpatient_visits=visits) == [date(2025, 3, 9)]


def test_a_register_is_known_from_the_first_night_on() -> None:
    persons = table("persons", {"person_id": "P1"})
    assert nights("persons", stays=TWICE, persons=persons) == [date(2025, 3, 7)]


def test_an_undated_row_among_dated_ones_is_known_last() -> None:
    visits = table("outpatient_visits", {"visit_id": "V1"})
    assert nights("outpatient_visits", stays=TWICE, outpatient_visits=visits) == [date(2025, 3, 20)]


def test_without_any_date_the_night_must_be_named() -> None:
    undated = {"stays": table("stays", {"stay_id": "S1"})}
    with pytest.raises(DeliveryError, match="no date at all"):
        known_by_event(undated, None)
    named = known_by_event(undated, date(2025, 1, 1))
    assert named["stays"]["received_on"].to_list() == [date(2025, 1, 1)]
