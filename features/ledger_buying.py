"""Features of the deliveries of a month: gifts, platform, what is gained (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LEDGER, feature
from features.stay import ratio
from features.units import SHARE, UNITS, YUAN

GAIN = pl.col("lots_amount") - pl.col("lots_cost")


@feature(
    LEDGER,
    over="ledger_buying",
    unit=UNITS,
    family="buying",
    direction=HIGH,
    zh="当月赠品数量",
    says="{value} of the month's deliveries were given",
    says_zh="当月到货中赠品{value}",
)
def given_units() -> pl.Expr:
    """Units delivered in the month as gifts."""
    return pl.col("given")


@feature(
    LEDGER,
    over="ledger_buying",
    unit=SHARE,
    family="buying",
    direction=HIGH,
    zh="当月线下采购占比",
    says="{value} of the month's deliveries were not bought on the platform",
    says_zh="当月到货中线下采购占{value}",
)
def off_platform_share() -> pl.Expr:
    """Units bought off the platform over all units delivered in the month."""
    return ratio("off_platform", "delivered")


@feature(
    LEDGER,
    over="ledger_buying",
    unit=UNITS,
    family="buying",
    direction=HIGH,
    zh="线下或赠品批号计费数量",
    says="{value} billed of lots that were given or bought off the platform",
    says_zh="线下采购或赠品批号计费{value}",
)
def billed_off_platform() -> pl.Expr:
    """Units billed, until now, of the month's lots that were gifts or off the platform."""
    return pl.col("lots_off")


@feature(
    LEDGER,
    over="ledger_buying",
    unit=SHARE,
    family="buying",
    direction=HIGH,
    zh="线下或赠品批号计费加成占比",
    says="{value} of what was billed of lots given or off the platform is above their cost",
    says_zh="线下采购或赠品批号计费额中{value}高于进价",
)
def gain_share() -> pl.Expr:
    """What was billed of lots given or off the platform above their cost, over what was billed."""
    return pl.when(pl.col("lots_amount") > 0).then(GAIN / pl.col("lots_amount"))


@feature(
    LEDGER,
    over="ledger_buying",
    unit=YUAN,
    family="buying",
    direction=HIGH,
    zh="线下或赠品批号计费高于进价金额",
    says="{value} billed above the cost of lots given or bought off the platform",
    says_zh="线下采购或赠品批号计费高于进价{value}",
)
def gain_amount() -> pl.Expr:
    """Amount billed of the month's lots given or off the platform, above their cost."""
    return GAIN


@feature(
    LEDGER,
    over="ledger_buying",
    unit=UNITS,
    family="buying",
    direction=BOTH,
    zh="赠品批号登记未收费数量",
    says="{value} recorded and not billed of lots that were given",
    says_zh="赠品批号已登记未收费{value}",
)
def unbilled_gifts() -> pl.Expr:
    """Units recorded less units billed of the month's lots that were given."""
    return pl.col("unbilled_given")
