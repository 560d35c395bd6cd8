"""Prepared frames of need: what a stay was for, and which of its services need a bed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.care_lists import load_care_lists
from features import stay_frames
from features.frames import Frame, source, together

if TYPE_CHECKING:
    from claims.history import History

# Lists that are asked of the main diagnosis, and of the name of an item; column = list.
OF_DIAGNOSIS = {
    "low_acuity": "low_acuity_diagnoses",
    "tumour_suspected": "suspected_tumour_diagnoses",
    "transplant": "transplant_diagnoses",
    "isolation": "isolation_diagnoses",
}
OF_ITEM = {
    "needs_bed": "bed_care_words",
    "needs_no_bed": "outpatient_care_words",
    "physiotherapy": "physiotherapy_words",
    "intensive": "intensive_nursing_words",
}


def need(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: weight of its group, what its main diagnosis says, age, way in."""
    rows = stay_frames.stay(history, subjects)
    lists = load_care_lists()
    said = {
        column: lists[name].fits(pl.col("principal_diagnosis"), pl.col("event_on"))
        for column, name in OF_DIAGNOSIS.items()
    }
    return rows.with_columns(**said).join(_weights(history, rows), on="subject_id", how="left")


def _weights(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Weight of the group at the level and scheme, as valid on the day and known that night."""
    valid = history.versions("drg_standards").select(
        "drg", "scheme", "valid_from", "valid_to", "weight", KNOWN_FROM, KNOWN_UNTIL,
        level="hospital_level",
    )  # fmt: skip
    inside = (pl.col("valid_from") <= pl.col("event_on")) & (
        pl.col("valid_to").is_null() | (pl.col("event_on") <= pl.col("valid_to"))
    )
    return (
        rows.select("subject_id", "as_of", "event_on", "drg", "level", "scheme")
        .join(valid, on=["drg", "level", "scheme"])
        .filter(as_of("as_of") & inside)
        .group_by("subject_id")
        .agg(pl.col("weight").sort_by("valid_from", "weight").last())
    )


def services(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Fee lines of the stays, each with what the name of its item says."""
    rows = stay_frames.lines(history, subjects)
    kinds = _kinds(history, subjects)
    joined = rows.join(kinds, on=["as_of", "item_code"], how="left")
    needs_bed = pl.col("needs_bed") & ~pl.col("needs_no_bed")
    return joined.with_columns(
        bed_care=(pl.col("category") == "treatment") & needs_bed.fill_null(value=False),
        physiotherapy=pl.col("physiotherapy").fill_null(value=False),
        intensive=(pl.col("category") == "nursing") & pl.col("intensive").fill_null(value=False),
        # A treatment whose name nobody knows may be any.
        unnamed=(pl.col("category") == "treatment") & pl.col("name").is_null(),
    )


def _kinds(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """What the newest name of each service said on each night."""
    lists = load_care_lists()
    named = history.versions("service_items").select(
        "item_code", "valid_from", "name", KNOWN_FROM, KNOWN_UNTIL
    )
    newest = (
        subjects.select("as_of")
        .unique()
        .join(named, how="cross")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("as_of")))
        .group_by("as_of", "item_code")
        .agg(pl.col("name").sort_by("valid_from").last())
    )
    return newest.with_columns(
        **{
            column: lists[name].fits(pl.col("name"), pl.col("as_of"))
            for column, name in OF_ITEM.items()
        }
    )


DIAGNOSIS = source("stays.principal_diagnosis")
NAMED = together(stay_frames.LINE, source("fee_lines.item_code", "service_items.name"))
FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "need",
            need,
            single=True,
            sources={
                "weight": together(
                    source("stays.drg", "stays.person_id", "persons.scheme", "hospitals.level"),
                    source("drg_standards.weight", "stays.discharged_at"),
                ),
                **dict.fromkeys(OF_DIAGNOSIS, DIAGNOSIS),
            },
        ),
        Frame(
            "services",
            services,
            needs=NAMED,
            sources={
                **dict.fromkeys(("bed_care", "physiotherapy", "intensive", "unnamed"), NAMED),
                "category": NAMED,
                "item_code": NAMED,
                "amount": NAMED,
                "day": together(NAMED, stay_frames.LINE_DAY),
                "days": together(NAMED, stay_frames.LINE_DAY),
            },
        ),
    )
}
