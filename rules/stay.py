"""Rules on hospital stays."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, limit, rule

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


@rule(
    "H02",
    STAY,
    en="Hanging bed",
    zh="挂床住院",
    hook="38-1",
    grade=CLUE,
    version="2026-01",
    limits=("idle_run_days", "visits_during_stay"),
    evidence=("longest_idle_run", "idle_days", "visits_elsewhere"),
    loss_method="line_sum",
    # A visit elsewhere puts at least one day's fee in doubt, whatever was billed that day.
    amount=pl.col("total_amount")
    * pl.max_horizontal("idle_days", 1)
    / pl.max_horizontal("length_of_stay", 1),
    says="{limit:.0f} or more days in a row without treatment, or the person was seen elsewhere",
    says_zh="连续{limit:.0f}天以上无诊疗，或住院期间在他处就诊",
    protected_by=(
        protective.rehabilitation,
        protective.psychiatric_leave,
        protective.day_case,
        protective.newborn,
    ),
    branches=(("longest_idle_run", "idle_days"), ("clinic_visits_elsewhere",)),
)
def hanging_bed() -> pl.Expr:
    """A bed is billed while nobody is treated in it.

    A run of days with nothing but bed, nursing and consultation, or a visit in person to
    another clinic on a day of the stay. A pharmacy visit counts only beside idle days,
    because the family may have bought for the person.
    """
    idle = pl.col("longest_idle_run") >= limit("idle_run_days")
    visits = limit("visits_during_stay")
    absent = pl.col("clinic_visits_elsewhere") >= visits
    bought = (pl.col("visits_elsewhere") >= visits) & (pl.col("idle_days") >= 1)
    return idle | absent.fill_null(value=False) | bought.fill_null(value=False)
