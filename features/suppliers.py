"""Features of how a hospital buys: the class in which one supplier gains most (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, HOSPITAL, feature
from features.units import SHARE, YUAN

# A class of which nobody sells half has no supplier who stands out.
MOST = 0.5


def of_the_dearest(name: str) -> pl.Expr:
    """A column of the class that stands out most: one supplier sells half, and gains most."""
    known = pl.col("above").is_not_null()
    order = pl.struct((pl.col("top_share") >= MOST).alias("most"), "above", "class_code")
    return pl.col(name).filter(known).sort_by(order.filter(known)).last()


@feature(
    HOSPITAL,
    over="suppliers",
    unit=SHARE,
    family="suppliers",
    direction=HIGH,
    zh="最大供应商占比",
    says="bought {value} of a class of consumables from one supplier",
    says_zh="某类耗材{value}由一家供应商供货",
)
def top_supplier_share() -> pl.Expr:
    """Share of the largest supplier in what was paid for the class in a year."""
    return of_the_dearest("top_share")


@feature(
    HOSPITAL,
    over="suppliers",
    unit=SHARE,
    family="suppliers",
    direction=HIGH,
    zh="最大供应商价格高出",
    says="paid him {value} more than other hospitals pay",
    says_zh="采购价高于他院中位价{value}",
)
def top_supplier_premium() -> pl.Expr:
    """What that supplier was paid over the others' median prices, less one."""
    return of_the_dearest("premium")


@feature(
    HOSPITAL,
    over="suppliers",
    unit=YUAN,
    family="suppliers",
    direction=HIGH,
    zh="最大供应商高出金额",
    says="paid {value} more than at the prices of others",
    says_zh="较他院价格多付{value}",
)
def top_supplier_above() -> pl.Expr:
    """Amount paid to that supplier above the others' median prices in a year."""
    return of_the_dearest("above")
