"""Prepared frames of stays: the stay itself, its lines, its days, earlier stays, visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.exact import divided
from features.frames import Frame, either, source

if TYPE_CHECKING:
    from claims.history import History

LOOK_BACK_DAYS = 365
DAYS_PER_YEAR = 365.25
# Lines that a person who is not there can run up; all else needs somebody to be treated.
PASSIVE = ("bed", "nursing", "consultation", "other")

ADMITTED = source("stays.admitted_at")
DATES = source("stays.admitted_at", "stays.discharged_at")
DAYS = either(DATES, source("stays.length_of_stay"))
GROUP = either(source("stays.drg"), source("stays.principal_diagnosis"))
SERVICE_DAY = either(source("fee_lines.performed_at"), source("fee_lines.charged_at"))
LINE = source("fee_lines.stay_id", "fee_lines.amount", "fee_lines.category")
LINE_DAY = tuple(a | b | c for a in SERVICE_DAY for b in DATES for c in LINE)
OTHER_STAY = source("stays.person_id", "stays.admitted_at", "stays.discharged_at")
VISIT = source(
    "outpatient_visits.person_id",
    "outpatient_visits.hospital_id",
    "outpatient_visits.visited_at",
    "stays.person_id",
    "stays.admitted_at",
    "stays.discharged_at",
)


def attach(
    left: pl.LazyFrame, history: History, table: str, on: str, columns: dict[str, str]
) -> pl.LazyFrame:
    """Add columns of a dimension, as it was known on each subject's night."""
    dimension = history.versions_about(table, left.select(on).drop_nulls()).select(
        on, KNOWN_FROM, KNOWN_UNTIL, **{new: pl.col(old) for new, old in columns.items()}
    )
    known = (
        left.select("subject_id", "as_of", on)
        .join(dimension, on=on)
        .filter(as_of("as_of"))
        .select("subject_id", "as_of", *columns)
    )
    # One stay may be looked at as of several nights in one batch, by uses of its own.
    return left.join(known, on=["subject_id", "as_of"], how="left")


