"""Rules on the traces of a consumable: codes seen before, codes never sold, expired lots."""

from __future__ import annotations

import polars as pl

from features.declaration import USE
from rules import cautions, protective
from rules.declaration import DOUBT, limit, rule


@rule(
    "C09",
    USE,
    en="Single-use article used again",
    zh="一次性耗材重复使用",
    hook="40-3",
    grade=DOUBT,
    version="2026-01",
    limits=("unit_persons",),
    evidence=("serial_other_persons", "serial_other_hospitals", "days_between_serials"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="its serial number was used in at least {limit:.0f} other {person|persons}",
    says_zh="同一序列号还用于至少另外{limit:.0f}人",
    protected_by=(protective.box_label, protective.mis_scan),
    cautions=(cautions.unlisted, cautions.new_code),
)
def used_again() -> pl.Expr:
    """A unit with a number of its own is recorded in another person of the same hospital.

    The later use is reported, on its own night. Stays that were cancelled, and the person's
    own, do not count.
    """
    again = pl.col("serial_other_persons") >= limit("unit_persons")
    return again & (pl.col("serial_other_hospitals") == 0)


@rule(
    "C11",
    USE,
    en="Code seen elsewhere or never sold here",
    zh="追溯码重复或流向不符",
    hook="40-3",
    grade=DOUBT,
    version="2026-01",
    limits=("strange_units",),
    evidence=("serial_other_hospitals", "units_unbought", "units_bought_elsewhere"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="at least {limit:.0f} {unit|units} seen elsewhere or bought by no hospital",
    says_zh="至少{limit:.0f}件序列号见于他院或无采购来源",
    protected_by=(protective.borrowed_unit, protective.box_label, protective.opening_stock),
    branches=(("serial_other_hospitals",), ("units_unbought",)),
    cautions=(cautions.unlisted, cautions.new_code),
)
def code_from_elsewhere() -> pl.Expr:
    """A unique code that another hospital has settled, or that nobody ever bought."""
    strange = pl.max_horizontal(
        "serial_other_hospitals", "units_unbought", "units_bought_elsewhere"
    )
    return strange >= limit("strange_units")


@rule(
    "C25",
    USE,
    en="Used after expiry",
    zh="过期耗材使用",
    hook="38-7",
    grade=DOUBT,
    version="2026-01",
    limits=("days_expired",),
    evidence=("days_after_expiry", "life_at_delivery"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="used at least {limit:.0f} {day|days} after its expiry",
    says_zh="使用时已超过有效期至少{limit:.0f}天",
    protected_by=(protective.expiry_typed_wrong,),
)
def expired() -> pl.Expr:
    """The unit, or its lot, had expired when it was used."""
    return pl.col("days_after_expiry") >= limit("days_expired")
