"""Rules on when things happened: dates that contradict each other."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import DOUBT, limit, rule


def _known(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _share_of_fee(days: pl.Expr, of: pl.Expr) -> pl.Expr:
    """The fee of so many days of the stay; all of it where the days exceed it."""
    return pl.col("total_amount") * (days / of.clip(lower_bound=1)).clip(0, 1)


BEYOND = pl.max_horizontal("bed_days_beyond", "nursing_days_beyond")


@rule(
    "H15",
    STAY,
    en="Date conflict",
    zh="日期冲突",
    hook="38-3",
    official="GZ10000201008",
    grade=DOUBT,
    version="2026-02",
    limits=(
        "lines_outside_stay",
        "days_beyond_stay",
        "identity_overlap_nights",
        "operation_days_outside",
    ),
    evidence=(
        "lines_outside_stay",
        "amount_outside_stay",
        "bed_days_beyond",
        "nursing_days_beyond",
        "nights_twice_here",
        "lines_after_death",
        "operation_days_outside",
    ),
    loss_method="line_sum",
    amount=pl.max_horizontal(
        _share_of_fee(pl.col("nights_twice_here"), pl.col("length_of_stay")),
        _share_of_fee(BEYOND, pl.col("length_of_stay") + BEYOND),
        pl.col("amount_outside_stay"),
    ),
    says="billed on days that the stay does not have",
    says_zh="计费日期或天数与住院时间不符",
    protected_by=(protective.newborn, protective.transfer),
    branches=(
        ("lines_outside_stay",),
        ("bed_days_beyond", "nursing_days_beyond"),
        ("nights_twice_here",),
        ("lines_after_death",),
        ("operation_days_outside",),
    ),
)
def date_conflict() -> pl.Expr:
    """Dates of the bill that contradict those of the stay.

    Lines or operations more than a day outside it, two or more bed or nursing days than it
    lasted, lines after the registered death, or a second stay in the same bed and night.
    """
    outside = pl.col("lines_outside_stay") >= limit("lines_outside_stay")
    beyond = limit("days_beyond_stay") <= BEYOND
    twice = pl.col("nights_twice_here") >= limit("identity_overlap_nights")
    death = pl.col("lines_after_death") >= limit("lines_outside_stay")
    operation = pl.col("operation_days_outside") > limit("operation_days_outside")
    return _known(outside) | _known(beyond) | _known(twice) | _known(death) | _known(operation)
