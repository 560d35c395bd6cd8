"""Features of a stay that goes on: its last third, its end, its re-evaluation (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, LOW, STAY, feature
from features.exact import divided
from features.units import DAYS, SHARE, YUAN

# Day d lies in the last third of a stay of D days where 3 d >= 2 D.
LATE = pl.col("day") * 3 >= pl.col("days") * 2
BEFORE_DISCHARGE = pl.col("day") < pl.col("days")
TESTS = ("examination", "laboratory")


def late_days() -> pl.Expr:
    """Days of the last third of the stay, discharge day left out."""
    days = pl.col("days").first()
    return days - divided(days * 2, 3).ceil()


@feature(
    STAY,
    over="days",
    unit=YUAN,
    family="last third",
    direction=LOW,
    zh="末段日均费用",
    says="a day of the last third cost {value}",
    says_zh="后三分之一日均费用{value}",
)
def late_day_cost() -> pl.Expr:
    """Fee of a day in the last third of the stay, on average (H14)."""
    late = pl.col("day_amount").filter(LATE & BEFORE_DISCHARGE).sum()
    return pl.when(late_days() > 0).then(late / late_days())


@feature(
    STAY,
    over="days",
    unit=SHARE,
    family="last third",
    direction=LOW,
    zh="末段有诊疗天数占比",
    says="there was treatment on {value} of the days of its last third",
    says_zh="后三分之一中{value}的天数有诊疗",
)
def late_active_share() -> pl.Expr:
    """Share of the days of the last third, discharge day left out, with any treatment."""
    treated = pl.col("day").filter(LATE & BEFORE_DISCHARGE & pl.col("active")).n_unique()
    return pl.when(late_days() > 0).then(treated / late_days())


@feature(
    STAY,
    over="days",
    unit=DAYS,
    family="last third",
    direction=HIGH,
    zh="末次诊疗至出院天数",
    says="stayed {value} after the last treatment",
    says_zh="末次诊疗后仍住院{value}",
)
def idle_tail() -> pl.Expr:
    """Days from the last day with any treatment to discharge."""
    days = pl.col("days").first()
    last = pl.col("day").filter(pl.col("active")).max()
    return (days - last.fill_null(0)).clip(lower_bound=0)


@feature(
    STAY,
    over="lines",
    unit=DAYS,
    family="re-evaluation",
    direction=HIGH,
    zh="最长无检查检验间隔",
    says="went {value} without any examination or test",
    says_zh="最长{value}无检查检验",
)
def longest_run_without_tests() -> pl.Expr:
    """Longest time between two tests, or between a test and either end of the stay."""
    days = pl.col("days").first()
    test = pl.col("category").is_in(TESTS) & pl.col("day").is_between(0, pl.col("days"))
    tested = pl.col("day").filter(test).sort()
    return pl.max_horizontal(tested.diff().max(), tested.min(), days - tested.max()).fill_null(days)


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="last third",
    direction=HIGH,
    zh="末段床位护理占比",
    says="bed, nursing and consultation make up {value} of its last third",
    says_zh="后三分之一费用中床位护理诊察占{value}",
)
def late_care_share() -> pl.Expr:
    """Share of bed, nursing and consultation in the fee of the last third."""
    inside = LATE & (pl.col("day") <= pl.col("days"))
    total = pl.col("amount").filter(inside).sum()
    passive = pl.col("amount").filter(inside & pl.col("passive")).sum()
    return pl.when(total > 0).then(passive / total)
