"""What a consumable is made and paid for, against the stay it is billed in.

Sex, illness, operation and department as the dated scope of its class names them; the side
of the body as operation and record name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.care_lists import load_care_lists
from claims.knowledge.scopes import load_scopes
from features import use_base as base
from features.frames import Frame, source, together

if TYPE_CHECKING:
    from claims.history import History

STAY, GOODS = base.STAY, base.GOODS
BOTH_SIDES = "bilateral"
VISIT_DAYS = 1
LISTS = ("diagnoses", "procedures", "departments")
# Lists that are asked of a class of goods; column = list.
OF_CLASS = {"by_site": "made_for_a_site", "material": "operation_materials"}


def scope(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use with what contradicts the scope of its class; null where nothing can."""
    uses, lists = base.keyed(subjects), load_care_lists()
    stays = base.stays(history, uses).collect().lazy()
    goods = base.billed(base.lines(history, uses)).select(*GOODS, "class_code", "served_on")
    rows = (
        uses.join(goods, on=GOODS)
        .join(stays.drop("days", "event_on"), on=STAY)
        .join(_scopes(), on="class_code", how="left")
    )
    begun = pl.col("valid_from") <= pl.col("served_on")
    open_still = pl.col("valid_to").is_null() | (pl.col("served_on") <= pl.col("valid_to"))
    held = begun & open_still
    valid = rows.with_columns(
        pl.when(held).then(name).alias(name) for name in (*LISTS, "sex_made_for")
    )
    one = valid.sort("subject_id", held, nulls_last=False).unique("subject_id", keep="last")
    rows = found = one.collect().lazy()
    codes = {
        "diagnoses": base.rows_of(history, uses, "stay_diagnoses"),
        # Three things below are asked of the operations; they are worked out once.
        "procedures": base.rows_of(history, uses, "stay_procedures").collect().lazy(),
    }
    for name, coded in codes.items():
        found = found.join(_unfit(rows, coded, name), on="subject_id", how="left")
    return (
        found.join(_operators(history, rows, codes["procedures"]), on="subject_id", how="left")
        .join(_sides(history, uses, codes["procedures"]), on=GOODS, how="left")
        .join(_sexes(history, rows), on="subject_id", how="left")
        .join(_limited(history, rows), on=["as_of", "item_code", "served_on"], how="left")
        .join(_visits(history, rows), on="subject_id", how="left")
        .with_columns(
            # A stay without any coded operation has none that takes the article.
            no_procedures=pl.coalesce(
                "no_procedures", pl.col("procedures").list.len().fill_null(0) > 0
            ),
            other_department=_outside("department", "departments"),
            class_sex=_differs("sex_made_for"),
            listed_sex=_differs("sex_limit"),
            days_unregistered=(
                pl.col("served_on") - pl.col("registration_valid_to")
            ).dt.total_days(),
            **{
                column: lists[name].fits(pl.col("class_code"), pl.col("served_on"))
                for column, name in OF_CLASS.items()
            },
        )
    )


def _scopes() -> pl.LazyFrame:
    return load_scopes().frame().lazy().rename({"sex": "sex_made_for"})


def _differs(limit: str) -> pl.Expr:
    """Whether the person is of another sex than the article is for; none named fits all."""
    fits = pl.col(limit).is_null() | (pl.col(limit) == pl.col("sex"))
    return pl.when(pl.col("sex").is_not_null()).then(~fits)


def _outside(column: str, allowed: str) -> pl.Expr:
    named = pl.col(allowed).list.len().fill_null(0) > 0
    inside = pl.col(allowed).list.contains(pl.col(column))
    return pl.when(pl.col(column).is_not_null()).then(named & ~inside)


