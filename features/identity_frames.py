"""Prepared frames of who the person is: what was sent about them, organs, other stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.courses import of_a_course
from claims.knowledge.organs import ill, removed
from features.frames import Frame, source
from features.stay_frames import GROUP, OTHER_STAY, describe, earlier, procedures, stay

if TYPE_CHECKING:
    from claims.history import History

# Particulars of a person that come with a stay arrive between admission and shortly after it.
ARRIVAL_SLACK_DAYS = 7
PERSON = ("stays.person_id", "stays.admitted_at")
YEAR_DAYS = 365


def identity(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: sex and blood group sent before it, with it and after it.

    ``blood_group_before``, ``_with`` and ``_after`` are the last values that arrived until
    the day before admission, from then until a week after the stay, and later; null where
    none did. The same for sex; ``blood_groups`` and ``sexes`` count different values.
    """
    this = stay(history, subjects).select(
        "subject_id", "as_of", "person_id", "admitted_on", "discharged_on", "death_date",
        "birth_date",
    )  # fmt: skip
    sent = _sent(history, subjects, this)
    particulars = [
        value
        for name, many in (("blood_group", "blood_groups"), ("sex", "sexes"))
        for value in (
            *(_last(name, when).alias(f"{name}_{when}") for when in ("before", "with", "after")),
            pl.col(name).drop_nulls().n_unique().alias(many),
        )
    ]
    return this.join(sent.group_by("subject_id").agg(particulars), on="subject_id", how="left")


def _last(name: str, when: str) -> pl.Expr:
    rows = (pl.col("when") == when) & pl.col(name).is_not_null()
    return pl.col(name).filter(rows).sort_by(pl.col(KNOWN_FROM).filter(rows)).last()


def _sent(history: History, subjects: pl.LazyFrame, this: pl.LazyFrame) -> pl.LazyFrame:
    """Every row about the persons of the stays that was known, and when it came."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    arrived = history.versions("stays", ids).group_by("stay_id").agg(pl.col(KNOWN_FROM).min())
    nights = arrived.select(subject_id="stay_id", arrived=KNOWN_FROM)
    persons = this.select("person_id").drop_nulls()
    rows = history.versions_about("persons", persons).select(
        "person_id", "sex", "blood_group", KNOWN_FROM
    )
    before = pl.col(KNOWN_FROM) < pl.col("admitted_on")
    together = pl.col(KNOWN_FROM) <= pl.col("arrived") + pl.duration(days=ARRIVAL_SLACK_DAYS)
    return (
        this.select("subject_id", "as_of", "person_id", "admitted_on")
        .join(nights, on="subject_id")
        .join(rows, on="person_id")
        .filter(pl.col(KNOWN_FROM) <= pl.col("as_of"))
        .with_columns(
            when=pl.when(before)
            .then(pl.lit("before"))
            .when(together)
            .then(pl.lit("with"))
            .otherwise(pl.lit("after"))
        )
    )


def of_persons(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The stays whose person is known, without those that were cancelled.

    Who was billed anew lay in bed once: the cancelled stay says nothing of its person.
    """
    cancelled = pl.col("voided").fill_null(value=False)
    return stay(history, subjects).filter(pl.col("person_id").is_not_null() & ~cancelled)


