"""Days that tempt to admit."""

from __future__ import annotations

from datetime import date

import pytest

from features import calendar


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (date(2025, 9, 25), ()),
        (date(2025, 9, 26), ("holiday 2025-10-01", "month 2025-09")),
        (date(2025, 9, 30), ("holiday 2025-10-01", "month 2025-09")),
        (date(2025, 10, 1), ()),
        (date(2025, 10, 27), ("month 2025-10",)),
        (date(2025, 12, 22), ("year 2025",)),
        (date(2025, 12, 31), ("holiday 2026-01-01", "month 2025-12", "year 2025")),
    ],
)
def test_the_five_days_before_a_holiday_or_month_end_tempt(
    day: date, windows: tuple[str, ...]
) -> None:
    assert calendar.windows_of(day) == windows


def test_holidays_and_the_working_days_that_pay_for_them_are_known() -> None:
    assert calendar.is_free(date(2025, 10, 1))
    assert not calendar.is_free(date(2025, 10, 11))  # a Saturday that makes up for it
    assert calendar.is_free(date(2025, 10, 18))


def test_a_year_not_announced_yet_has_weekends_alone() -> None:
    assert calendar.is_free(date(2090, 1, 1))  # a Sunday
    assert not calendar.is_free(date(2090, 10, 2))  # a Monday
    assert calendar.windows_of(date(2090, 9, 27)) == ("month 2090-09",)


def test_every_day_of_a_stretch_has_a_row() -> None:
    rows = calendar.pushes(date(2025, 9, 1), date(2025, 10, 31))
    days = rows.filter(window="month 2025-10")["day"].to_list()
    assert days == [date(2025, 10, day) for day in range(27, 32)]
