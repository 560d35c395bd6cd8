"""Prepared frame of what surrounds a stay: who brought the person, from where, with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.body_systems import ungrouped
from claims.knowledge.districts import distances
from features.frames import Frame, source
from features.stay_frames import stay

if TYPE_CHECKING:
    from claims.history import History

# A week around the admission is held against the twelve weeks before it.
NEAR_DAYS = 3
USUAL_FROM, USUAL_TO = 7, 90
USUAL_WEEKS = (USUAL_TO - USUAL_FROM + 1) / 7
REFERRED_DAYS = 90
KEYS = ("hospital_id", "ward", "district", "address_hash", "referrer")
PLACE = ("hospital_id", "admitted_on", "as_of")

BACK = (pl.col("admitted_on") - pl.col("other_admitted_on")).dt.total_days()


def placed(history: History, stays: pl.LazyFrame) -> pl.LazyFrame:
    """Versions of stays with district and address of the person when the stay became known."""
    persons = history.versions_about("persons", stays.select("person_id").drop_nulls()).select(
        "person_id", "district", "address_hash", person_from=KNOWN_FROM, person_until=KNOWN_UNTIL
    )
    until = pl.col("person_until")
    told = (pl.col("person_from") <= pl.col(KNOWN_FROM)) & (
        until.is_null() | (until > pl.col(KNOWN_FROM))
    )
    homes = (
        stays.select("stay_id", KNOWN_FROM, "person_id")
        .join(persons, on="person_id")
        .filter(told)
        .select("stay_id", KNOWN_FROM, "district", "address_hash")
    )
    return stays.join(homes, on=["stay_id", KNOWN_FROM], how="left")


def _around(history: History, this: pl.LazyFrame) -> pl.LazyFrame:
    """Stays of the same hospitals that began in the season of these stays, each version."""
    begun = pl.col("admitted_on")
    # Two dates, not a frame of them: so the lake need not hand out the years before.
    first, last = this.select(first=begun.min(), last=begun.max()).collect().row(0)
    season = (
        pl.col("admitted_at")
        .dt.date()
        .is_between(
            pl.lit(first, pl.Date) - pl.duration(days=USUAL_TO),
            pl.lit(last, pl.Date) + pl.duration(days=NEAR_DAYS),
        )
    )
    hospitals = this.select("hospital_id").unique()
    ids = history.tables["stays"].filter(season).join(hospitals, on="hospital_id", how="semi")
    columns = ("stay_id", "hospital_id", "person_id", "ward", "referrer", "drg")
    near = (
        history.versions("stays", ids.select("stay_id"))
        .filter(~pl.col("voided").fill_null(value=False) & season)
        .select(
            *columns, KNOWN_FROM, KNOWN_UNTIL, other_admitted_on=pl.col("admitted_at").dt.date()
        )
    )
    return placed(history, near.collect().lazy())


def _groupless(this: pl.LazyFrame, around: pl.LazyFrame) -> pl.LazyFrame:
    """Add how many stays of the hospital in the season before fell into no group, and all."""
    cells = around.group_by("hospital_id", "other_admitted_on", KNOWN_FROM, KNOWN_UNTIL).agg(
        n=pl.col("drg").count(), none=ungrouped("drg").sum()
    )
    wanted = this.select(*PLACE).unique()
    found = (
        wanted.join(cells, on="hospital_id")
        .filter(as_of("as_of") & BACK.is_between(-NEAR_DAYS, USUAL_TO))
        .group_by(*PLACE)
        .agg(grouped_season=pl.col("n").sum(), groupless_season=pl.col("none").sum())
    )
    return this.join(found.collect().lazy(), on=list(PLACE), how="left")


def _counts(
    this: pl.LazyFrame, around: pl.LazyFrame, key: str, counted: dict[str, pl.Expr]
) -> pl.LazyFrame:
    """Add numbers of stays of the same hospital that share ``key`` with each stay."""
    on = ["hospital_id", key]
    cells = around.drop_nulls(key).group_by(
        *on, "other_admitted_on", KNOWN_FROM, KNOWN_UNTIL
    ).agg(n=pl.len())  # fmt: skip
    wanted = this.select(*PLACE, key).drop_nulls(key).unique()
    found = (
        wanted.join(cells, on=on)
        .filter(as_of("as_of") & (BACK >= -NEAR_DAYS) & (BACK <= USUAL_TO))
        .group_by(*PLACE, key)
        .agg(pl.col("n").filter(within).sum().alias(name) for name, within in counted.items())
    )
    return this.join(found.collect().lazy(), on=[*PLACE, key], how="left")


def surroundings(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay with how many came near it, from where, and by whom.

    ``*_week`` counts stays of the same hospital that began within three days of this one (it
    is among them), ``*_season`` those of the twelve weeks before; ``address_week`` shares
    the address, ``referrer_quarter`` the referrer.
    """
    week, season = BACK.abs() <= NEAR_DAYS, BACK.is_between(USUAL_FROM, USUAL_TO)
    # The person as known when the stay was, as for the stays around it.
    versions = history.versions("stays", subjects.select(stay_id="subject_id"))
    homes = placed(history, versions.select("stay_id", "person_id", KNOWN_FROM, KNOWN_UNTIL))
    mine = (
        subjects.join(homes, left_on="subject_id", right_on="stay_id")
        .filter(as_of("as_of"))
        .select("subject_id", "district", "address_hash")
    )
    this = (
        stay(history, subjects)
        .select("subject_id", "as_of", "hospital_id", "person_id", "ward", "referrer",
                "admitted_on", "admitted_at")
        .join(mine, on="subject_id", how="left")
    )  # fmt: skip
    # Each is read several times below; a plan that holds them all would work them out anew.
    this = this.collect().lazy()
    around = _around(history, this).collect().lazy()
    counted = _counts(this, around, "ward", {"ward_week": week, "ward_season": season})
    counted = _counts(counted, around, "district", {"area_week": week, "area_season": season})
    counted = _counts(counted, around, "address_hash", {"address_week": week})
    counted = _groupless(counted, around)
    recent = BACK.is_between(-NEAR_DAYS, REFERRED_DAYS)
    counted = _counts(counted, around, "referrer", {"referrer_quarter": recent})
    return _far(_known_here(counted, history), history)


