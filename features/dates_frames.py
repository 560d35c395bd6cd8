"""Prepared frames of when things happened: lines, operations and devices against the stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.demographics import choosy, wrong_age, wrong_sex
from features.coding_frames import AGE, BILLED, DAY, OPERATED, SEX, billed, both
from features.frames import Frame, source
from features.stay_frames import LINE_DAY, children, lines, procedures, stay

if TYPE_CHECKING:
    from claims.history import History

HOURS = "小时"
QUANTITY = tuple(a | b for a in LINE_DAY for b in source("fee_lines.quantity"))
AFTER_DEATH = tuple(
    a | b for a in LINE_DAY for b in source("stays.person_id", "persons.death_date")
)
HOURLY = tuple(a | b for a in QUANTITY for b in source("fee_lines.item_code", "service_items.unit"))
USED = source(
    "device_uses.stay_id", "device_uses.used_at", "stays.admitted_at", "stays.discharged_at"
)


def dated(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Fee lines of the stays with their days before, in and after it, and after the death."""
    person = stay(history, subjects).select("subject_id", "death_date")
    served = pl.col("admitted_on") + pl.duration(days=pl.col("day"))
    return (
        lines(history, subjects)
        .join(person, on="subject_id", how="left")
        .with_columns(after_death=(served - pl.col("death_date")).dt.total_days())
    )


def timed(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and day with the hours of care that are billed by the hour."""
    items = history.versions("service_items").filter(pl.col("unit").str.contains(HOURS))
    ours = items.select("item_code", item_from=KNOWN_FROM, item_until=KNOWN_UNTIL)
    until = pl.col("item_until")
    known = (pl.col("item_from") <= pl.col("as_of")) & (until.is_null() | (until > pl.col("as_of")))
    return (
        lines(history, subjects)
        .join(ours, on="item_code")
        .filter(known)
        .unique(["subject_id", "line_id"])
        .group_by("subject_id", "item_code", "day")
        .agg(hours=pl.col("quantity").sum())
    )


def operated(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Operations of the stays with the days by which they lie outside it, and whose they are."""
    this = stay(history, subjects).select(
        "subject_id", "admitted_on", "discharged_on", "sex", "age", "event_on"
    )
    done = pl.col("performed_at").dt.date()
    early = (pl.col("admitted_on") - done).dt.total_days()
    late = (done - pl.col("discharged_on")).dt.total_days()
    return (
        procedures(history, subjects)
        .join(this, on="subject_id")
        .with_columns(
            outside=pl.max_horizontal(early, late).clip(lower_bound=0),
            wrong_sex=wrong_sex("operations", "code"),
            wrong_age=wrong_age("operations", "code"),
        )
    )


def named(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Items of the stays whose names belong to one sex or age, and whether it is another."""
    this = stay(history, subjects).select("subject_id", "sex", "age", "event_on")
    items = history.versions("service_items").select("item_code", "name", KNOWN_FROM, KNOWN_UNTIL)
    return (
        billed(history, subjects)
        .join(items.filter(choosy("items", "name")), on="item_code")
        .filter(as_of("as_of"))
        .join(this, on="subject_id")
        .with_columns(wrong_sex=wrong_sex("items", "name"), wrong_age=wrong_age("items", "name"))
    )


def used(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Devices recorded as used in the stays, with the days by which that lies outside it."""
    this = stay(history, subjects).select("subject_id", "admitted_on", "discharged_on")
    done = pl.col("used_at").dt.date()
    early = (pl.col("admitted_on") - done).dt.total_days()
    late = (done - pl.col("discharged_on")).dt.total_days()
    return (
        children(history, subjects, "device_uses")
        .join(this, on="subject_id")
        .with_columns(outside=pl.max_horizontal(early, late).clip(lower_bound=0))
    )


DATES_TOLD = source("stays.admitted_at", "stays.discharged_at", "stays.length_of_stay")
FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "calendar",
            stay,
            single=True,
            sources={
                "admitted_on": source("stays.admitted_at"),
                "discharged_on": source("stays.discharged_at"),
                "settled_on": source("stays.settled_on"),
                "length_of_stay": DATES_TOLD,
            },
        ),
        Frame(
            "dated",
            dated,
            needs=LINE_DAY,
            sources={
                "category": LINE_DAY,
                "amount": LINE_DAY,
                "day": LINE_DAY,
                "days": LINE_DAY,
                "after": LINE_DAY,
                "quantity": QUANTITY,
                "after_death": AFTER_DEATH,
            },
        ),
        Frame("timed", timed, needs=HOURLY, sources={"hours": HOURLY}),
        Frame(
            "operated",
            operated,
            needs=OPERATED,
            sources={
                "outside": both(
                    source("stay_procedures.performed_at"),
                    source("stays.admitted_at", "stays.discharged_at"),
                ),
                "wrong_sex": both(SEX, DAY),
                "wrong_age": both(AGE, DAY),
                "code": OPERATED,
            },
        ),
        Frame(
            "named",
            named,
            needs=BILLED,
            sources={
                "wrong_sex": both(SEX, DAY),
                "wrong_age": both(AGE, DAY),
                "item_code": BILLED,
                "amount": both(BILLED, source("fee_lines.amount")),
            },
        ),
        Frame("used", used, needs=USED, sources={"outside": USED}),
    )
}