def others(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of a stay and another stay of the same person, within a year on either side.

    ``overlap`` is the number of nights that both cover, ``since`` the days from the other's
    discharge to this admission, ``until`` those from this discharge to the other's admission.
    """
    kept = (
        "hospital_id", "admitted_on", "discharged_on", "days", "case_family", "day_case",
        "planned_readmission", "admission_way", "total_amount", "principal_diagnosis", "voided",
    )  # fmt: skip
    this = of_persons(history, subjects)
    persons = this.select("person_id").unique()
    other = describe(history.versions_about("stays", persons)).select(
        "person_id", KNOWN_FROM, KNOWN_UNTIL, other_id="stay_id",
        **{f"other_{name}": pl.col(name) for name in kept},
    )  # fmt: skip
    last = pl.min_horizontal("discharged_on", "other_discharged_on")
    first = pl.max_horizontal("admitted_on", "other_admitted_on")
    return (
        this.select("subject_id", "as_of", "person_id", "hospital_id", "admitted_on",
                    "discharged_on", "days", "total_amount")
        .join(other, on="person_id")
        .filter(as_of("as_of") & ~pl.col("other_voided").fill_null(value=False))
        .filter(pl.col("other_id") != pl.col("subject_id"))
        .with_columns(
            overlap=(last - first).dt.total_days().clip(lower_bound=0),
            since=(pl.col("admitted_on") - pl.col("other_discharged_on")).dt.total_days(),
            until=(pl.col("other_admitted_on") - pl.col("discharged_on")).dt.total_days(),
            elsewhere=pl.col("other_hospital_id") != pl.col("hospital_id"),
            other_course=of_a_course("other_case_family", "other_principal_diagnosis"),
        )
        .filter((pl.col("since") <= YEAR_DAYS) & (pl.col("until") <= YEAR_DAYS))
    )  # fmt: skip


def organs(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and organ that it takes out or treats although an earlier stay took it.

    ``organ_again`` names an organ that was taken out in both, ``organ_ill`` one that is the
    main illness; the other is null.
    """
    this = of_persons(history, subjects)
    own = this.select("subject_id", "as_of", "person_id", "admitted_at", "principal_diagnosis")
    mine = own.join(
        procedures(history, subjects).select(
            "subject_id", organ=removed("code"), again=pl.lit(value=True)
        ),
        on="subject_id",
    )
    needed = own.with_columns(organ=ill("principal_diagnosis"), again=pl.lit(value=False))
    columns = ("subject_id", "as_of", "person_id", "admitted_at", "organ", "again")
    wanted = pl.concat([mine.select(columns), needed.select(columns)]).drop_nulls("organ")
    wanted = wanted.collect().lazy()  # read twice, and few
    before = _removed_before(history, wanted.select("person_id").unique())
    return (
        wanted.join(before, on=["person_id", "organ"])
        .filter(pl.col("other_admitted_at") < pl.col("admitted_at"))
        .filter(as_of("as_of") & _operation_known())
        .select(
            "subject_id",
            organ_again=pl.when(pl.col("again")).then("organ"),
            organ_ill=pl.when(~pl.col("again")).then("organ"),
        )
    )


def _operation_known() -> pl.Expr:
    until = pl.col("operation_until")
    known = pl.col("operation_from") <= pl.col("as_of")
    return known & (until.is_null() | (until > pl.col("as_of")))


def _removed_before(history: History, persons: pl.LazyFrame) -> pl.LazyFrame:
    """Organs that operations of these persons took out, with the nights of stay and operation."""
    stays = (
        history.versions_about("stays", persons)
        .filter(~pl.col("voided").fill_null(value=False))
        .select("stay_id", "person_id", KNOWN_FROM, KNOWN_UNTIL, other_admitted_at="admitted_at")
    )
    operations = history.versions("stay_procedures", stays.select("stay_id")).select(
        "stay_id",
        organ=removed("code"),
        operation_from=KNOWN_FROM,
        operation_until=KNOWN_UNTIL,
    )
    return stays.join(operations.drop_nulls("organ"), on="stay_id").drop("stay_id")


SENT = source(*PERSON, "persons.blood_group")
SEX = source(*PERSON, "persons.sex")
DEATH = source(*PERSON, "persons.death_date")
BIRTH = source(*PERSON, "persons.birth_date")
MAIN = source("stays.principal_diagnosis")
FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "identity",
            identity,
            single=True,
            sources={
                "admitted_on": source("stays.admitted_at"),
                "discharged_on": source("stays.discharged_at"),
                "death_date": DEATH,
                "birth_date": BIRTH,
                "blood_group_before": SENT,
                "blood_group_with": SENT,
                "blood_group_after": SENT,
                "blood_groups": SENT,
                "sex_before": SEX,
                "sex_with": SEX,
                "sex_after": SEX,
                "sexes": SEX,
            },
        ),
        Frame(
            "others",
            others,
            needs=OTHER_STAY,
            sources={
                "overlap": OTHER_STAY,
                "since": OTHER_STAY,
                "until": OTHER_STAY,
                "elsewhere": OTHER_STAY,
                "days": OTHER_STAY,
                "other_days": OTHER_STAY,
                "other_hospital_id": OTHER_STAY,
                "hospital_id": OTHER_STAY,
                "total_amount": OTHER_STAY,
                "other_total_amount": OTHER_STAY,
                "other_course": tuple(a | b for a in OTHER_STAY for b in GROUP),
                "other_day_case": source("stays.day_case"),
                "other_admission_way": source("stays.admission_way"),
                "other_planned_readmission": source("stays.planned_readmission"),
            },
        ),
        Frame(
            "returns",
            earlier,
            needs=OTHER_STAY,
            sources={
                "gap": OTHER_STAY,
                "same_hospital": OTHER_STAY,
                "diagnosis_3": MAIN,
                "other_diagnosis_3": MAIN,
            },
        ),
        Frame(
            "organs",
            organs,
            needs=source(
                "stays.person_id",
                "stays.admitted_at",
                "stay_procedures.stay_id",
                "stay_procedures.code",
            ),
            sources={"organ_again": (), "organ_ill": MAIN},
        ),
    )
}
