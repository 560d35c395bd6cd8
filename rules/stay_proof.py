"""Rules on stays that may not have been as billed: false, shifted, identical."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, DOUBT, limit, rule


@rule(
    "H05",
    STAY,
    en="False stay",
    zh="虚假住院",
    hook="40-3",
    grade=DOUBT,
    version="2026-11",
    limits=(
        "false_stay_signs",
        "unrecorded_share",
        "shared_days",
        "visits_during_stay",
        "shell_likeness",
        "unnursed_days",
    ),
    evidence=(
        "unrecorded_share",
        "surgery_without_anaesthesia",
        "days_in_two_hospitals",
        "clinic_visits_elsewhere",
        "ward_likeness",
        "devices_not_issued",
        "days_without_nursing",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="{limit:.0f} or more independent signs that nobody was there",
    says_zh="有{limit:.0f}个以上相互独立的迹象表明未实际住院",
    protected_by=(
        protective.day_case,
        protective.newborn,
        protective.dialysis_regular,
        protective.oncology_cycle,
        protective.rehabilitation,
        protective.psychiatric_leave,
    ),
    branches=(
        ("unrecorded_share", "surgery_without_anaesthesia"),
        ("days_in_two_hospitals", "ward_likeness"),
        ("clinic_visits_elsewhere", "ward_likeness"),
        ("devices_not_issued", "ward_likeness"),
    ),
)
def false_stay() -> pl.Expr:
    """No stay took place, or only its shell was billed: two independent signs or more.

    Implants without a record of use, an operation without anaesthesia, the person in another
    hospital or clinic on a day of the stay, a bill copied from another person's, devices that
    never left the store, days without nursing.
    """
    # Devices without a record of use and devices that never left the store are one kind of sign.
    no_goods = (pl.col("unrecorded_share") >= limit("unrecorded_share")).fill_null(value=False) | (
        pl.col("devices_not_issued") >= 1
    ).fill_null(value=False)
    signs = (
        no_goods,
        (pl.col("surgery_without_anaesthesia") == 1) & (pl.col("procedures") >= 1),
        pl.col("days_in_two_hospitals") >= limit("shared_days"),
        pl.col("clinic_visits_elsewhere") >= limit("visits_during_stay"),
        pl.col("ward_likeness") >= limit("shell_likeness"),
        pl.col("days_without_nursing") >= limit("unnursed_days"),
    )
    seen = [sign.fill_null(value=False).cast(pl.Int64) for sign in signs]
    return pl.sum_horizontal(seen) >= limit("false_stay_signs")


@rule(
    "H12",
    STAY,
    en="Cost shifting",
    zh="转嫁费用",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("shifted_share", "shifted_tests", "self_paid_covered_share", "kits_not_billed"),
    evidence=(
        "cost_before_share",
        "early_tests",
        "self_paid_covered_share",
        "self_paid_covered_amount",
        "kits_not_billed_nor_recorded",
    ),
    loss_method="line_sum",
    amount=pl.col("cost_before")
    * (pl.col("cost_before_share") >= limit("shifted_share")).fill_null(value=False)
    + pl.col("self_paid_covered_amount").fill_null(0),
    says="care for {limit:.0%} of its fee or more, or covered items, were paid for outside it",
    says_zh="入院前门诊费用达住院费用{limit:.0%}以上，或可报项目转由患者在住院外支付",
    protected_by=(
        protective.private_pay,
        protective.transfer,
    ),
    branches=(
        ("cost_before_share", "early_tests"),
        ("self_paid_covered_share",),
        ("kits_not_billed_nor_recorded",),
    ),
)
def cost_shifting() -> pl.Expr:
    """What belongs to the stay was paid outside it: in clinics, by the person, or bought outside.

    The work-up was billed in clinics on the three days before, so that the stay itself has next
    to none; or items were left to the person that the hospital bills to others as covered; or
    the operation cannot be done without a device that is neither billed nor recorded.
    """
    spent_before = pl.col("cost_before_share") >= limit("shifted_share")
    worked_up = spent_before & (pl.col("early_tests") <= limit("shifted_tests"))
    left = pl.col("self_paid_covered_share") >= limit("self_paid_covered_share")
    lacking = pl.col("kits_not_billed_nor_recorded") >= limit("kits_not_billed")
    return (
        worked_up.fill_null(value=False)
        | left.fill_null(value=False)
        | lacking.fill_null(value=False)
    )


@rule(
    "H18",
    STAY,
    en="Identical records",
    zh="住院雷同",
    hook="40-2",
    grade=CLUE,
    version="2026-11",
    limits=("identical_stays", "identical_diagnoses"),
    evidence=(
        "identical_care_of_physician",
        "diagnoses_of_physicians_identical_care",
        "physician_twins",
        "diagnoses_of_physician_twins",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="{limit:.0f} or more stays of one physician have the same bill for different diagnoses",
    says_zh="同一医师30天内{limit:.0f}例以上不同诊断的住院收费雷同",
    protected_by=(
        protective.day_case,
        protective.dialysis_regular,
        protective.oncology_cycle,
        protective.staged_surgery,
        protective.isolation,
        protective.obstetric,
        protective.newborn,
    ),
    branches=(("identical_care_of_physician", "diagnoses_of_physicians_identical_care"),),
)
def identical_records() -> pl.Expr:
    """One physician's stays with the same bill, or nearly the same, for different diagnoses.

    The very same items and units, or nine tenths of the items, for enough persons within 30
    days and for more than one main diagnosis.
    """
    # This stay is one of them.
    others, diagnoses = limit("identical_stays") - 1, limit("identical_diagnoses")
    same = (pl.col("identical_care_of_physician") >= others) & (
        pl.col("diagnoses_of_physicians_identical_care") >= diagnoses
    )
    alike = (pl.col("physician_twins") >= others) & (
        pl.col("diagnoses_of_physician_twins") >= diagnoses
    )
    return same.fill_null(value=False) | alike.fill_null(value=False)
