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

# Lists that are asked of any diagnosis, and of the name of an item; column = list.
OF_DIAGNOSES = {
    "tumour_search": "tumour_search_diagnoses",
    "transplant": "transplant_diagnoses",
    "isolation": "isolation_diagnoses",
    "put_off": "put_off_diagnoses",
    "waiting": "waiting_diagnoses",
}
OF_ITEM = {
    "needs_bed": "bed_care_words",
    "needs_no_bed": "outpatient_care_words",
    "physiotherapy": "physiotherapy_words",
    "intensive": "intensive_nursing_words",
}


def need(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: weight of its case group, and whether its main diagnosis is light."""
    rows = stay_frames.stay(history, subjects)
    light = load_care_lists()["low_acuity_diagnoses"]
    fits = light.fits(pl.col("principal_diagnosis"), pl.col("event_on"))
    weights = _weights(history, rows)
    return rows.with_columns(low_acuity=fits).join(weights, on="subject_id", how="left")


def reasons(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Diagnoses of the stays, each with the reasons for lying in a bed that it names."""
    days = stay_frames.stay(history, subjects).select("subject_id", "event_on")
    rows = stay_frames.diagnoses(history, subjects).join(days, on="subject_id")
    lists = load_care_lists()
    return rows.with_columns(
        **{
            column: lists[name].fits(pl.col("code"), pl.col("event_on"))
            for column, name in OF_DIAGNOSES.items()
        }
    )


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


DIAGNOSES = source("stay_diagnoses.stay_id", "stay_diagnoses.code")
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
                "low_acuity": source("stays.principal_diagnosis"),
            },
        ),
        Frame(
            "reasons",
            reasons,
            needs=DIAGNOSES,
            sources=dict.fromkeys(OF_DIAGNOSES, DIAGNOSES),
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
