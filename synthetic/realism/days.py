"""Admissions by day and week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import chinese_calendar
import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from synthetic.realism.facts import Facts

FRIDAY = 4
FESTIVAL = "Spring Festival"


def _kind(day: date) -> str:
    """work, weekend, festival or holiday; years not announced yet know weekends alone."""
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return "weekend" if day.weekday() > FRIDAY else "work"
    if not free:
        return "work"
    if name == FESTIVAL:
        return "festival"
    return "holiday" if name else "weekend"


def admissions(facts: Facts) -> pl.DataFrame:
    """Each day of the window: kind of day, all admissions and respiratory ones."""
    clock = facts.clock
    days = [clock.on(place) for place in range(clock.days)]
    frame = pl.DataFrame({"day": days, "kind": [_kind(day) for day in days]})
    breath = (pl.col("season") == "respiratory").sum().alias("respiratory")
    counts = facts.stays.group_by(day="admitted").agg(breath, all=pl.len())
    joined = frame.join(counts, on="day", how="left").sort("day")
    return joined.with_columns(pl.col("all", "respiratory").fill_null(0).cast(pl.Int64))


def weekly(facts: Facts) -> pl.DataFrame:
    """Sums of whole weeks from the first day."""
    rows = admissions(facts).with_row_index("place").with_columns(week=pl.col("place") // 7)
    sums = rows.group_by("week").agg(
        pl.col("day").min(), pl.col("all", "respiratory").sum(), days=pl.len()
    )
    return sums.filter(pl.col("days") == 7).sort("week")  # noqa: PLR2004
