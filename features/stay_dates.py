"""Features of a stay whose dates contradict what was billed, done or used."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, STAY, feature
from features.stay import units_billed
from features.units import COUNT, DAYS, UNITS, YUAN

# Late posting and the shift at midnight move a line by a day at most (GZ10000201008).
SLACK_DAYS = 1
OUTSIDE = (pl.col("day") < -SLACK_DAYS) | (pl.col("after") > SLACK_DAYS)


def beyond_days(category: str) -> pl.Expr:
    """Units of a class of fee beyond the days of the stay; a stay of no night counts as one."""
    beyond = units_billed(category) - pl.col("days").first().clip(lower_bound=1)
    return beyond.clip(lower_bound=0)


@feature(
    STAY,
    over="dated",
    unit=COUNT,
    family="dates",
    direction=HIGH,
    zh="入院前收费笔数",
    says="{value} lines were done before admission",
    says_zh="入院前收费{value}笔",
    empty=0,
)
def lines_before_admission() -> pl.Expr:
    """Lines of a day before the admission."""
    return (pl.col("day") < 0).sum()


@feature(
    STAY,
    over="dated",
    unit=COUNT,
    family="dates",
    direction=HIGH,
    zh="出院后收费笔数(药品除外)",
    says="{value} lines other than drugs were done after discharge",
    says_zh="出院后收费{value}笔（药品除外）",
    empty=0,
)
def lines_after_discharge() -> pl.Expr:
    """Lines of a day after the discharge; drugs may have been taken home."""
    return ((pl.col("after") > 0) & (pl.col("category") != "drug")).sum()


@feature(
    STAY,
    over="dated",
    unit=YUAN,
    family="dates",
    direction=HIGH,
    zh="住院期外收费金额",
    says="{value} were billed for days outside the stay",
    says_zh="住院期外收费{value}",
    empty=0,
)
def amount_outside_stay() -> pl.Expr:
    """Amount of lines more than one day before admission or after discharge."""
    return pl.col("amount").filter(OUTSIDE).sum()


@feature(
    STAY,
    over="dated",
    unit=COUNT,
    family="dates",
    direction=HIGH,
    zh="死亡后收费笔数",
    says="{value} lines were done after the registered death",
    says_zh="登记死亡后收费{value}笔",
    empty=0,
)
def lines_after_death() -> pl.Expr:
    """Lines of a day after the registered death."""
    return (pl.col("after_death") > 0).sum()


@feature(
    STAY,
    over="dated",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="床位费超出住院天数",
    says="was billed a bed for {value} more than it lasted",
    says_zh="床位费比住院天数多{value}",
    empty=0,
)
def bed_days_beyond() -> pl.Expr:
    """Bed days billed beyond the days of the stay."""
    return beyond_days("bed")


@feature(
    STAY,
    over="dated",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="护理费超出住院天数",
    says="was billed nursing for {value} more than it lasted",
    says_zh="护理费比住院天数多{value}",
    empty=0,
)
def nursing_days_beyond() -> pl.Expr:
    """Days of nursing billed beyond the days of the stay."""
    return beyond_days("nursing")


@feature(
    STAY,
    over="timed",
    unit=UNITS,
    family="dates",
    direction=HIGH,
    zh="单日最多计时小时",
    says="{value} of hourly care were billed for one day",
    says_zh="单日计时项目最多{value}",
    empty=0,
)
def hours_in_a_day() -> pl.Expr:
    """Most hours that one item priced by the hour was billed for on one day."""
    return pl.col("hours").max()


@feature(
    STAY,
    over="operated",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="手术日期在住院期外的天数",
    says="has an operation {value} outside the stay",
    says_zh="手术日期在住院期外{value}",
    empty=0,
)
def operation_days_outside() -> pl.Expr:
    """Most days by which an operation lies before admission or after discharge."""
    return pl.col("outside").max()


@feature(
    STAY,
    over="used",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="耗材使用日期在住院期外的天数",
    says="has a device used {value} outside the stay",
    says_zh="耗材使用日期在住院期外{value}",
    empty=0,
)
def device_days_outside() -> pl.Expr:
    """Most days by which the use of a device lies before admission or after discharge."""
    return pl.col("outside").max()


@feature(
    STAY,
    over="calendar",
    unit=DAYS,
    family="dates",
    direction=HIGH,
    zh="早于出院结算的天数",
    says="was settled {value} before discharge",
    says_zh="在出院前{value}结算",
)
def settled_before_discharge() -> pl.Expr:
    """Days by which the settlement lies before the discharge, 0 if after."""
    return (pl.col("discharged_on") - pl.col("settled_on")).dt.total_days().clip(lower_bound=0)


@feature(
    STAY,
    over="calendar",
    unit=DAYS,
    family="dates",
    direction=BOTH,
    zh="申报天数与日期之差",
    says="is told {value} longer than its dates",
    says_zh="申报住院天数比起止日期多{value}",
)
def told_days_beyond_dates() -> pl.Expr:
    """Length of stay as delivered less the days between admission and discharge."""
    between = (pl.col("discharged_on") - pl.col("admitted_on")).dt.total_days()
    return pl.col("length_of_stay") - between
