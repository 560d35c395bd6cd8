"""Editions of the standards: one for the first of each month, and what goes into it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.frozen import Frozen
from claims.lake import Lake, Span
from claims.standard_tables import STANDARD_DAYS, STANDARD_ITEMS
from features import item_frames, stay_frames
from features.catalogue import STAYS
from features.item_standards import CONTEXT, freeze_days, freeze_items

if TYPE_CHECKING:
    from claims.history import History

# Standards look back one year, so that seasons are in them and old prices are not.
LOOK_BACK_DAYS = 365
# A first standard needs a month of history; earlier nights have nothing to compare with.
FIRST_STANDARD_DAYS = 28


def version_name(on: date) -> str:
    """Name of the standards frozen on a day."""
    return f"{on:%Y-%m-%d}"


def frozen_days(base: pl.DataFrame, as_of: date) -> list[date]:
    """First days of the months on which standards are frozen; one day if history is short."""
    start = base["as_of"].min()
    first = (start if isinstance(start, date) else as_of) + timedelta(days=FIRST_STANDARD_DAYS)
    months = pl.date_range(first, as_of, "1d", eager=True)
    days = [day for day in months.to_list() if day.day == 1]
    return days or [as_of]


def comparable(base: pl.DataFrame, outcomes: pl.DataFrame, entity: str, on: date) -> pl.DataFrame:
    """Records known before a day, within a year, without what was confirmed by then."""
    confirmed = outcomes.filter(
        (pl.col("subject_type") == entity)
        & (pl.col("outcome") == "confirmed")
        & (pl.col("received_on") < on)
    ).select("subject_id")
    window = pl.col("as_of").is_between(on - timedelta(days=LOOK_BACK_DAYS), on, closed="left")
    rows = base.filter(window).join(confirmed, on="subject_id", how="anti")
    return rows if rows.height else base.filter(pl.col("as_of") <= on)


class Courses:
    """What stays of a history hold and when, read once for all editions."""

    def __init__(self, history: History, subjects: pl.DataFrame) -> None:
        """Collect items and steps of ``subjects`` (subject_id, as_of), each as of its night."""
        wanted = subjects.lazy()
        # Without days there are items all the same; without case groups there is no standard.
        timed = not item_frames.FRAMES["steps"].lacking_rows(history.present)
        self.items = item_frames.billed_items(history, wanted).collect()
        self.steps = item_frames.billed_steps(
            history, wanted if timed else wanted.head(0)
        ).collect()
        self.stays = (
            stay_frames.stay(history, wanted)
            .select("subject_id", "as_of", *CONTEXT)
            .collect()
            .join(self.items, on="subject_id", how="semi")
        )

    def edition(
        self, chosen: pl.DataFrame, version: str, on: date
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows of `standard_items` and `standard_days` from the chosen stays."""
        kept = chosen.select("subject_id")
        stays = self.stays.join(kept, on="subject_id", how="semi")
        return (
            freeze_items(
                stays, self.items.join(kept, on="subject_id", how="semi"), version=version, on=on
            ),
            freeze_days(
                stays, self.steps.join(kept, on="subject_id", how="semi"), version=version, on=on
            ),
        )


def has_items(history: History) -> bool:
    """Whether the deliveries hold what standards of items are made of."""
    return not item_frames.FRAMES["items"].lacking_rows(history.present)


def ensure_courses(
    lake: Lake, history: History, stays: pl.DataFrame, outcomes: pl.DataFrame, as_of: date
) -> History:
    """Freeze the editions of items and days that are not there yet; the history reads them."""
    if stays.is_empty() or not has_items(history):
        return history
    missing = [
        on for on in frozen_days(stays, as_of) if version_name(on) not in history.frozen.editions
    ]
    if not missing:
        return history
    courses = Courses(history, stays)
    for on in missing:
        chosen = comparable(courses.stays, outcomes, STAYS.entity.name, on)
        items, days = courses.edition(chosen, version_name(on), on)
        for table, rows in ((STANDARD_ITEMS, items), (STANDARD_DAYS, days)):
            lake.replace(table.name, rows, Span.night(on), keys=table.key)
    return history.reading(Frozen.of(lake, as_of, {}))
