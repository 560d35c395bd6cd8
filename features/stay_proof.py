"""Features that show whether a stay took place: goods, detail, presence (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, STAY, feature
from features.stay import units_billed
from features.units import COUNT, DAYS, SHARE, YES_NO, YUAN


def days_without(category: str) -> pl.Expr:
    """Days of the stay, discharge day left out, for which a daily fee was not billed.

    A fee billed once for several days counts for as many days as it has units.
    """
    days = pl.col("days").first()
    mine = pl.col("category") == category
    inside = mine & pl.col("day").is_between(0, pl.col("days"))
    dated = pl.col("day").filter(inside).n_unique()
    units = units_billed(category).floor()
    return (days - pl.max_horizontal(dated, units)).clip(lower_bound=0)


@feature(
    STAY,
    over="goods",
    unit=COUNT,
    family="goods behind the bill",
    direction=HIGH,
    zh="无使用登记的收费耗材种类数",
    says="{value} billed devices have no record of use",
    says_zh="收费耗材{value}种无使用登记",
    empty=0,
)
def devices_not_recorded() -> pl.Expr:
    """Billed implants and key devices without a record of use in the stay."""
    return (~pl.col("recorded")).sum()


@feature(
    STAY,
    over="goods",
    unit=SHARE,
    family="goods behind the bill",
    direction=HIGH,
    zh="无使用登记耗材占比",
    says="{value} of its devices that must be recorded have no record of use",
    says_zh="应登记耗材中{value}无使用登记",
)
def unrecorded_share() -> pl.Expr:
    """Share of its billed implants and key devices without a record of use."""
    return (~pl.col("recorded")).mean()


@feature(
    STAY,
    over="goods",
    unit=COUNT,
    family="goods behind the bill",
    direction=HIGH,
    zh="无出库的收费耗材种类数",
    says="{value} billed devices had not left the store",
    says_zh="收费耗材{value}种无出库",
)
def devices_not_issued() -> pl.Expr:
    """Billed devices of which the store gave none out from 90 days before to 3 days after.

    Null where the hospital reports no movements of its store.
    """
    return pl.when(pl.col("issued").is_not_null().any()).then((~pl.col("issued")).sum())


@feature(
    STAY,
    over="goods",
    unit=YUAN,
    family="goods behind the bill",
    direction=HIGH,
    zh="无出库的收费耗材金额",
    says="devices for {value} had not left the store",
    says_zh="无出库的收费耗材{value}",
)
def amount_not_issued() -> pl.Expr:
    """Amount of these devices; null where the hospital reports no movements of its store."""
    amount = pl.col("amount").filter(~pl.col("issued")).sum()
    return pl.when(pl.col("issued").is_not_null().any()).then(amount)


@feature(
    STAY,
    over="company",
    unit=DAYS,
    family="presence",
    direction=HIGH,
    zh="同时在两家医院住院天数",
    says="the person lay in another hospital on {value} of it",
    says_zh="住院期间同时在另一家医院住院{value}",
)
def days_in_two_hospitals() -> pl.Expr:
    """Days shared with a stay of the same person in another hospital, whichever began first."""
    return pl.col("shared_days").max().clip(lower_bound=0)


@feature(
    STAY,
    over="lines",
    unit=DAYS,
    family="daily detail",
    direction=HIGH,
    zh="无护理收费天数",
    says="no nursing was billed on {value}",
    says_zh="有{value}无护理收费",
)
def days_without_nursing() -> pl.Expr:
    """Days of the stay, discharge day left out, without any nursing."""
    return days_without("nursing")


@feature(
    STAY,
    over="lines",
    unit=DAYS,
    family="daily detail",
    direction=HIGH,
    zh="无床位收费天数",
    says="no bed was billed on {value}",
    says_zh="有{value}无床位收费",
)
def days_without_bed() -> pl.Expr:
    """Days of the stay, discharge day left out, without a bed."""
    return days_without("bed")


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="daily detail",
    direction=BOTH,
    zh="日均收费笔数",
    says="{value} lines were billed for each day",
    says_zh="平均每天收费{value}笔",
)
def lines_a_day() -> pl.Expr:
    """Fee lines for each day of the stay."""
    return pl.len() / pl.col("days").first().clip(lower_bound=1)


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="daily detail",
    direction=LOW,
    zh="不同记账时刻占比",
    says="its lines were posted at as many different moments as {value} of them",
    says_zh="不同记账时刻占明细数的{value}",
)
def posting_moments_share() -> pl.Expr:
    """Different moments of posting over lines; a bill typed in one go has few."""
    return pl.col("charged_at").n_unique() / pl.len()


@feature(
    STAY,
    over="lines",
    unit=YES_NO,
    family="goods behind the bill",
    direction=HIGH,
    zh="有手术费无麻醉费",
    says="surgery was billed without any anaesthesia: {value}",
    says_zh="有手术费而无麻醉费：{value}",
)
def surgery_without_anaesthesia() -> pl.Expr:
    """Whether surgery was billed without a single line of anaesthesia, 1 or 0."""
    amount = pl.col("amount")
    surgery = amount.filter(pl.col("category") == "surgery").sum() > 0
    return surgery & (amount.filter(pl.col("category") == "anaesthesia").sum() <= 0)


@feature(
    STAY,
    over="day_bills",
    unit=SHARE,
    family="daily detail",
    direction=HIGH,
    zh="雷同住院日占比",
    says="{value} of its days of care repeat another day to the unit",
    says_zh="诊疗日中{value}与另一日完全相同",
)
def repeated_days_share() -> pl.Expr:
    """Share of days with care that have the same items and units as an earlier day."""
    return 1 - pl.col("care").n_unique() / pl.len()


@feature(
    STAY,
    over="day_bills",
    unit=COUNT,
    family="daily detail",
    direction=BOTH,
    zh="诊疗日平均项目数",
    says="a day of care had {value} items",
    says_zh="诊疗日平均{value}个项目",
)
def items_on_days_of_care() -> pl.Expr:
    """Items on a day with care, on average, bed, nursing and consultation left out."""
    return pl.col("items").mean()
