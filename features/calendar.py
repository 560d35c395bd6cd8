"""Days that tempt to admit: before long holidays, at the end of months and of the year."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
import polars as pl

SATURDAY = 5
# The stretch of days in which a push before a date shows (a judgement: one working week).
PUSH_DAYS = 5
DECEMBER, YEAR_END_FROM = 12, 22


@cache
def is_free(day: date) -> bool:
    """Weekend or public holiday; years not announced yet fall back to weekends."""
    try:
        return not chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() >= SATURDAY


@cache
def begins_holiday(day: date) -> bool:
    """Whether a public holiday, not a mere weekend, begins on a day."""
    return _named(day) and not _named(day - timedelta(days=1))


@cache
def days(first: date, last: date) -> pl.DataFrame:
    """Every day from first to last, and whether it is free: (day, free)."""
    every = pl.date_range(first, last, "1d", eager=True)
    free = [is_free(day) for day in every]
    return pl.DataFrame({"day": every, "free": pl.Series(free, dtype=pl.Boolean)})


@cache
def pushes(first: date, last: date) -> pl.DataFrame:
    """The stretches in which admissions may be pushed: (window, day), one row a day of each."""
    rows = [
        (window, day)
        for day in pl.date_range(first, last, "1d", eager=True)
        for window in windows_of(day)
    ]
    return pl.DataFrame(rows, schema={"window": pl.String, "day": pl.Date}, orient="row")


@cache
def windows_of(day: date) -> tuple[str, ...]:
    """Names of the stretches a day lies in: before a holiday, end of month, end of year."""
    ahead = [day + timedelta(days=step) for step in range(1, PUSH_DAYS + 1)]
    found = [f"holiday {start}" for start in ahead if begins_holiday(start)]
    if ahead[-1].month != day.month:
        found.append(f"month {day:%Y-%m}")
    if day.month == DECEMBER and day.day >= YEAR_END_FROM:
        found.append(f"year {day:%Y}")
    return tuple(found)


def _named(day: date) -> bool:
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(free and name is not None)
