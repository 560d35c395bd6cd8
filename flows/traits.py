"""What the hospital and the person of a scored record are, so that rates can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.use_frames import stay_of
from flows.ages import band, years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.published import Published

HOUSE = ("level", "ownership", "district")
# Age bands in years by their beginning.
AGES = {0: "0 to 17", 18: "18 to 44", 45: "45 to 59", 60: "60 to 74", 75: "75 and over"}


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
    # A birth date after the admission is a slip of the pen; its person counts as young.
    age = years("birth_date", "admitted_at").clip(lower_bound=0)
    return stays.join(persons, on="person_id", how="left").select(
        "stay_id", "scheme", age=band(age, AGES)
    )


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
