"""Rules on a stay among the others of the person: frequent stays, early discharge."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, limit, rule


def _known(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@rule(
    "H09",
    STAY,
    en="Frequent stays",
    zh="频繁住院",
    hook="38-2",
    official="GZ10000204004",
    grade=CLUE,
    version="2026-01",
    limits=("stays_a_year", "stays_a_quarter", "hospitals_a_quarter", "days_a_year"),
    evidence=(
        "plain_stays_in_a_year",
        "plain_stays_in_90_days",
        "other_hospitals_in_90_days",
        "days_in_hospital_in_a_year",
        "length_of_stay",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="{limit:.0f} stays a year, or too many hospitals or days, without a course of treatment",
    says_zh="无疗程理由一年住院达{limit:.0f}次，或机构数、天数过多",
    protected_by=(
        protective.oncology_cycle,
        protective.dialysis_regular,
        protective.transfusion_dependent,
        protective.rehabilitation,
        protective.psychiatric_leave,
        protective.palliative,
        protective.obstetric,
        protective.planned,
        protective.transfer,
        protective.emergency_new,
        protective.day_case,
        protective.newborn,
    ),
    branches=(
        ("plain_stays_in_a_year",),
        ("plain_stays_in_90_days",),
        ("other_hospitals_in_90_days",),
        ("days_in_hospital_in_a_year", "length_of_stay"),
    ),
)
def frequent_stays() -> pl.Expr:
    """More stays, hospitals or days than an illness asks for, this stay among them.

    Six stays in a year, four in 90 days, three hospitals in 90 days, or more than 180 days
    in a year; courses of treatment, plans, day wards and moves are not counted as stays.
    """
    year = pl.col("plain_stays_in_a_year") + 1 >= limit("stays_a_year")
    quarter = pl.col("plain_stays_in_90_days") + 1 >= limit("stays_a_quarter")
    places = pl.col("other_hospitals_in_90_days") + 1 >= limit("hospitals_a_quarter")
    days = pl.col("days_in_hospital_in_a_year") + pl.col("length_of_stay") > limit("days_a_year")
    return _known(year) | _known(quarter) | _known(places) | _known(days)


@rule(
    "H13",
    STAY,
    en="Early discharge",
    zh="推诿或提前出院",
    hook="38-7",
    grade=CLUE,
    version="2026-01",
    limits=("aftermath_days", "low_ratio", "early_discharge_distance"),
    evidence=(
        "length_of_stay",
        "payment_standard_ratio",
        "days_to_next_stay_elsewhere",
        "days_to_death",
    ),
    loss_method="drg_vs_ffs",
    amount=pl.col("payment_standard") - pl.col("total_amount"),
    says="left early and cheaply, and within {limit:.0f} days was in another hospital or dead",
    says_zh="住院短、费用低，出院{limit:.0f}天内在他院再入院或死亡",
    protected_by=(
        protective.care_cut_short,
        protective.palliative,
        protective.oncology_cycle,
        protective.planned,
        protective.day_case,
        protective.newborn,
    ),
    branches=(
        ("length_of_stay", "payment_standard_ratio", "days_to_next_stay_elsewhere"),
        ("length_of_stay", "payment_standard_ratio", "days_to_death"),
    ),
)
def early_discharge() -> pl.Expr:
    """A stay that ended far below the length and cost of its group, and was not enough.

    Shorter than about the fifth percentile of its group, under half of its payment
    standard, and followed within a week by a stay in another hospital or by death. What
    followed is known only later; the stay is scored again on the night when it is.
    """
    days = limit("aftermath_days")
    short = pl.col("length_of_stay_vs_peers") <= limit("early_discharge_distance")
    cheap = pl.col("payment_standard_ratio") < limit("low_ratio")
    again = _known(pl.col("days_to_next_stay_elsewhere") <= days)
    dead = _known(pl.col("days_to_death") <= days)
    return short & cheap & (again | dead)
