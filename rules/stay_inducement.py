"""Rules on why a person came: stays that somebody may have been induced to."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, limit, rule


def _known(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@rule(
    "H06",
    STAY,
    en="Induced stay",
    zh="诱导住院",
    hook="38-7",
    grade=CLUE,
    version="2026-01",
    limits=("brought_together", "self_pay_waived", "area_surge"),
    evidence=(
        "self_pay_share",
        "stays_of_the_referrer",
        "stays_from_the_address",
        "first_stay_here",
        "area_week_over_usual",
        "distance_from_home",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="paid next to nothing and came with {limit:.0f} or more others",
    says_zh="个人几乎未付费，且与他人集中入院（{limit:.0f}例以上）",
    protected_by=(
        protective.relief,
        protective.emergency_new,
        protective.transfer,
        protective.oncology_cycle,
        protective.dialysis_regular,
        protective.planned,
        protective.newborn,
    ),
    branches=(
        ("self_pay_share", "stays_of_the_referrer"),
        ("self_pay_share", "stays_from_the_address"),
        ("self_pay_share", "first_stay_here", "area_week_over_usual", "procedures"),
    ),
)
def induced_stay() -> pl.Expr:
    """A person who paid next to nothing and was brought, or came in a wave.

    The same referrer or address stands behind three or more stays, or it is a first stay
    in the hospital, without an operation, in a week with three times the usual admissions
    from the district. Waived own contributions are inducement (detailed rules, article 25);
    purpose (article 40(1)) is for people to find.
    """
    company = limit("brought_together")
    brought = _known(pl.col("stays_of_the_referrer") >= company)
    together = _known(pl.col("stays_from_the_address") >= company)
    new = (pl.col("first_stay_here") > 0) & (pl.col("procedures") == 0)
    wave = _known((pl.col("area_week_over_usual") >= limit("area_surge")) & new)
    waived = pl.col("self_pay_share") < limit("self_pay_waived")
    return waived & (brought | together | wave)
