"""Of how few suppliers a hospital, a district and the city buy a class of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.schema import THOUSANDTHS_PER_UNIT
from features.exact import divided
from features.indicators import MONTHS, UNKNOWN, months_before, subject_of

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History

# Purchases name a hospital and no department.
RUNGS = ("city", "district", "hospital")
PERCENT = 100.0


def bought(history: History, month: date) -> pl.DataFrame:
    """What was paid (fen) to each supplier for each article in the year up to a month."""
    first, end = months_before(month, MONTHS - 1), months_before(month, -1)
    paid = divided(pl.col("quantity") * pl.col("unit_price"), THOUSANDTHS_PER_UNIT).round()
    houses = history.current("hospitals").select("hospital_id", "district")
    return (
        history.current("purchases")
        .filter((pl.col("delivered_on") >= first) & (pl.col("delivered_on") < end))
        .filter(~pl.col("gift").fill_null(value=False) & pl.col("supplier_id").is_not_null())
        .group_by("hospital_id", "supplier_id", "item_code")
        .agg(paid=paid.cast(pl.Int64).sum())
        .join(houses, on="hospital_id", how="left")
        .with_columns(pl.col("district").fill_null(UNKNOWN))
        .collect()
    )


def concentration(paid: pl.DataFrame, rung: str) -> pl.DataFrame:
    """``suppliers``, ``top_supplier`` (share of the largest) and ``hhi`` of each subject.

    From the sums of the rung: a district's index is that of its own suppliers and no mean of
    its hospitals' indices. ``hhi`` is the sum of squared shares in percent, 10,000 for one.
    """
    if rung not in RUNGS:
        return pl.DataFrame(schema=SCHEMA)
    sums = (
        paid.with_columns(subject_id=subject_of(rung))
        .group_by("subject_id", "supplier_id")
        .agg(pl.col("paid").sum())
        .filter(pl.col("paid") > 0)
    )
    share = pl.col("paid") / pl.col("paid").sum()
    # Shares are added in one order, whatever the number of threads.
    return sums.group_by("subject_id").agg(
        suppliers=pl.len().cast(pl.Int64),
        top_supplier=share.max(),
        hhi=(share * PERCENT).pow(2).sort().sum(),
    )


SCHEMA = {
    "subject_id": pl.String(),
    "suppliers": pl.Int64(),
    "top_supplier": pl.Float64(),
    "hhi": pl.Float64(),
}
