"""The chain of a ledger, count to count: which node took or gave units that the next lacks.

R1 is billed less used, R3 used less issued, the gap of the store what it should hold less
what was counted. They add up: R2, billed less available, is R1 less the gap of the store
(DOMAIN 6.3). Nodes of which the contract carries no quantity are named as such.
"""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, LEDGER, feature
from features.ledger import AVAILABLE
from features.units import UNITS

# Nodes of the whole process (DOMAIN 6.3); the store has purchases, moves and counts.
STORE, ISSUE, USE, BILLING, SEVERAL, CLOSED = (
    "store",
    "issue",
    "use",
    "billing",
    "several",
    "closed",
)
NOT_CARRIED = ("admission", "settlement", "payment to supplier", "after use")


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="bill and record",
    direction=BOTH,
    zh="盘点期间计费减使用",
    says="billed less recorded as used, count to count: {value}",
    says_zh="盘点期间计费减使用登记：{value}",
)
def billed_over_used_year() -> pl.Expr:
    """Residual R1 between the counts of the window: billed less recorded as used."""
    return pl.col("billed_year") - pl.col("used_year")


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="use and issue",
    direction=BOTH,
    zh="盘点期间使用减出库",
    says="used less issued, count to count: {value}",
    says_zh="盘点期间使用减出库：{value}",
)
def used_over_issued_year() -> pl.Expr:
    """Residual R3 between the counts of the window, department returns taken off.

    What wards hold on the day of a count stands in it, a fortnight's supply at most.
    """
    return pl.col("used_year") - (pl.col("issued_year") - pl.col("returned_year"))


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="use and store",
    direction=BOTH,
    zh="盘点期间库存缺口",
    says="units that left the shelf without a use, count to count: {value}",
    says_zh="盘点期间离库而无使用登记：{value}",
)
def store_gap() -> pl.Expr:
    """What opening, purchases and moves should have left, less uses and the closing count.

    Positive where units vanished, negative where more was used than ever came.
    """
    return AVAILABLE - pl.col("used_year")


def node() -> pl.Expr:
    """The node at which a ledger breaks, of its three residuals; null where one is unknown.

    One bill too many moves R1 alone, one issue R3 alone, and one delivery, transfer, write-off
    or count the gap of the store alone. A use that was not recorded, or never was, moves all
    three by the same number of units.
    """
    bill, ward = pl.col("billed_over_used_year"), pl.col("used_over_issued_year")
    shelf = pl.col("store_gap")
    known = bill.is_not_null() & ward.is_not_null() & shelf.is_not_null()
    return (
        pl.when(~known)
        .then(None)
        .when((bill == 0) & (ward == 0) & (shelf == 0))
        .then(pl.lit(CLOSED))
        .when((ward == 0) & (shelf == 0))
        .then(pl.lit(BILLING))
        .when((bill == 0) & (shelf == 0))
        .then(pl.lit(ISSUE))
        .when((bill == 0) & (ward == 0))
        .then(pl.lit(STORE))
        .when((bill == -ward) & (bill == shelf))
        .then(pl.lit(USE))
        .otherwise(pl.lit(SEVERAL))
    )
