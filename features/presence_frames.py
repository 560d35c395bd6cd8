"""Prepared frame of visits elsewhere, each with whether the person was treated here that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.frames import Frame
from features.stay_frames import LINE_DAY, VISIT, days, visits

if TYPE_CHECKING:
    from claims.history import History

VISIT_AND_DAY = tuple(a | b for a in VISIT for b in LINE_DAY)


def visits_and_days(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Visits elsewhere inside a stay that has fees by day; ``idle`` says the bed stood empty.

    A day without any fee line is as idle as one with bed and nursing alone. Of a stay without
    one dated line nothing is known, so that its visits are left out.
    """
    day = (pl.col("visited_at").dt.date() - pl.col("admitted_on")).dt.total_days()
    seen = visits(history, subjects).filter("elsewhere").with_columns(day=day).collect().lazy()
    # Few stays have such a visit; the fee lines of no other are read for it.
    asked = subjects.join(seen, on="subject_id", how="semi")
    by_day = days(history, asked).select("subject_id", "day", "active").collect().lazy()
    return (
        seen.select("subject_id", "visited_at", "visit_kind", "day")
        .join(by_day, on="subject_id", how="semi")
        .join(by_day, on=["subject_id", "day"], how="left")
        .with_columns(idle=~pl.col("active").fill_null(value=False))
    )


FRAMES = {
    "visits_and_days": Frame(
        "visits_and_days",
        visits_and_days,
        needs=VISIT_AND_DAY,
        sources={"idle": VISIT_AND_DAY, "day": VISIT_AND_DAY},
    )
}
