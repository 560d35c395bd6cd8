"""What the hospital and the person of a scored record are, so that rates can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.use_frames import stay_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.published import Published

HOUSE = ("level", "ownership", "district")
# Upper ends of the age bands in years, and what they are called.
AGES = {18: "0 to 17", 45: "18 to 44", 60: "45 to 59", 75: "60 to 74"}
OLDEST = "75 and over"
DAYS_OF_YEAR = 365.25


def with_traits(shown: Published, records: pl.DataFrame) -> pl.DataFrame:
    """Add level, ownership, district, scheme and age band; null where nobody knows.

    A ledger has no person, so scheme and age of ledgers are null.
    """
    houses = _newest(shown, "hospitals", "hospital_id", HOUSE)
    kind, own = pl.col("subject_type"), pl.col("subject_id")
    stay = pl.when(kind == "stay").then(own).when(kind == "use").then(stay_of())
    return (
        records.with_columns(stay_id=stay)
        .join(_patients(shown), on="stay_id", how="left", maintain_order="left")
        .join(houses, on="hospital_id", how="left", maintain_order="left")
        .drop("stay_id")
    )


def _patients(shown: Published) -> pl.DataFrame:
    stays = _newest(shown, "stays", "stay_id", ("person_id", "admitted_at"))
    persons = _newest(shown, "persons", "person_id", ("birth_date", "scheme"))
    days = pl.col("admitted_at").cast(pl.Date) - pl.col("birth_date").cast(pl.Date)
    years = days.dt.total_days() / DAYS_OF_YEAR
    return stays.join(persons, on="person_id", how="left").select(
        "stay_id", "scheme", age=_band(years)
    )


def _band(years: pl.Expr) -> pl.Expr:
    band: pl.Expr = pl.when(years.is_not_null()).then(pl.lit(OLDEST))
    for below, name in reversed(AGES.items()):
        band = pl.when(years < below).then(pl.lit(name)).otherwise(band)
    return band


def _newest(shown: Published, table: str, key: str, columns: Sequence[str]) -> pl.DataFrame:
    """The newest row of each key; an absent table or column is unknown."""
    empty = {name: pl.String() for name in (key, *columns)}
    if not shown.holds(table):
        return pl.DataFrame(schema=empty)
    rows = shown.rows(table)
    given = rows.collect_schema().names()
    return (
        rows.sort("received_on")
        .group_by(key, maintain_order=True)
        .last()
        .select(key, *(name if name in given else pl.lit(None, pl.String).alias(name)
                       for name in columns))
        .collect()
    )  # fmt: skip
