"""Prepared frames of physicians, departments and hospitals: themselves and their stays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from features import level_bills, level_stays, level_suppliers, level_windows
from features.declaration import DEPARTMENT, HOSPITAL, PHYSICIAN
from features.frames import Frame, source
from features.level_expected import with_expected
from features.level_stays import (
    DATES,
    LOW_ACUITY,
    RETURNS,
    WITH_GROUP,
    described,
    nights,
    with_acuity,
    with_calendar,
)
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History
    from features.declaration import Entity
    from features.frames import Alternatives

# Which column of a stay names the subject.
KEYS: dict[str, tuple[str, ...]] = {
    "physician": ("physician_id",),
    "department": ("hospital_id", "department"),
    "hospital": ("hospital_id",),
}
HOUSE = {
    "level": "level",
    "hospital_kind": "kind",
    "ownership": "ownership",
    "district": "district",
    "approved_beds": "approved_beds",
}


def subject(entity: Entity) -> pl.Expr:
    """The id of the subject that a stay belongs to; null where a part of it is unknown."""
    return pl.concat_str(*KEYS[entity.name], separator="|", ignore_nulls=False)


def itself(entity: Entity, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a subject that had stays in the year, with its hospital as known that night."""
    # Whoever works in two places is at home where the newest stay was.
    newest = pl.struct("admitted_at", "stay_id")
    homes = (
        level_stays.year(history, nights(subjects))
        .with_columns(subject_id=subject(entity))
        .join(subjects, on=["subject_id", "as_of"], how="semi")
        .group_by("subject_id", "as_of")
        .agg(pl.col("hospital_id", "department").sort_by(newest).last())
    )
    place = pl.lit(None, pl.String) if entity == HOSPITAL else pl.col("department")
    return attach(homes, history, "hospitals", "hospital_id", HOUSE).with_columns(
        department=place, person_id=pl.lit(None, pl.String), event_on="as_of"
    )


def stays(entity: Entity, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The stays of a year of each subject, with what other hospitals would lead to expect."""
    of_nights = nights(subjects)
    known = described(level_stays.year(history, of_nights))
    told = with_calendar(with_acuity(history, known), of_nights.collect())
    rows = with_expected(told.collect()).lazy().with_columns(subject_id=subject(entity))
    return subjects.join(rows, on=["subject_id", "as_of"])


def windows(entity: Entity, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Weeks and tempting stretches of each subject, with what would be expected in them."""
    return level_windows.windows(subject(entity), history, subjects)


def census(entity: Entity, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Persons in bed on each day on which somebody came or went."""
    beds = attach(
        subjects.with_columns(hospital_id=pl.col("subject_id")),
        history,
        "hospitals",
        "hospital_id",
        {"approved_beds": "approved_beds"},
    ).select("subject_id", "as_of", "approved_beds")
    rows = (
        level_stays.year(history, nights(subjects))
        .with_columns(subject_id=subject(entity))
        .join(subjects, on=["subject_id", "as_of"], how="semi")
    )
    step = pl.lit(1, pl.Int64)
    came = rows.select("subject_id", "as_of", day="admitted_on", step=step)
    went = rows.select("subject_id", "as_of", day="discharged_on", step=-step)
    return (
        pl.concat([came, went])
        .drop_nulls("day")
        .group_by("subject_id", "as_of", "day")
        .agg(pl.col("step").sum())
        .with_columns(in_bed=pl.col("step").cum_sum().over("subject_id", "as_of", order_by="day"))
        .join(beds, on=["subject_id", "as_of"])
    )


def bills(entity: Entity, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The bills of the last months of each subject, with those that are alike."""
    return level_bills.bills(subject(entity), history, subjects)


def _key_source(entity: Entity) -> Alternatives:
    named = [f"stays.{name}" for name in KEYS[entity.name]]
    return source("stays.admitted_at", "stays.discharged_at", *named)


def _with(sources: Alternatives, more: Alternatives) -> Alternatives:
    return tuple(a | b for a in sources for b in more)


def frames_of(entity: Entity) -> dict[str, Frame]:
    """The frames of one level above the stay."""
    key = _key_source(entity)
    made = (
        Frame(
            entity.name,
            partial(itself, entity),
            single=True,
            needs=key,
            sources={"approved_beds": source("hospitals.approved_beds")},
        ),
        Frame("stays", partial(stays, entity), needs=key, sources=_stay_sources()),
        Frame(
            "windows",
            partial(windows, entity),
            needs=_with(key, WITH_GROUP),
            sources=dict.fromkeys(level_windows.COLUMNS, DATES)
            | {
                "urgent": source("stays.admission_way", "stays.principal_diagnosis"),
                "young": source("stays.person_id", "persons.birth_date"),
            },
        ),
        Frame(
            "bills",
            partial(bills, entity),
            needs=_with(key, level_bills.NEEDS),
            sources=level_bills.SOURCES,
        ),
    )
    more = (
        Frame(
            "census",
            partial(census, entity),
            needs=key,
            sources={"in_bed": DATES, "approved_beds": source("hospitals.approved_beds")},
        ),
        Frame(
            "suppliers",
            level_suppliers.suppliers,
            needs=_with(key, level_suppliers.BOUGHT),
            sources=dict.fromkeys(level_suppliers.COLUMNS, _with(key, level_suppliers.BOUGHT)),
        ),
    )
    return {frame.name: frame for frame in (made + more if entity == HOSPITAL else made)}


def _stay_sources() -> dict[str, Alternatives]:
    grouped = ("days", "total_amount", "severe", "at_night", "free", "pushed")
    plain = ("stay_id", "as_of", "admitted_on", "discharged_on", "total_amount", "days", "free")
    return (
        dict.fromkeys(plain, DATES)
        | {
            "at_night": DATES,
            "pushed": DATES,
            "severe": source("stays.drg"),
            "family": source("stays.drg"),
            "readmitted": RETURNS,
            "split_pair": RETURNS,
            "low_acuity": LOW_ACUITY,
            "expected_low_acuity": LOW_ACUITY,
            "expected_readmitted": RETURNS,
            "expected_split_pair": RETURNS,
            "person_id": source("stays.person_id"),
            "physician_id": source("stays.physician_id"),
            "referrer": source("stays.referrer"),
            "fund_amount": source("stays.fund_amount"),
            "self_pay_amount": source("stays.self_pay_amount"),
            "admission_way": source("stays.admission_way"),
            "discharge_way": source("stays.discharge_way"),
        }
        | {f"expected_{name}": WITH_GROUP for name in grouped}
    )


PHYSICIAN_FRAMES = frames_of(PHYSICIAN)
DEPARTMENT_FRAMES = frames_of(DEPARTMENT)
HOSPITAL_FRAMES = frames_of(HOSPITAL)