def _known_here(this: pl.LazyFrame, history: History) -> pl.LazyFrame:
    """Add ``known_here``: whether an earlier stay of the person in the hospital is known."""
    persons = this.select("person_id").drop_nulls()
    others = (
        history.versions_about("stays", persons)
        .filter(~pl.col("voided").fill_null(value=False))
        .select("person_id", "hospital_id", KNOWN_FROM, KNOWN_UNTIL, other_at="admitted_at")
    )
    before = (
        this.select("subject_id", "person_id", "hospital_id", "as_of", "admitted_at")
        .join(others, on=["person_id", "hospital_id"])
        .filter(as_of("as_of") & (pl.col("other_at") < pl.col("admitted_at")))
        .select("subject_id")
        .unique()
        .with_columns(known_here=pl.lit(value=True))
    )
    return this.join(before, on="subject_id", how="left").with_columns(
        pl.col("known_here").fill_null(value=False)
    )


def _far(this: pl.LazyFrame, history: History) -> pl.LazyFrame:
    """Add ``kilometres`` from home to hospital and ``outside``, a home in no district."""
    hospitals = history.versions("hospitals").select(
        "hospital_id", KNOWN_FROM, KNOWN_UNTIL, to_district="district"
    )
    places = (
        this.select("subject_id", "as_of", "hospital_id")
        .join(hospitals, on="hospital_id")
        .filter(as_of("as_of"))
        .select("subject_id", "to_district")
    )
    ways = distances().lazy()
    inside = pl.col("district").is_in(distances()["from_district"].unique().sort().implode())
    return (
        this.join(places, on="subject_id", how="left")
        .join(
            ways,
            left_on=["district", "to_district"],
            right_on=["from_district", "to_district"],
            how="left",
        )
        .with_columns(outside=~inside)
    )


BEGAN = ("stays.admitted_at",)
HOME = (*BEGAN, "stays.person_id", "persons.district")
FRAMES = {
    "surroundings": Frame(
        "surroundings",
        surroundings,
        single=True,
        sources={
            "ward": source(*BEGAN, "stays.ward"),
            "ward_week": source(*BEGAN, "stays.ward"),
            "ward_season": source(*BEGAN, "stays.ward"),
            "district": source(*HOME),
            "area_week": source(*HOME),
            "area_season": source(*HOME),
            "address_week": source(*BEGAN, "stays.person_id", "persons.address_hash"),
            "referrer": source("stays.referrer"),
            "referrer_quarter": source(*BEGAN, "stays.referrer"),
            "grouped_season": source(*BEGAN, "stays.drg"),
            "groupless_season": source(*BEGAN, "stays.drg"),
            "known_here": source(*BEGAN, "stays.person_id"),
            "kilometres": source("stays.person_id", "persons.district", "hospitals.district"),
            "outside": source("stays.person_id", "persons.district"),
        },
    )
}
