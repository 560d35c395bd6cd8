"""Features of one stay: its course, its cost, its days (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, STAY, feature
from features.exact import divided
from features.units import COUNT, DAYS, RATIO, SHARE, UNITS, YEARS, YES_NO, YUAN

SUNDAY, SATURDAY = 7, 6


def share_of(*categories: str) -> pl.Expr:
    """Share of fee classes in the sum of all lines; null where the sum is not positive."""
    total = pl.col("amount").sum()
    part = pl.col("amount").filter(pl.col("category").is_in(categories)).sum()
    return pl.when(total > 0).then(part / total)


def units_billed(category: str) -> pl.Expr:
    """Units of a fee class over all lines, reversals taken off."""
    return divided(pl.col("quantity").filter(pl.col("category") == category).sum(), UNITS.divisor)


def ratio(upper: str, lower: str) -> pl.Expr:
    """One amount over another; null where the lower is not positive."""
    return pl.when(pl.col(lower) > 0).then(pl.col(upper) / pl.col(lower))


@feature(
    STAY,
    over="stay",
    unit=DAYS,
    family="course",
    direction=BOTH,
    zh="住院天数",
    says="stayed {value}",
    says_zh="住院{value}",
)
def length_of_stay() -> pl.Expr:
    """Days from admission to discharge."""
    return pl.col("days")


@feature(
    STAY,
    over="stay",
    unit=YUAN,
    family="cost",
    direction=HIGH,
    zh="总费用",
    says="cost {value} in all",
    says_zh="总费用{value}",
)
def total_cost() -> pl.Expr:
    """Total fee of the stay."""
    return pl.col("total_amount")


@feature(
    STAY,
    over="stay",
    unit=YUAN,
    family="cost",
    direction=BOTH,
    zh="日均费用",
    says="cost {value} a day",
    says_zh="日均费用{value}",
)
def cost_per_day() -> pl.Expr:
    """Total fee divided by days of stay, a stay of no night counting as one day."""
    return pl.col("total_amount") / pl.col("days").clip(lower_bound=1)


@feature(
    STAY,
    over="stay",
    unit=RATIO,
    family="payment",
    direction=BOTH,
    zh="费用与支付标准之比",
    says="cost {value} the payment standard of its group",
    says_zh="费用为病组支付标准的{value}",
)
def payment_standard_ratio() -> pl.Expr:
    """Total fee over the payment standard of the group."""
    return ratio("total_amount", "payment_standard")


@feature(
    STAY,
    over="stay",
    unit=SHARE,
    family="payment",
    direction=HIGH,
    zh="统筹支付占比",
    says="the fund paid {value} of the fee",
    says_zh="统筹基金支付占{value}",
)
def fund_share() -> pl.Expr:
    """Share of the fee paid by the fund."""
    return ratio("fund_amount", "total_amount")


@feature(
    STAY,
    over="stay",
    unit=SHARE,
    family="payment",
    direction=LOW,
    zh="个人支付占比",
    says="the person paid {value} of the fee",
    says_zh="个人支付占{value}",
)
def self_pay_share() -> pl.Expr:
    """Share of the fee paid by the person; nothing paid can be a sign of inducement."""
    return ratio("self_pay_amount", "total_amount")


@feature(
    STAY,
    over="stay",
    unit=YES_NO,
    family="calendar",
    direction=HIGH,
    zh="周末入院",
    says="admitted on a weekend: {value}",
    says_zh="周末入院：{value}",
)
def admitted_on_weekend() -> pl.Expr:
    """Admission on a Saturday or Sunday, 1 or 0."""
    return pl.col("admitted_at").dt.weekday() >= SATURDAY


@feature(
    STAY,
    over="stay",
    unit=DAYS,
    family="calendar",
    direction=HIGH,
    zh="出院到结算天数",
    says="was settled {value} after discharge",
    says_zh="出院后{value}结算",
)
def settlement_delay() -> pl.Expr:
    """Days from discharge to settlement."""
    return (pl.col("settled_on") - pl.col("discharged_on")).dt.total_days()


@feature(
    STAY,
    over="stay",
    unit=YEARS,
    family="person",
    direction=BOTH,
    zh="年龄",
    says="the person was {value} old",
    says_zh="患者{value}",
)
def age() -> pl.Expr:
    """Age at admission."""
    return pl.col("age").floor()


@feature(
    STAY,
    over="stay",
    unit=DAYS,
    family="identity",
    direction=HIGH,
    zh="死亡日期后住院天数",
    says="went on {value} after the registered death",
    says_zh="登记死亡后仍住院{value}",
)
def days_after_death() -> pl.Expr:
    """Days by which the discharge lies after the registered death; 0 if alive by then."""
    late = (pl.col("discharged_on") - pl.col("death_date")).dt.total_days()
    return late.clip(lower_bound=0).fill_null(0)


@feature(
    STAY,
    over="diagnoses",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="诊断数",
    says="{value} {diagnosis was|diagnoses were} coded",
    says_zh="编码诊断{value}个",
    empty=0,
)
def diagnoses() -> pl.Expr:
    """Number of coded diagnoses."""
    return pl.col("code").n_unique()


@feature(
    STAY,
    over="procedures",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="手术操作数",
    says="{value} {operation was|operations were} coded",
    says_zh="编码手术操作{value}个",
    empty=0,
)
def procedures() -> pl.Expr:
    """Number of coded operations."""
    return pl.col("code").len()


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=HIGH,
    zh="检查检验占比",
    says="examinations and tests make up {value} of the fee",
    says_zh="检查检验费占{value}",
)
def test_share() -> pl.Expr:
    """Share of examinations and laboratory tests in the fee."""
    return share_of("examination", "laboratory")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=BOTH,
    zh="药费占比",
    says="drugs make up {value} of the fee",
    says_zh="药费占{value}",
)
def drug_share() -> pl.Expr:
    """Share of drugs in the fee."""
    return share_of("drug")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=LOW,
    zh="治疗手术占比",
    says="treatment and surgery make up {value} of the fee",
    says_zh="治疗手术费占{value}",
)
def treatment_share() -> pl.Expr:
    """Share of treatment, surgery, anaesthesia and rehabilitation in the fee."""
    return share_of("treatment", "surgery", "anaesthesia", "rehabilitation")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=HIGH,
    zh="耗材占比",
    says="consumables make up {value} of the fee",
    says_zh="耗材费占{value}",
)
def consumable_share() -> pl.Expr:
    """Share of consumables in the fee (indicator ZB10000205003)."""
    return share_of("consumable")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=HIGH,
    zh="床位护理占比",
    says="bed, nursing and consultation make up {value} of the fee",
    says_zh="床位护理诊察费占{value}",
)
def care_share() -> pl.Expr:
    """Share of bed, nursing and consultation in the fee: what an empty bed can run up."""
    return share_of("bed", "nursing", "consultation")


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="cost structure",
    direction=BOTH,
    zh="项目种类数",
    says="{value} {item was|different items were} billed",
    says_zh="收费项目{value}种",
)
def distinct_items() -> pl.Expr:
    """Number of different items billed."""
    return pl.col("item_code").n_unique()


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="cost structure",
    direction=HIGH,
    zh="检查检验种类数",
    says="{value} {examination or test was|different examinations and tests were} billed",
    says_zh="检查检验{value}种",
)
def distinct_tests() -> pl.Expr:
    """Number of different examinations and tests billed."""
    tests = pl.col("category").is_in(("examination", "laboratory"))
    return pl.col("item_code").filter(tests).n_unique()


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="cost structure",
    direction=HIGH,
    zh="最大单项占比",
    says="its dearest line makes up {value} of the fee",
    says_zh="最大一笔费用占{value}",
)
def dearest_line_share() -> pl.Expr:
    """Share of the dearest single line in the fee."""
    total = pl.col("amount").sum()
    return pl.when(total > 0).then(pl.col("amount").max() / total)


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="reversals",
    direction=HIGH,
    zh="冲销行占比",
    says="{value} of its lines are reversals",
    says_zh="冲销明细占{value}",
)
def reversal_share() -> pl.Expr:
    """Share of lines that reverse another or are negative."""
    reversed_ = pl.col("reverses_line_id").is_not_null() | (pl.col("amount") < 0)
    return reversed_.mean()


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="dates",
    direction=HIGH,
    zh="住院期外收费笔数",
    says="{value} {line lies|lines lie} outside the stay",
    says_zh="住院期外收费{value}笔",
)
def lines_outside_stay() -> pl.Expr:
    """Lines more than one day before admission or after discharge (GZ10000201008)."""
    return ((pl.col("day") < -1) | (pl.col("after") > 1)).sum()


@feature(
    STAY,
    over="days",
    unit=DAYS,
    family="day matrix",
    direction=HIGH,
    zh="无诊疗天数",
    says="on {value} nothing but bed, nursing and consultation was billed",
    says_zh="有{value}仅收床位、护理、诊察费",
)
def idle_days() -> pl.Expr:
    """Days of the stay, discharge day left out, without any active treatment."""
    days = pl.col("days").first()
    treated = pl.col("day").filter(pl.col("active") & (pl.col("day") < pl.col("days"))).n_unique()
    return (days - treated).clip(lower_bound=0)


@feature(
    STAY,
    over="days",
    unit=DAYS,
    family="day matrix",
    direction=HIGH,
    zh="最长连续无诊疗天数",
    says="went {value} in a row with nothing but bed, nursing and consultation",
    says_zh="连续{value}仅收床位、护理、诊察费",
)
def longest_idle_run() -> pl.Expr:
    """Longest run of consecutive days without active treatment, discharge day left out."""
    days = pl.col("days").first()
    treated = pl.col("day").filter(pl.col("active") & (pl.col("day") < pl.col("days"))).sort()
    between = treated.diff().max() - 1
    return pl.max_horizontal(between, treated.min(), days - 1 - treated.max()).fill_null(days)


@feature(
    STAY,
    over="days",
    unit=SHARE,
    family="day matrix",
    direction=LOW,
    zh="首日费用占比",
    says="the first day makes up {value} of the fee",
    says_zh="首日费用占{value}",
)
def first_day_share() -> pl.Expr:
    """Share of the day of admission in the fee."""
    total = pl.col("day_amount").sum()
    first = pl.col("day_amount").filter(pl.col("day") == 0).sum()
    return pl.when(total > 0).then(first / total)


@feature(
    STAY,
    over="days",
    unit=SHARE,
    family="day matrix",
    direction=LOW,
    zh="末段日均费用比",
    says="a day of the last third cost {value} of an average day",
    says_zh="后三分之一日均费用为全程的{value}",
)
def late_day_ratio() -> pl.Expr:
    """Mean fee of a day in the last third of the stay over that of the whole (H14)."""
    days = pl.col("days").first()
    late = pl.col("day_amount").filter(pl.col("day") * 3 >= pl.col("days") * 2).sum() * 3
    total = pl.col("day_amount").sum()
    return pl.when((total > 0) & (days > 0)).then(late / total)


@feature(
    STAY,
    over="visits",
    unit=COUNT,
    family="presence",
    direction=HIGH,
    zh="住院期间院外就诊次数",
    says="{value} {visit|visits} elsewhere fell on days of the stay",
    says_zh="住院期间在院外就诊{value}次",
    empty=0,
)
def visits_elsewhere() -> pl.Expr:
    """Outpatient and pharmacy visits at another place on days strictly inside the stay."""
    return pl.col("elsewhere").sum()


@feature(
    STAY,
    over="visits",
    unit=COUNT,
    family="presence",
    direction=HIGH,
    zh="住院期间院外就诊(非购药)次数",
    says="{value} {visit|visits} in person to another clinic fell on days of the stay",
    says_zh="住院期间到外院门急诊{value}次",
    empty=0,
)
def clinic_visits_elsewhere() -> pl.Expr:
    """As above without pharmacies, where the family may have bought for the person."""
    return (pl.col("elsewhere") & (pl.col("visit_kind") != "pharmacy")).sum()
