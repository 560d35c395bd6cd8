"""Rules on hospital stays."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, DOUBT, limit, rule

GAP = pl.col("days_since_same_condition")


@rule(
    "H01",
    STAY,
    en="Split stay",
    zh="分解住院",
    hook="38-1",
    official="GZ10000204001000",
    grade=CLUE,
    version="2026-01",
    limits=("split_gap_days", "split_core_gap_days", "near_standard_low", "near_standard_high"),
    evidence=(
        "days_since_same_condition",
        "linked_days",
        "previous_standard_ratio",
        "linked_standard_ratio",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="came back to the same hospital for the same condition within {limit:.0f} {day|days}",
    says_zh="{limit:.0f}天内同院同病再次住院",
    protected_by=(
        protective.oncology_cycle,
        protective.dialysis_regular,
        protective.staged_surgery,
        protective.planned,
        protective.transfer,
        protective.emergency_new,
        protective.day_case,
        protective.newborn,
    ),
    branches=(("days_since_same_condition",),),
)
def split_stay() -> pl.Expr:
    """One episode settled as two stays without a medical reason.

    Admitted again to the same hospital for the same condition inside the window, and
    either within the core window or after a stay that ended near its payment standard.
    """
    near = pl.col("previous_standard_ratio").is_between(
        limit("near_standard_low"), limit("near_standard_high")
    )
    core = limit("split_core_gap_days") >= GAP
    return GAP.is_between(0, limit("split_gap_days")) & (core | near.fill_null(value=False))


# Each idle day's share of the fee, and of one day at least, whatever was billed that day.
FEE_OF_IDLE_DAYS = (
    pl.col("total_amount")
    / pl.max_horizontal("length_of_stay", 1)
    * pl.max_horizontal("idle_days", 1)
)
RESTS = (
    protective.rehabilitation,
    protective.psychiatric_leave,
    protective.dialysis_regular,
    protective.day_case,
    protective.newborn,
)


@rule(
    "H02",
    STAY,
    en="Hanging bed",
    zh="挂床住院",
    hook="38-1",
    grade=DOUBT,
    version="2026-02",
    limits=("visits_during_stay",),
    evidence=("idle_days_seen_elsewhere", "idle_days", "longest_idle_run", "visits_elsewhere"),
    loss_method="line_sum",
    amount=FEE_OF_IDLE_DAYS,
    says="was seen elsewhere on {limit:.0f} or more days on which nothing but the bed was billed",
    says_zh="{limit:.0f}天以上仅收床位等费用，同日在院外就诊或购药",
    protected_by=RESTS,
)
def hanging_bed() -> pl.Expr:
    """A bed is billed while nobody is treated in it, and the person is seen elsewhere that day.

    Two books that know nothing of each other say the same: fee lines without treatment, and a
    visit to another clinic or a pharmacy.
    """
    return pl.col("idle_days_seen_elsewhere") >= limit("visits_during_stay")


@rule(
    "H02E",
    STAY,
    en="Empty days of a bed",
    zh="疑似空床日",
    hook="38-1",
    grade=CLUE,
    version="2026-01",
    limits=("idle_run_days", "visits_during_stay"),
    evidence=("longest_idle_run", "idle_days", "visits_elsewhere"),
    loss_method="line_sum",
    amount=FEE_OF_IDLE_DAYS,
    says="{limit:.0f} or more days in a row without treatment",
    says_zh="连续{limit:.0f}天以上无诊疗",
    protected_by=(*RESTS, protective.awaiting_placement),
    branches=(("longest_idle_run",), ("clinic_visits_elsewhere",)),
)
def empty_days() -> pl.Expr:
    """One sign of a hanging bed without the other: days in a row without treatment.

    Tablets given under observation and billed by the week look the same. Where no fee line has
    a day, a visit in person to another clinic is the only sign that there is.
    """
    idle = pl.col("longest_idle_run") >= limit("idle_run_days")
    unseen = pl.col("idle_days_seen_elsewhere").fill_null(0) < limit("visits_during_stay")
    away = pl.col("clinic_visits_elsewhere") >= limit("visits_during_stay")
    only_sign = pl.col("longest_idle_run").is_null() & away.fill_null(value=False)
    return (idle.fill_null(value=False) & unseen) | only_sign
