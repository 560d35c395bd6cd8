"""Rules on what was coded of a stay: up-coding, and wrong or lower coding."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, DOUBT, limit, rule


def _known(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@rule(
    "H10",
    STAY,
    en="Up-coding",
    zh="高套病组",
    hook="38-7",
    official="GZ10000201003",
    grade=CLUE,
    version="2026-01",
    limits=("bare_major_complications", "cheap_for_group", "fits_lighter_group"),
    evidence=(
        "bare_major_complications",
        "thin_major_complications",
        "major_complications",
        "payment_standard_ratio",
        "lighter_sibling_ratio",
        "unsupported_payment",
        "step_to_lighter_group",
    ),
    loss_method="drg_difference",
    amount=pl.when(pl.col("unsupported_payment") > 0)
    .then("unsupported_payment")
    .otherwise(
        pl.coalesce("step_to_lighter_group", pl.col("payment_standard") - pl.col("total_amount"))
    ),
    says="a coded major complication is not borne out by the bill or by the cost",
    says_zh="编码的严重合并症缺乏费用明细或费用水平支持",
    protected_by=(
        protective.care_cut_short,
        protective.transfer,
        protective.treated_elsewhere,
        protective.oncology_cycle,
        protective.palliative,
    ),
    branches=(
        ("bare_major_complications",),
        ("thin_major_complications", "lighter_sibling_ratio"),
        ("major_complications", "payment_standard_ratio", "lighter_sibling_ratio"),
    ),
)
def up_coding() -> pl.Expr:
    """A stay coded into a graver group than its bill supports.

    A major complication without any test or treatment of its own; or one that was only
    tested or only treated while the cost fits the next lighter sibling; or a stay with a
    major complication that cost far less than its group and no more than that sibling.
    The loss is the difference between the payment standards of the coded group and of the
    sibling that the record supports (detailed rules 2026, article 35).
    """
    bare = pl.col("bare_major_complications") >= limit("bare_major_complications")
    lighter = pl.col("lighter_sibling_ratio") <= limit("fits_lighter_group")
    thin = (pl.col("thin_major_complications") > 0) & lighter
    low = pl.col("payment_standard_ratio") < limit("cheap_for_group")
    cheap = (pl.col("major_complications") > 0) & low & lighter
    return _known(bare) | _known(thin) | _known(cheap)


@rule(
    "H11",
    STAY,
    en="Wrong or lower coding",
    zh="低编或错编",
    hook="38-7",
    official="GZ10000201006",
    grade=DOUBT,
    version="2026-01",
    limits=("wrong_main_diagnosis",),
    evidence=(
        "main_diagnosis_not_allowed",
        "fell_into_no_group",
        "main_diagnosis_off_operation",
        "operation_goes_with_another_diagnosis",
        "main_diagnosis_answered",
        "payment_standard_ratio",
    ),
    loss_method="drg_vs_ffs",
    amount=pl.coalesce(
        (pl.col("payment_standard") - pl.col("total_amount")).abs(), pl.col("total_amount")
    ),
    says="main diagnosis, operation and case group cannot go together",
    says_zh="主要诊断、手术操作与病组相互矛盾",
    protected_by=(protective.main_illness_treated, protective.newborn),
    branches=(
        ("main_diagnosis_not_allowed",),
        ("fell_into_no_group",),
        ("main_diagnosis_off_operation",),
    ),
)
def wrong_coding() -> pl.Expr:
    """A main diagnosis that may not stand first, goes with no operation, or gives no group.

    Where the operation belongs to another diagnosis but the main illness was itself both
    tested and treated, somebody came for that illness, and the order may be right.
    """
    signs = (
        _known(pl.col("main_diagnosis_not_allowed") > 0).cast(pl.Int8)
        + _known(pl.col("fell_into_no_group") > 0).cast(pl.Int8)
        + _known(pl.col("main_diagnosis_off_operation") > 0).cast(pl.Int8)
    )
    return signs >= limit("wrong_main_diagnosis")
