"""Who lay in hospital together: pairs of persons, and how often chance would have it so.

Two persons were admitted together when they lay in one ward of one hospital and came and
left within a day of each other (DOMAIN H07); they came from one place when they were
admitted to one hospital in one week and share an address or whoever brought them (H06).
Candidates are met in buckets of hospital, ward and days, never all with all; a bucket with
more than ``CROWD`` admissions says nothing about who belongs together and is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features import level_stays
from features.level_stays import YEAR_DAYS
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History

CROWD = 60
TOGETHER_DAYS = 1
ONE_WEEK = 6
WARD, ADDRESS, REFERRER = "ward", "address_hash", "referrer"
PLACE = {"address_hash": "address_hash"}


def nights_together(history: History, of_nights: pl.LazyFrame) -> pl.LazyFrame:
    """Stays of the last year over at least one night, with the address of the person."""
    rows = level_stays.year(history, of_nights).filter(
        pl.col("person_id").is_not_null() & (pl.col("discharged_on") > pl.col("admitted_on"))
    )
    return attach(rows, history, "persons", "person_id", PLACE).select(
        "as_of",
        "stay_id",
        "hospital_id",
        "person_id",
        "ward",
        "referrer",
        "address_hash",
        "admitted_on",
        "discharged_on",
    )


def meetings(stays: pl.DataFrame) -> pl.DataFrame:
    """Pairs of stays of two persons: (as_of, hospital_id, stay_id, other_id, a, b, kind).

    ``a`` < ``b`` are the persons; ``kind`` says what they share: ward, address or referrer.
    """
    left = pl.col("discharged_on") - pl.col("other_discharged_on")
    ward = _met(stays, WARD, TOGETHER_DAYS)
    columns = ["as_of", "hospital_id", "stay_id", "other_id", "a", "b", "kind"]
    kinds = [
        ward.filter(left.dt.total_days().abs() <= TOGETHER_DAYS),
        _met(stays, ADDRESS, ONE_WEEK),
        _met(stays, REFERRER, ONE_WEEK),
    ]
    return pl.concat([rows.select(columns) for rows in kinds]).sort(columns)


def _met(stays: pl.DataFrame, shared: str, within: int) -> pl.DataFrame:
    """Pairs that share a value and were admitted to one hospital within some days."""
    bucket = ["as_of", "hospital_id", shared, "bucket"]
    epoch = pl.col("admitted_on").to_physical()
    rows = (
        stays.filter(pl.col(shared).is_not_null())
        .with_columns(bucket=epoch // within)
        .filter(pl.len().over(bucket) <= CROWD)
        .lazy()
    )
    others = rows.select(
        *bucket,
        other_id="stay_id",
        b="person_id",
        other_admitted_on="admitted_on",
        other_discharged_on="discharged_on",
    )
    # Whoever came within so many days is in the same bucket or in one beside it.
    near = [others.with_columns(pl.col("bucket") + shift) for shift in (-1, 0, 1)]
    apart = (pl.col("admitted_on") - pl.col("other_admitted_on")).dt.total_days().abs()
    return (
        rows.rename({"person_id": "a"})
        .join(pl.concat(near), on=bucket)
        .filter((pl.col("a") < pl.col("b")) & (apart <= within))
        .with_columns(kind=pl.lit(shared))
        .collect()
    )


def pairs(met: pl.DataFrame) -> pl.DataFrame:
    """Pairs of persons with the number of times they lay, or came, together.

    (as_of, hospital_id, a, b, together, from_one_place); a meeting counts once however much
    is shared in it.
    """
    key = ["as_of", "hospital_id", "a", "b"]
    ward = pl.col("kind") == WARD
    met_once = pl.struct("stay_id", "other_id")
    return (
        met.group_by(key)
        .agg(
            together=met_once.filter(ward).n_unique().cast(pl.Int64),
            from_one_place=met_once.filter(~ward).n_unique().cast(pl.Int64),
        )
        .sort(key)
    )


def chance_in_ward(stays: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """What is needed to say how likely two slots of a ward are to fall together.

    (as_of, hospital_id, ward, slots, meetings) of all persons of the ward.
    """
    ward = ["as_of", "hospital_id", "ward"]
    slots = stays.filter(pl.col("ward").is_not_null()).group_by(ward).agg(slots=pl.len())
    lain = met.filter(pl.col("kind") == WARD).join(
        stays.select("as_of", "stay_id", "ward"), on=["as_of", "stay_id"]
    )
    return slots.join(lain.group_by(ward).agg(meetings=pl.len()), on=ward, how="left").with_columns(
        pl.col("slots").cast(pl.Int64), pl.col("meetings").fill_null(0).cast(pl.Int64)
    )


def share_of_year(within: int) -> float:
    """Chance that an admission falls within so many days, either way, of a given one."""
    return (2 * within + 1) / YEAR_DAYS
