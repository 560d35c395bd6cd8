"""Rules on the need for a stay: low acuity, check-ups, stays that go on."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from features.exact import divided
from rules import protective
from rules.declaration import CLUE, limit, rule


def _not_operated() -> pl.Expr:
    """Where operations are not delivered, none is known; then the other signs must carry it."""
    return (pl.col("procedures") == 0).fill_null(value=True)


@rule(
    "H03",
    STAY,
    en="Low-acuity admission",
    zh="低标准入院",
    hook="38-2",
    official="GZ10000204005000",
    grade=CLUE,
    version="2026-11",
    limits=(
        "low_acuity_days",
        "low_weight",
        "low_acuity_test_share",
        "low_treatment_share",
        "multimorbid_age",
        "multimorbid_diagnoses",
    ),
    evidence=("test_share", "treatment_share", "bed_care_items", "group_weight", "length_of_stay"),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="a light illness, {limit:.0f} days at most, examined and hardly treated",
    says_zh="轻症住院不超过{limit:.0f}天，以检查为主而几无治疗",
    protected_by=(
        protective.emergency_new,
        protective.transfer,
        protective.oncology_cycle,
        protective.dialysis_regular,
        protective.day_case,
        protective.newborn,
        protective.obstetric,
        protective.tumour_search,
        protective.transplant_workup,
        protective.isolation,
        protective.put_off,
        protective.multimorbid,
        protective.private_pay,
        protective.left_early,
    ),
    branches=(
        ("length_of_stay", "test_share", "treatment_share", "group_weight"),
        ("length_of_stay", "test_share", "treatment_share", "low_acuity_diagnosis"),
    ),
)
def low_acuity_admission() -> pl.Expr:
    """An illness that outpatients are treated for, admitted and examined.

    A light case group or a main diagnosis of low acuity, a short stay, most of the fee for
    examinations and tests, no operation, and hardly any treatment or none that needs a ward.
    """
    light = (pl.col("group_weight") < limit("low_weight")).fill_null(value=False) | (
        pl.col("low_acuity_diagnosis") == 1
    ).fill_null(value=False)
    short = pl.col("length_of_stay") <= limit("low_acuity_days")
    examined = pl.col("test_share") >= limit("low_acuity_test_share")
    untreated = pl.col("treatment_share") < limit("low_treatment_share")
    return light & short & examined & untreated & _not_operated()


@rule(
    "H04",
    STAY,
    en="Check-up stay",
    zh="体检式住院",
    hook="38-2",
    grade=CLUE,
    version="2026-11",
    limits=(
        "check_up_tests",
        "low_acuity_test_share",
        "low_treatment_share",
        "check_up_twins",
        "multimorbid_age",
        "multimorbid_diagnoses",
    ),
    evidence=("distinct_tests", "ward_test_twins", "test_share", "treatment_share"),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="{limit:.0f} or more different tests and hardly any treatment",
    says_zh="检查检验{limit:.0f}种以上而几无治疗",
    protected_by=(
        protective.emergency_new,
        protective.transfer,
        protective.day_case,
        protective.tumour_search,
        protective.transplant_workup,
        protective.isolation,
        protective.put_off,
        protective.multimorbid,
        protective.private_pay,
        protective.left_early,
    ),
    branches=(("distinct_tests", "treatment_share", "test_share"),),
)
def check_up_stay() -> pl.Expr:
    """A stay made of examinations, as a package that others of the ward had too.

    Many different tests and hardly any treatment, and either tests make up most of the fee
    or enough other stays of the ward had nearly the same tests within 30 days.
    """
    many = pl.col("distinct_tests") >= limit("check_up_tests")
    mostly = pl.col("test_share") >= limit("low_acuity_test_share")
    package = (pl.col("ward_test_twins") >= limit("check_up_twins")).fill_null(value=False)
    untreated = pl.col("treatment_share") < limit("low_treatment_share")
    return many & untreated & _not_operated() & (mostly | package)


@rule(
    "H14",
    STAY,
    en="Overlong stay",
    zh="超长住院",
    hook="38-2",
    grade=CLUE,
    version="2026-11",
    limits=(
        "overlong_days",
        "overlong_spreads",
        "late_day_ratio",
        "late_care_share",
        "unevaluated_days",
    ),
    evidence=("length_of_stay", "late_day_ratio", "late_care_share", "idle_tail"),
    loss_method="line_sum",
    # What the last third cost: the days that need not have been.
    amount=divided(pl.col("total_amount") * pl.col("late_day_ratio").clip(upper_bound=1), 3),
    says="{limit:.0f} days or more, longer than 95 in 100 of its peers, and untreated at its end",
    says_zh="住院{limit:.0f}天以上且长于95%的同类住院，后三分之一几无诊疗",
    protected_by=(
        protective.re_evaluated,
        protective.awaiting_placement,
        protective.left_early,
        protective.newborn,
    ),
    branches=(("length_of_stay", "late_day_ratio", "late_care_share"),),
)
def overlong_stay() -> pl.Expr:
    """A stay that went on after its treatment had ended.

    Long enough to have a last third and longer than nineteen in twenty of its peers, while a
    day of the last third cost far less than an average day, nearly all of it bed, nursing and
    consultation.
    """
    long = (pl.col("length_of_stay") >= limit("overlong_days")) & (
        pl.col("length_of_stay_vs_peers") >= limit("overlong_spreads")
    )
    cheap = pl.col("late_day_ratio") < limit("late_day_ratio")
    return long & cheap & (pl.col("late_care_share") >= limit("late_care_share"))