def _unfit(rows: pl.LazyFrame, coded: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Whether none of the codes of the stay is one that the scope asks for; null without codes."""
    mine = rows.select("subject_id", *STAY, name)
    codes = coded.select(*STAY, "code").drop_nulls("code").unique()
    some = mine.join(codes.select(STAY).unique(), on=STAY, how="semi")
    asked = mine.explode(name).drop_nulls(name)
    fits = (
        asked.join(codes, on=STAY)
        .filter(pl.col("code").str.starts_with(pl.col(name)))
        .select("subject_id", fits=pl.lit(value=True))
        .unique()
    )
    named = pl.col(name).list.len().fill_null(0) > 0
    return some.join(fits, on="subject_id", how="left").select(
        "subject_id", (named & pl.col("fits").is_null()).alias(f"no_{name}")
    )


def _operators(history: History, rows: pl.LazyFrame, procedures: pl.LazyFrame) -> pl.LazyFrame:
    """Whether no operator of the stay belongs to a department of the scope."""
    mine = rows.select("subject_id", *STAY, "departments").join(
        procedures.select(*STAY, "physician_id").drop_nulls(), on=STAY
    )
    people = history.versions("physicians").select("physician_id", KNOWN_FROM, home="department")
    known = (
        mine.join(people, on="physician_id")
        .filter(pl.col(KNOWN_FROM) <= pl.col("as_of"))
        .with_columns(outside=_outside("home", "departments"))
    )
    return known.group_by("subject_id").agg(other_operator=pl.col("outside").all())


def _sides(history: History, uses: pl.LazyFrame, procedures: pl.LazyFrame) -> pl.LazyFrame:
    """Whether the record names a side of the body on which nothing was operated."""
    sides = base.rows_of(history, uses, "device_uses").select(*GOODS, "laterality").drop_nulls()
    operated = procedures.select(*STAY, operated="laterality").drop_nulls().unique()
    either = (
        (pl.col("operated") == pl.col("laterality"))
        | (pl.col("operated") == BOTH_SIDES)
        | (pl.col("laterality") == BOTH_SIDES)
    )
    return (
        sides.unique()
        .join(operated, on=STAY)
        .group_by(*GOODS, "laterality")
        .agg(fits=either.any())
        .group_by(GOODS)
        .agg(other_side=~pl.col("fits").all())
    )


def _sexes(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Sexes that were ever on record for the person, up to the night."""
    people = rows.select("person_id").drop_nulls().unique().collect().lazy()
    told = history.versions_about("persons", people).select("person_id", "sex", KNOWN_FROM)
    known = rows.select("subject_id", "as_of", "person_id").join(told, on="person_id")
    return (
        known.filter(pl.col(KNOWN_FROM) <= pl.col("as_of"))
        .group_by("subject_id")
        .agg(sexes=pl.col("sex").drop_nulls().n_unique())
    )


def _visits(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Visits to the hospital's clinics on the day of use or the day before."""
    people = rows.select("person_id").drop_nulls().unique().collect().lazy()
    visits = history.versions_about("outpatient_visits", people).select(
        "person_id", "hospital_id", "visited_at", KNOWN_FROM, KNOWN_UNTIL
    )
    age = (pl.col("served_on") - pl.col("visited_at").dt.date()).dt.total_days()
    return (
        rows.select("subject_id", "as_of", "person_id", "hospital_id", "served_on")
        .join(visits, on=["person_id", "hospital_id"])
        .filter(as_of("as_of") & age.is_between(0, VISIT_DAYS))
        .group_by("subject_id")
        .agg(visits_before=pl.len())
    )


def _limited(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """What the catalogue said of the article on the day: sex, certificate."""
    return base.listed(history, rows, "served_on", "sex_limit", "registration_valid_to")


DIAGNOSES = source("stay_diagnoses.stay_id", "stay_diagnoses.code")
PROCEDURES = source("stay_procedures.stay_id", "stay_procedures.code")
DATED = together(base.LINE, base.DAY)
SEX = together(DATED, source("persons.sex", "stays.person_id"))
FRAMES = {
    "scope": Frame(
        "scope",
        scope,
        single=True,
        needs=base.LINE,
        sources={
            "class_sex": SEX,
            "listed_sex": together(SEX, base.LISTED, source("consumables.sex_limit")),
            "days_unregistered": together(
                DATED, base.LISTED, source("consumables.registration_valid_to")
            ),
            "sexes": source("persons.sex", "stays.person_id"),
            "no_diagnoses": together(DATED, DIAGNOSES),
            "by_site": DATED,
            "no_procedures": together(DATED, PROCEDURES),
            "other_department": together(DATED, source("stays.department")),
            "other_operator": together(
                DATED,
                source(
                    "stay_procedures.stay_id",
                    "stay_procedures.physician_id",
                    "physicians.department",
                ),
            ),
            "other_side": together(
                base.RECORD,
                source("device_uses.laterality", "stay_procedures.laterality"),
            ),
            "material": DATED,
            "visits_before": together(
                DATED,
                source(
                    "stays.person_id",
                    "outpatient_visits.person_id",
                    "outpatient_visits.hospital_id",
                    "outpatient_visits.visited_at",
                ),
            ),
        },
    )
}
