"""Prepared frames of persons: themselves and their stays of a year, told apart by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features import level_stays
from features.frames import Frame, source
from features.level_stays import DATES, nights
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History

# Reasons to come often that are known from the case group or the main diagnosis
# (global suppression list, DOMAIN 2.1).
ONCOLOGY = r"^(RE1|RG1|RC1|RU1|RW2)|^(Z51\.[018])"
DIALYSIS = r"^(LL1|LF1)|^(N18\.[056])"
TRANSFUSION = r"^(D5[5-9]|D6[0-9])"
PSYCHIATRIC = r"^(TR1|TS1|TT1|TT2)|^(F[0-9])"
PALLIATIVE = r"^(Z51\.5)"
REHABILITATION = r"^(XR|XS)|^(Z50)"
OBSTETRIC = r"^(O[0-9]|Z3[3-9])"
CAUSES = {
    "oncology": ONCOLOGY,
    "dialysis": DIALYSIS,
    "transfusion": TRANSFUSION,
    "psychiatric": PSYCHIATRIC,
    "palliative": PALLIATIVE,
    "rehabilitation": REHABILITATION,
    "obstetric": OBSTETRIC,
}
# A stay that follows another one so soon is a step of the same care.
CHAIN_DAYS = 14
# Whoever was moved, or left for a better place, is there within days.
MOVED_ON_DAYS = 3
AGE_BANDS = ((18, "0-17"), (45, "18-44"), (65, "45-64"), (80, "65-79"))
OLDEST = "80+"

NEEDS = source("stays.admitted_at", "stays.discharged_at", "stays.person_id")
CAUSE = source(
    "stays.admitted_at",
    "stays.discharged_at",
    "stays.person_id",
    "stays.drg",
    "stays.principal_diagnosis",
    "stays.admission_way",
    "stays.discharge_way",
    "stays.day_case",
    "stays.newborn",
    "stays.planned_readmission",
)
PERSON = {"birth_date": "birth_date", "scheme": "scheme", "relief": "relief"}


def person(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a person with a stay in the year, at home where the newest one was."""
    newest = pl.struct("admitted_at", "stay_id")
    homes = (
        _of_persons(history, subjects)
        .group_by("subject_id", "as_of")
        .agg(pl.col("hospital_id").sort_by(newest).last(), person_id=pl.col("subject_id").first())
    )
    housed = attach(homes, history, "hospitals", "hospital_id", {"level": "level"})
    told = attach(housed, history, "persons", "person_id", PERSON)
    age = whole_years(pl.col("birth_date"), pl.col("as_of"))
    return told.with_columns(age=age, age_band=age_band(age), event_on="as_of")


def whole_years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    """Age on a day: birthdays passed, a whole number, so that no rounding is left to chance."""
    ahead = _month_and_day(on) < _month_and_day(born)
    return (on.dt.year() - born.dt.year() - ahead.cast(pl.Int32)).cast(pl.Int64)


def _month_and_day(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)


def age_band(age: pl.Expr) -> pl.Expr:
    """Name of the age band that an age in years falls into."""
    band: pl.Expr = pl.when(age.is_not_null()).then(pl.lit(OLDEST))
    for under, name in reversed(AGE_BANDS):
        band = pl.when(age < under).then(pl.lit(name)).otherwise(band)
    return band


def stays(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The stays of a year of each person, with the known causes to come often."""
    stayed = (pl.col("discharged_on") - pl.col("admitted_on")).dt.total_days().clip(0)
    # One stay is told by its group or by its main diagnosis.
    codes = [pl.col("drg"), pl.col("principal_diagnosis")]
    causes = {
        name: pl.any_horizontal(code.str.contains(pattern).fill_null(value=False) for code in codes)
        for name, pattern in CAUSES.items()
    }
    rows = _after_the_last(_of_persons(history, subjects)).with_columns(
        days=stayed,
        ago=(pl.col("as_of") - pl.col("admitted_on")).dt.total_days(),
        diagnosis_3=pl.col("principal_diagnosis").str.slice(0, 3),
        **causes,
    )
    follows = (pl.col("gap") <= CHAIN_DAYS).fill_null(value=False)
    # Rehabilitation is a step after another stay; by itself it is a wish.
    chained = rows.with_columns(rehabilitation=pl.col("rehabilitation") & follows)
    return chained.with_columns(explained=pl.any_horizontal(*CAUSES, *_announced()))


def _after_the_last(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add days since the stay before, how it ended, and the chapter it was for."""

    def last(name: str) -> pl.Expr:
        order = ["admitted_at", "stay_id"]
        return pl.col(name).shift(1).over("subject_id", "as_of", order_by=order)

    return rows.with_columns(
        gap=(pl.col("admitted_on") - last("discharged_on")).dt.total_days(),
        last_way=last("discharge_way"),
        last_chapter=last("principal_diagnosis").str.slice(0, 1),
    )


def _announced() -> list[pl.Expr]:
    """What explains a stay beside the illness: how it began, or how the last one ended."""
    moved_on = pl.col("last_way").is_in(["transfer", "against_advice"]) & (
        pl.col("gap") <= MOVED_ON_DAYS
    )
    chapter = pl.col("principal_diagnosis").str.slice(0, 1)
    emergency = pl.col("admission_way") == "emergency"
    new = (chapter != pl.col("last_chapter")) | pl.col("last_chapter").is_null()
    flags = [
        pl.col("day_case"),
        pl.col("newborn"),
        pl.col("planned_readmission"),
        pl.col("admission_way") == "transfer",
        moved_on,
        emergency & new,
    ]
    return [flag.fill_null(value=False) for flag in flags]


def _of_persons(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    persons = subjects.select(person_id="subject_id")
    rows = level_stays.year(history, nights(subjects), only=persons)
    return subjects.join(rows.with_columns(subject_id="person_id"), on=["subject_id", "as_of"])


FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "person",
            person,
            single=True,
            needs=NEEDS,
            sources={"age": source("persons.birth_date"), "as_of": DATES},
        ),
        Frame(
            "stays",
            stays,
            needs=NEEDS,
            sources=dict.fromkeys(
                ("stay_id", "days", "ago", "gap", "hospital_id", "total_amount"), NEEDS
            )
            | dict.fromkeys((*CAUSES, "explained"), CAUSE)
            | {
                "diagnosis_3": source("stays.principal_diagnosis"),
                "admission_way": source("stays.admission_way"),
                "department": source("stays.department"),
                "self_pay_amount": source("stays.self_pay_amount"),
                "fund_amount": source("stays.fund_amount"),
            },
        ),
    )
}