def describe(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Add the derived columns that several frames need: days, group, ages of things."""
    admitted, discharged = pl.col("admitted_at").dt.date(), pl.col("discharged_at").dt.date()
    severity = pl.when(pl.col("severity").is_not_null()).then(pl.lit("/") + pl.col("severity"))
    diagnosis = pl.col("principal_diagnosis").str.slice(0, 3)
    return stays.with_columns(
        admitted_on=admitted,
        discharged_on=discharged,
        days=pl.coalesce((discharged - admitted).dt.total_days(), "length_of_stay"),
        case_group=pl.coalesce("drg", diagnosis) + severity.fill_null(""),
        case_family=pl.coalesce(pl.col("drg").str.slice(0, 3), diagnosis),
        diagnosis_3=diagnosis,
    )


def stay(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay, with its hospital and person as known that night."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    rows = (
        subjects.join(
            history.versions("stays", ids), left_on="subject_id", right_on="stay_id", how="inner"
        )
        .filter(as_of("as_of"))
        .drop(KNOWN_FROM, KNOWN_UNTIL)
    )
    hospital = {"level": "level", "hospital_kind": "kind", "ownership": "ownership"}
    person = {
        "sex": "sex",
        "birth_date": "birth_date",
        "scheme": "scheme",
        "death_date": "death_date",
        "relief": "relief",
    }
    joined = attach(rows, history, "hospitals", "hospital_id", hospital)
    joined = attach(joined, history, "persons", "person_id", person)
    lived = (pl.col("admitted_on") - pl.col("birth_date")).dt.total_days()
    return describe(joined).with_columns(
        age=divided(lived, DAYS_PER_YEAR),
        event_on=pl.coalesce("discharged_on", "settled_on", "as_of"),
    )


def lines(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Fee lines of the stays, each with its day of the stay (0 = day of admission)."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    rows = (
        subjects.join(history.versions("fee_lines", ids), left_on="subject_id", right_on="stay_id")
        .filter(as_of("as_of"))
        .drop(KNOWN_FROM, KNOWN_UNTIL)
    )
    dates = stay(history, subjects).select("subject_id", "admitted_on", "discharged_on", "days")
    served = pl.coalesce("performed_at", "charged_at").dt.date()
    return rows.join(dates, on="subject_id", how="left").with_columns(
        day=(served - pl.col("admitted_on")).dt.total_days(),
        passive=pl.col("category").is_in(PASSIVE),
        after=(served - pl.col("discharged_on")).dt.total_days(),
    )


def days(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and day that has fees, with what was charged and whether treated."""
    inside = pl.col("day").is_between(0, pl.col("days"))
    return (
        lines(history, subjects)
        .filter(inside)
        .group_by("subject_id", "day")
        .agg(
            pl.col("days").first(),
            day_amount=pl.col("amount").sum(),
            active=(pl.col("amount").filter(~pl.col("passive")).sum() > 0),
        )
    )


def earlier(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of a stay and a stay of the same person that began before it, within a year."""
    kept = (
        "hospital_id",
        "ward",
        "admitted_on",
        "discharged_on",
        "admitted_at",
        "days",
        "case_family",
        "diagnosis_3",
        "total_amount",
        "payment_standard",
        "discharge_way",
        "planned_readmission",
        "voided",
    )
    this = stay(history, subjects).filter(pl.col("person_id").is_not_null())
    persons = this.select("person_id").unique()
    others = describe(history.versions_about("stays", persons)).select(
        "person_id",
        KNOWN_FROM,
        KNOWN_UNTIL,
        other_id="stay_id",
        **{f"other_{name}": pl.col(name) for name in kept},
    )
    gap = (pl.col("admitted_on") - pl.col("other_discharged_on")).dt.total_days()
    # Of two stays that begin at the same moment, the id decides which is the earlier one.
    before = (pl.col("other_admitted_at") < pl.col("admitted_at")) | (
        (pl.col("other_admitted_at") == pl.col("admitted_at"))
        & (pl.col("other_id") < pl.col("subject_id"))
    )
    return (
        this.join(others, on="person_id")
        .filter(as_of("as_of") & before & ~pl.col("other_voided").fill_null(value=False))
        .with_columns(gap=gap)
        .filter(pl.col("gap") <= LOOK_BACK_DAYS)
        .with_columns(
            same_hospital=pl.col("hospital_id") == pl.col("other_hospital_id"),
            same_condition=(pl.col("case_family") == pl.col("other_case_family")).fill_null(
                value=False
            )
            | (pl.col("diagnosis_3") == pl.col("other_diagnosis_3")).fill_null(value=False),
        )
    )


def visits(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Outpatient visits on days strictly inside the stay, when the person should be in bed."""
    this = stay(history, subjects).select(
        "subject_id", "as_of", "person_id", "hospital_id", "admitted_on", "discharged_on"
    )
    persons = this.select("person_id").unique()
    seen = history.versions_about("outpatient_visits", persons).rename(
        {"hospital_id": "visited_hospital_id", "kind": "visit_kind"}
    )
    visited = pl.col("visited_at").dt.date()
    return (
        this.join(seen, on="person_id")
        .filter(as_of("as_of"))
        .filter((visited > pl.col("admitted_on")) & (visited < pl.col("discharged_on")))
        .with_columns(elsewhere=pl.col("visited_hospital_id") != pl.col("hospital_id"))
    )


def diagnoses(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Diagnoses of the stays."""
    return children(history, subjects, "stay_diagnoses")


def procedures(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Operations of the stays."""
    return children(history, subjects, "stay_procedures")


def children(history: History, subjects: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Rows of a table that hangs on stays, as known on each stay's night."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    rows = subjects.join(history.versions(table, ids), left_on="subject_id", right_on="stay_id")
    return rows.filter(as_of("as_of"))


FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "stay",
            stay,
            single=True,
            sources={
                "days": DAYS,
                "admitted_at": ADMITTED,
                "admitted_on": ADMITTED,
                "discharged_on": source("stays.discharged_at"),
                "settled_on": source("stays.settled_on"),
                "total_amount": source("stays.total_amount"),
                "fund_amount": source("stays.fund_amount"),
                "self_pay_amount": source("stays.self_pay_amount"),
                "payment_standard": source("stays.payment_standard"),
                "age": source("stays.admitted_at", "stays.person_id", "persons.birth_date"),
                "death_date": source("stays.person_id", "persons.death_date"),
            },
        ),
        Frame(
            "lines",
            lines,
            needs=LINE,
            sources={
                "category": LINE,
                "amount": LINE,
                "item_code": source("fee_lines.item_code"),
                "line_id": source("fee_lines.line_id"),
                "quantity": source("fee_lines.quantity"),
                "charged_at": source("fee_lines.charged_at"),
                "reverses_line_id": source("fee_lines.reverses_line_id"),
                "day": LINE_DAY,
                "days": LINE_DAY,
                "after": LINE_DAY,
                "passive": LINE,
            },
        ),
        Frame(
            "days",
            days,
            needs=LINE_DAY,
            sources=dict.fromkeys(("day", "days", "day_amount", "active"), LINE_DAY),
        ),
        Frame(
            "earlier",
            earlier,
            needs=OTHER_STAY,
            sources={
                "gap": OTHER_STAY,
                "days": OTHER_STAY,
                "other_days": OTHER_STAY,
                "same_hospital": OTHER_STAY,
                "other_hospital_id": OTHER_STAY,
                "same_condition": tuple(a | b for a in OTHER_STAY for b in GROUP),
                "other_total_amount": OTHER_STAY,
                "total_amount": OTHER_STAY,
                "other_payment_standard": source("stays.payment_standard"),
                "payment_standard": source("stays.payment_standard"),
                "other_ward": source("stays.ward"),
                "ward": source("stays.ward"),
            },
        ),
        Frame(
            "visits",
            visits,
            needs=VISIT,
            sources={
                "elsewhere": VISIT,
                "visit_kind": source("outpatient_visits.kind"),
                "visited_at": VISIT,
            },
        ),
        Frame(
            "diagnoses",
            diagnoses,
            needs=source("stay_diagnoses.stay_id", "stay_diagnoses.code"),
            sources={"code": source("stay_diagnoses.code")},
        ),
        Frame(
            "procedures",
            procedures,
            needs=source("stay_procedures.stay_id", "stay_procedures.code"),
            sources={"code": source("stay_procedures.code")},
        ),
    )
}
