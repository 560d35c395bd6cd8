"""Of whom a hospital bought each class of articles in a year, and how dearly.

Prices are held against the median of the other hospitals for the same article in the same
month, each hospital counted once: where only one supplier sells an article, all pay him alike
and nobody stands out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import as_of
from claims.knowledge.scopes import CLASS_DIGITS
from claims.schema import THOUSANDTHS_PER_UNIT
from features.exact import divided
from features.frames import source
from features.ledger_flows import purchased
from features.level_stays import YEAR_DAYS

if TYPE_CHECKING:
    from claims.history import History

# Fewer hospitals are no market to compare with.
FEWEST_OTHERS = 3
# Fewer purchases of a class say nothing of a share.
FEWEST_PURCHASES = 10
MARKET = ["as_of", "item_code", "month"]
CLASS = ["subject_id", "as_of", "class_code"]


def suppliers(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a hospital and class of which it bought enough: its largest supplier of the year.

    Columns: ``top_share`` of what was paid, ``premium`` that he was paid over the others' median
    prices, ``above`` (fen) what that came to. Articles that nobody else buys are left out of all
    three: of a sole agent's nobody can say whether they are dear.
    """
    year = _year(history, subjects.select("as_of").unique()).collect().lazy()
    mine = (
        subjects.join(year, left_on=["subject_id", "as_of"], right_on=["hospital_id", "as_of"])
        .join(_elsewhere(year), left_on=["subject_id", *MARKET], right_on=["hospital_id", *MARKET],
              how="left")
        .with_columns(
            fair=pl.when(pl.col("median").is_not_null()).then(
                divided(pl.col("median") * pl.col("units"), THOUSANDTHS_PER_UNIT)
                .round().cast(pl.Int64)
            )
        )
    )  # fmt: skip
    compared = pl.col("fair").is_not_null()
    each = mine.group_by(*CLASS, "supplier_id").agg(
        paid=pl.col("paid").sum(),
        compared=pl.col("paid").filter(compared).sum(),
        fair=pl.col("fair").sum(),
        purchases=pl.len().cast(pl.Int64),
    )
    # Who sold it is not always told; of those who are, the largest.
    told = pl.col("supplier_id").is_not_null()
    top = pl.struct("compared", "paid", "supplier_id")
    sums = each.group_by(CLASS).agg(
        whole=pl.col("compared").sum(),
        purchases=pl.col("purchases").sum(),
        compared=pl.col("compared").filter(told).sort_by(top.filter(told)).last(),
        fair=pl.col("fair").filter(told).sort_by(top.filter(told)).last(),
    )
    known = pl.col("fair") > 0
    return sums.filter((pl.col("purchases") >= FEWEST_PURCHASES) & (pl.col("whole") > 0)).select(
        *CLASS,
        top_share=pl.col("compared") / pl.col("whole"),
        premium=pl.when(known).then(pl.col("compared") / pl.col("fair") - 1.0),
        above=pl.when(known).then((pl.col("compared") - pl.col("fair")).clip(0)),
    )


def _year(history: History, nights: pl.LazyFrame) -> pl.LazyFrame:
    """Purchases of the year before each night, gifts left out: units, fen paid, fen a unit."""
    rows = (
        purchased(history)
        .filter(~pl.col("gift").fill_null(value=False))
        .filter((pl.col("units") > 0) & (pl.col("paid") > 0))
    )
    recent = pl.col("delivered_on") > pl.col("as_of") - pl.duration(days=YEAR_DAYS)
    return (
        nights.join(rows, how="cross")
        .filter(as_of("as_of") & recent & (pl.col("delivered_on") <= pl.col("as_of")))
        .select(
            "as_of", "hospital_id", "item_code", "supplier_id", "units", "paid",
            each=pl.col("paid") * THOUSANDTHS_PER_UNIT / pl.col("units"),
            class_code=pl.col("item_code").str.slice(0, CLASS_DIGITS),
            month=pl.col("delivered_on").dt.truncate("1mo"),
        )
    )  # fmt: skip


def _elsewhere(year: pl.LazyFrame) -> pl.LazyFrame:
    """Median price (fen) that the other hospitals pay for an article, by hospital and month."""
    each = year.group_by(*MARKET, "hospital_id").agg(pl.col("each").median())
    others = (
        each.select(*MARKET, "hospital_id")
        .join(each.rename({"hospital_id": "other_id"}), on=MARKET)
        .filter(pl.col("other_id") != pl.col("hospital_id"))
    )
    return (
        others.group_by(*MARKET, "hospital_id")
        .agg(median=pl.col("each").median(), houses=pl.len())
        .filter(pl.col("houses") >= FEWEST_OTHERS)
        .select(*MARKET, "hospital_id", "median")
    )


BOUGHT = source(
    "purchases.hospital_id",
    "purchases.item_code",
    "purchases.supplier_id",
    "purchases.delivered_on",
    "purchases.quantity",
    "purchases.unit_price",
)
COLUMNS = ("class_code", "top_share", "premium", "above")
