"""Features of the devices that a stay does not have on its bill (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, STAY, feature
from features.units import COUNT, SHARE, UNITS

# Nearly every such stay has it: an operation cannot well be done without.
MANDATORY_FROM = 0.9
ABSENT = pl.col("missing") & (pl.col("category") == "consumable")


@feature(
    STAY,
    over="items",
    unit=SHARE,
    family="items",
    direction=HIGH,
    zh="缺失耗材的同类使用率",
    says="has no consumable of a class that {value} of its peers are billed for",
    says_zh="未计费某类耗材，而同类病例{value}均有计费",
    empty=0,
)
def absent_device_share() -> pl.Expr:
    """Share of peers billed for the commonest class of consumables that this stay lacks (C14)."""
    return pl.col("share").filter(ABSENT).max()


@feature(
    STAY,
    over="items",
    unit=COUNT,
    family="items",
    direction=BOTH,
    zh="缺失必需耗材类数",
    says="lacks {value} {class|classes} of consumables that nearly all peers have",
    says_zh="缺{value}类几乎所有同类病例均有的耗材",
    empty=0,
)
def absent_devices() -> pl.Expr:
    """Classes of consumables on nearly every peer's bill and not on this one."""
    return (ABSENT & (pl.col("share") >= MANDATORY_FROM)).sum()


@feature(
    STAY,
    over="items",
    unit=SHARE,
    family="items",
    direction=HIGH,
    zh="缺失耗材的同类使用率（赠品除外）",
    says="has no consumable, billed or given, of a class that {value} of its peers are billed for",
    says_zh="某类耗材既未计费也未见赠品，而同类病例{value}均有计费",
    empty=0,
)
def absent_share_not_given() -> pl.Expr:
    """The same share over the classes of which the record shows no device that was given."""
    return pl.col("share").filter(ABSENT & ~pl.col("given")).max()


@feature(
    STAY,
    over="kits",
    unit=COUNT,
    family="devices not billed",
    direction=HIGH,
    zh="手术必需耗材无收费无赠品数",
    says="{value} {device|devices} that its operations need {is|are} neither billed nor given",
    says_zh="手术必需耗材{value}种既未收费也非赠品",
)
def kits_not_billed_nor_given() -> pl.Expr:
    """Kits of its operations of which no device is billed, and none is recorded of a gift."""
    return (~pl.col("billed") & ~pl.col("given")).sum()


@feature(
    STAY,
    over="given",
    unit=UNITS,
    family="items",
    direction=BOTH,
    zh="登记使用的赠品耗材",
    says="{value} recorded as used of lots that were given",
    says_zh="登记使用赠品批号耗材{value}",
    empty=0,
)
def given_devices() -> pl.Expr:
    """Units in the record whose lot was delivered to the hospital as a gift."""
    return pl.col("units").sum()
