"""Features of the bill of a use: inclusion, numbers a day, dates, reversals (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, USE, feature
from features.units import COUNT, DAYS, RATIO, SHARE, UNITS, YES_NO, YUAN


@feature(
    USE,
    over="bill",
    unit=UNITS,
    family="inclusion",
    direction=HIGH,
    zh="内涵于服务项目的数量",
    says="{value} billed beside a service whose price contains them",
    says_zh="{value}已含在同期服务项目价格内",
    empty=0,
    peers=False,
)
def contained_units() -> pl.Expr:
    """Units billed beside a service whose price contains them (C06)."""
    return pl.col("contained_units")


@feature(
    USE,
    over="bill",
    unit=SHARE,
    family="inclusion",
    direction=HIGH,
    zh="内涵数量占比",
    says="{value} of its units are contained in the price of a service",
    says_zh="其{value}数量已含在服务项目价格内",
    empty=0,
    peers=False,
)
def contained_share() -> pl.Expr:
    """Share of its units that the price of a service beside it contains."""
    return pl.col("contained_units") / pl.col("units")


@feature(
    USE,
    over="bill",
    unit=YES_NO,
    family="inclusion",
    direction=LOW,
    zh="另有需用该耗材的服务",
    says="another service of the stay needs it for itself: {value}",
    says_zh="另有服务项目需单独使用该耗材：{value}",
    empty=0,
    peers=False,
)
def needed_besides() -> pl.Expr:
    """Whether a service of the stay needs such goods for itself, so that they may be billed."""
    return pl.col("needed_besides")


@feature(
    USE,
    over="bill",
    unit=UNITS,
    family="quantity",
    direction=HIGH,
    zh="日均计费数量",
    says="{value} billed a day of the stay",
    says_zh="日均计费{value}",
)
def units_per_day() -> pl.Expr:
    """Units billed for each day of the stay, its first and last day counted (C26)."""
    return pl.col("units") / (pl.col("days") + 1)


@feature(
    USE,
    over="bill",
    unit=YES_NO,
    family="quantity",
    direction=BOTH,
    zh="低值耗材",
    says="a small article of which a limited number is needed: {value}",
    says_zh="低值耗材：{value}",
    peers=False,
)
def small_article() -> pl.Expr:
    """Whether its class is one of small goods, needed in limited numbers a day."""
    return pl.col("small")


@feature(
    USE,
    over="bill",
    unit=UNITS,
    family="quantity",
    direction=HIGH,
    zh="胶片数减影像次数",
    says="{value} of film more than images taken",
    says_zh="胶片数比影像检查次数多{value}",
    peers=False,
)
def films_over_images() -> pl.Expr:
    """Films billed less images taken in the stay; null for what is no film (C26)."""
    return pl.when(pl.col("film")).then(pl.col("units") - pl.col("images"))


@feature(
    USE,
    over="bill",
    unit=YES_NO,
    family="quantity",
    direction=LOW,
    zh="重症监护或器官支持",
    says="intensive care or organ support in the stay: {value}",
    says_zh="住院期间有重症监护或器官支持：{value}",
    empty=0,
    peers=False,
)
def intensive_care() -> pl.Expr:
    """Whether the bill shows intensive care or organ support."""
    return pl.col("intensive")


@feature(
    USE,
    over="bill",
    unit=SHARE,
    family="amount",
    direction=BOTH,
    zh="纳入支付范围占比",
    says="{value} of its amount was put to the fund",
    says_zh="其{value}金额纳入医保支付范围",
    peers=False,
)
def covered_share() -> pl.Expr:
    """Share of its amount billed inside the payment scope; 0 where the person paid it all."""
    return pl.col("covered_amount") / pl.col("whole_amount")


@feature(
    USE,
    over="bill",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="计费日超出住院天数",
    says="used {value} outside the stay",
    says_zh="使用日期超出住院期间{value}",
    peers=False,
)
def days_outside_stay() -> pl.Expr:
    """Days by which its service lies before admission or after discharge."""
    return pl.col("days_outside")


@feature(
    USE,
    over="bill",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="死亡后计费天数",
    says="used {value} after the death of the person",
    says_zh="参保人死亡后{value}仍计费使用",
    empty=0,
    peers=False,
)
def days_after_death() -> pl.Expr:
    """Days from the death of the person to its service."""
    return pl.col("days_dead")


@feature(
    USE,
    over="bill",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="出院后记账天数",
    says="posted {value} after discharge",
    says_zh="出院后{value}才记账",
    peers=False,
)
def days_posted_late() -> pl.Expr:
    """Days from discharge to the last posting of the item."""
    return pl.col("days_posted")


@feature(
    USE,
    over="bill",
    unit=COUNT,
    family="quantity",
    direction=HIGH,
    zh="计费天数",
    says="billed on {value} {day|days}",
    says_zh="在{value}天内计费",
)
def days_billed() -> pl.Expr:
    """Days of service on which it is billed."""
    return pl.col("billed_days")


@feature(
    USE,
    over="bill",
    unit=UNITS,
    family="reversals",
    direction=HIGH,
    zh="出院后冲销同类数量",
    says="{value} of its kind reversed after discharge",
    says_zh="出院后冲销同类耗材{value}",
    empty=0,
    peers=False,
)
def reversed_after_discharge() -> pl.Expr:
    """Units of its kind that were reversed after discharge, before it was billed (C23)."""
    return pl.col("reversed_late")


@feature(
    USE,
    over="bill",
    unit=RATIO,
    family="reversals",
    direction=HIGH,
    zh="再记价与冲销价之比",
    says="billed at {value} the price of another article of its kind reversed after discharge",
    says_zh="计费价为出院后冲销的同类品价格的{value}",
    peers=False,
)
def price_over_reversed() -> pl.Expr:
    """Price over that of another article of its kind that was reversed after discharge (C23)."""
    return pl.col("rebilled_over")


@feature(
    USE,
    over="bill",
    unit=YUAN,
    family="reversals",
    direction=HIGH,
    zh="冲红再记差额",
    says="{value} more than the article of its kind that was reversed",
    says_zh="比所冲销同类品多计{value}",
    peers=False,
)
def gain_by_reversal() -> pl.Expr:
    """What billing it instead of the reversed article of its kind adds (C23)."""
    return pl.col("rebilled_gain")


@feature(
    USE,
    over="bill",
    unit=UNITS,
    family="reversals",
    direction=HIGH,
    zh="冲红再记多出数量",
    says="{value} more than were reversed after discharge",
    says_zh="比出院后冲销数量多{value}",
    peers=False,
)
def units_over_reversed() -> pl.Expr:
    """Units billed beyond those of the same article that were reversed after discharge (C23)."""
    return pl.col("rebilled_more")
