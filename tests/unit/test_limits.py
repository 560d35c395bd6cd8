"""Limits are read as they stood on the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.errors import LakeError
from claims.knowledge import Limit, load_limits

if TYPE_CHECKING:
    from pathlib import Path

# Told out of order on purpose: the day counts, not the place in the file.
IDLE = Limit(
    "idle",
    "Idle days.",
    "days",
    "a circular",
    {date(2024, 7, 1): 3.0, date(2021, 5, 1): 5.0, date(2025, 1, 1): 4.0},
)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2021, 4, 30), None),
        (date(2021, 5, 1), 5.0),
        (date(2024, 6, 30), 5.0),
        (date(2024, 7, 1), 3.0),
        (date(2024, 12, 31), 3.0),
        (date(2025, 1, 1), 4.0),
        (date(2099, 1, 1), 4.0),
    ],
)
def test_a_limit_holds_from_its_first_day_until_the_next_value(
    day: date, value: float | None
) -> None:
    assert IDLE.on(day) == value
    since = IDLE.since(day)
    assert (None if since is None else IDLE.values[since]) == value
    assert pl.DataFrame({"day": [day]}).select(IDLE.at("day")).item() == value


@given(st.lists(st.dates(date(2020, 1, 1), date(2026, 1, 1)), max_size=20))
@settings(max_examples=20, derandomize=True)
def test_a_column_of_days_reads_what_each_day_reads(days: list[date]) -> None:
    frame = pl.DataFrame({"day": days}, schema={"day": pl.Date()})
    assert frame.select(IDLE.at("day")).to_series().to_list() == [IDLE.on(day) for day in days]


def test_a_day_that_is_not_known_has_no_limit() -> None:
    frame = pl.DataFrame({"day": [None]}, schema={"day": pl.Date()})
    assert frame.select(IDLE.at("day")).item() is None


def test_an_unknown_limit_is_named_with_what_was_meant() -> None:
    with pytest.raises(LakeError, match=r"no limit 'split_gap_day'.*split_gap_days"):
        load_limits()["split_gap_day"]


def test_a_change_in_practice_is_a_second_dated_value(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(
        '[gap]\ndoc = "d"\nunit = "days"\nbasis = "b"\n'
        "values = { 2021-05-01 = 15, 2026-01-01 = 10 }\n",
        encoding="utf-8",
    )
    gap = load_limits(path)["gap"]
    change = date(2026, 1, 1)
    assert (gap.on(change - timedelta(days=1)), gap.on(change)) == (15.0, 10.0)
