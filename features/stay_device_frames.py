"""Prepared frames of a stay's devices: what its record shows of lots that were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import stay_frames
from features.frames import Frame, source
from features.once import once
from features.renewals import of_article

if TYPE_CHECKING:
    from claims.history import History

LOT = ["hospital_id", "item_code", "lot"]


@once
def given(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a record of use (subject_id, units) whose lot the hospital was given."""
    ids = subjects.select(stay_id="subject_id").unique()
    recorded = history.versions("device_uses", ids).select(
        "use_id",
        "stay_id",
        "item_code",
        "lot",
        units="quantity",
        from_=KNOWN_FROM,
        until=KNOWN_UNTIL,
    )
    houses = stay_frames.stay(history, subjects).select("subject_id", "as_of", "hospital_id")
    known = houses.join(recorded, left_on="subject_id", right_on="stay_id").filter(
        (pl.col("from_") <= pl.col("as_of"))
        & (pl.col("until").is_null() | (pl.col("until") > pl.col("as_of")))
    )
    rows = history.versions("purchases").filter(pl.col("gift").fill_null(value=False))
    gifts = of_article(history, rows.select(*LOT, KNOWN_FROM, KNOWN_UNTIL))
    return (
        known.drop_nulls("lot")
        .join(gifts, on=LOT)
        .filter(as_of("as_of"))
        .select("subject_id", "use_id", "item_code", "lot", "units")
        .unique()
    )


GIFTS = source(
    "device_uses.stay_id",
    "device_uses.item_code",
    "device_uses.lot",
    "purchases.gift",
    "purchases.lot",
    "stays.hospital_id",
)
FRAMES = {
    "given": Frame(
        "given",
        given,
        needs=GIFTS,
        sources={"units": source("device_uses.quantity")},
    )
}  # fmt: skip
