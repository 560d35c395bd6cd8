"""Features of a stay against the earlier stays of the same person (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, STAY, feature
from features.units import COUNT, DAYS, RATIO, SHARE

SPLIT_WINDOW_DAYS = 15
QUARTER_DAYS, YEAR_DAYS = 90, 365

SAME = pl.col("same_hospital") & pl.col("same_condition")
# The newest earlier stay for the same condition at the same place comes first.
NEWEST = (pl.col("gap"), pl.col("other_days"), pl.col("other_total_amount"))


def of_previous_same(value: pl.Expr) -> pl.Expr:
    """A value of the newest earlier stay, same hospital and condition, inside the window."""
    linked = SAME & pl.col("gap").is_between(0, SPLIT_WINDOW_DAYS)
    return value.filter(linked).sort_by(*(key.filter(linked) for key in NEWEST)).first()


@feature(
    STAY,
    over="earlier",
    unit=DAYS,
    family="history",
    direction=LOW,
    zh="距上次出院天数",
    says="began {value} after the last discharge",
    says_zh="距上次出院{value}",
)
def days_since_last_stay() -> pl.Expr:
    """Days since the last discharge from any hospital; overlaps have a feature of their own."""
    return pl.col("gap").filter(pl.col("gap") >= 0).min()


@feature(
    STAY,
    over="earlier",
    unit=DAYS,
    family="history",
    direction=LOW,
    zh="距上次同院同病出院天数",
    says="began {value} after discharge from the same hospital for the same condition",
    says_zh="距上次同院同病出院{value}",
)
def days_since_same_condition() -> pl.Expr:
    """Days since discharge from the same hospital for the same condition (GZ10000204001)."""
    return pl.col("gap").filter(SAME & (pl.col("gap") >= 0)).min()


@feature(
    STAY,
    over="earlier",
    unit=COUNT,
    family="history",
    direction=HIGH,
    zh="近90天住院次数",
    says="came after {value} other {stay|stays} in 90 days",
    says_zh="此前90天住院{value}次",
    empty=0,
)
def stays_in_90_days() -> pl.Expr:
    """Earlier stays that ended in the 90 days before admission."""
    return (pl.col("gap") <= QUARTER_DAYS).sum()


@feature(
    STAY,
    over="earlier",
    unit=COUNT,
    family="history",
    direction=HIGH,
    zh="近一年住院次数",
    says="came after {value} other {stay|stays} in a year",
    says_zh="此前一年住院{value}次",
    empty=0,
)
def stays_in_a_year() -> pl.Expr:
    """Earlier stays that ended in the 365 days before admission."""
    return (pl.col("gap") <= YEAR_DAYS).sum()


@feature(
    STAY,
    over="earlier",
    unit=COUNT,
    family="history",
    direction=HIGH,
    zh="近90天住院机构数",
    says="came after stays in {value} {hospital|hospitals} in 90 days",
    says_zh="此前90天在{value}家医院住院",
    empty=0,
)
def hospitals_in_90_days() -> pl.Expr:
    """Different hospitals among the earlier stays of the last 90 days."""
    return pl.col("other_hospital_id").filter(pl.col("gap") <= QUARTER_DAYS).n_unique()


@feature(
    STAY,
    over="earlier",
    unit=COUNT,
    family="history",
    direction=HIGH,
    zh="近90天同院同病住院次数",
    says="came after {value} {stay|stays} in 90 days at the same hospital for the same condition",
    says_zh="此前90天同院同病住院{value}次",
    empty=0,
)
def same_condition_in_90_days() -> pl.Expr:
    """Earlier stays, same hospital and condition, in 90 days: cycles show here."""
    return (SAME & (pl.col("gap") <= QUARTER_DAYS)).sum()


@feature(
    STAY,
    over="earlier",
    unit=DAYS,
    family="history",
    direction=BOTH,
    zh="前后两次合计天数",
    says="lasts {value} together with the stay before it",
    says_zh="与前一次住院合计{value}",
)
def linked_days() -> pl.Expr:
    """Days of this stay and of the linked one within 15 days before it, together."""
    return of_previous_same(pl.col("days") + pl.col("other_days"))


@feature(
    STAY,
    over="earlier",
    unit=RATIO,
    family="history",
    direction=BOTH,
    zh="前次费用与支付标准之比",
    says="follows a stay that cost {value} its payment standard",
    says_zh="前一次住院费用为其支付标准的{value}",
)
def previous_standard_ratio() -> pl.Expr:
    """Fee of the linked stay over its payment standard; split stays end near the limit."""
    return of_previous_same(
        pl.when(pl.col("other_payment_standard") > 0).then(
            pl.col("other_total_amount") / pl.col("other_payment_standard")
        )
    )


@feature(
    STAY,
    over="earlier",
    unit=RATIO,
    family="history",
    direction=HIGH,
    zh="前后两次费用合计与支付标准之比",
    says="costs, with the stay before it, {value} one payment standard",
    says_zh="与前一次住院费用合计为一次支付标准的{value}",
)
def linked_standard_ratio() -> pl.Expr:
    """Fee of this stay and the linked one over the payment standard of one."""
    both = pl.col("total_amount") + pl.col("other_total_amount")
    standard = pl.max_horizontal("payment_standard", "other_payment_standard")
    return of_previous_same(pl.when(standard > 0).then(both / standard))


@feature(
    STAY,
    over="earlier",
    unit=COUNT,
    family="history",
    direction=HIGH,
    zh="重叠住院数",
    says="overlaps {value} other {stay|stays} of the same person",
    says_zh="与同一人另外{value}次住院时间重叠",
    empty=0,
)
def overlapping_stays() -> pl.Expr:
    """Earlier stays that had not ended when this one began."""
    return (pl.col("gap") < 0).sum()


@feature(
    STAY,
    over="earlier",
    unit=DAYS,
    family="history",
    direction=LOW,
    zh="同病住院间隔的均匀程度",
    says="repeats at intervals that differ by {value}",
    says_zh="同病住院间隔相差{value}",
)
def interval_irregularity() -> pl.Expr:
    """Range of the intervals between stays for the same condition; cycles are even."""
    starts = pl.col("gap").filter(SAME).sort()
    steps = starts.diff().drop_nulls()
    return pl.when(steps.len() > 0).then(steps.max() - steps.min())


@feature(
    STAY,
    over="earlier",
    unit=SHARE,
    family="history",
    direction=HIGH,
    zh="同院住院占比",
    says="{value} of the earlier stays were at the same hospital",
    says_zh="此前住院中{value}在同一医院",
)
def same_hospital_share() -> pl.Expr:
    """Share of the earlier stays of a year that were at this hospital."""
    return pl.col("same_hospital").mean()
