"""Rules on the scope of a consumable: whom, where, for what and by whom it may be used."""

from __future__ import annotations

import polars as pl

from claims.schema import THOUSANDTHS_PER_UNIT
from features.declaration import USE
from rules import protective
from rules.declaration import CLUE, DOUBT, limit, rule

BODY = ("wrong_sex", "wrong_listed_sex", "other_side", "site_not_diagnosed")


@rule(
    "C08",
    USE,
    en="Material used without need",
    zh="无指征使用耗材",
    hook="38-2",
    grade=CLUE,
    version="2026-01",
    limits=("material_units",),
    evidence=(
        "operation_material",
        "operating_lines",
        "operations_coded",
        "billed_quantity",
        "class_quantity",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="material of operations in a stay without one",
    says_zh="无手术住院使用止血、防粘连等手术材料",
    protected_by=(protective.own_expense,),
)
def without_need() -> pl.Expr:
    """Material against bleeding or adhesion where no operation was coded or billed.

    Need itself is told by records that are not delivered (images, pressure wires), so that
    this is a clue and no more.
    """
    idle = (pl.col("operating_lines") == 0) & (pl.col("operations_coded") == 0)
    units = pl.col("billed_quantity") >= limit("material_units") * THOUSANDTHS_PER_UNIT
    return (pl.col("operation_material") > 0) & idle & units


@rule(
    "C12",
    USE,
    en="Article against sex, side or site",
    zh="耗材与性别部位不符",
    hook="38-3",
    official="GZ303003",
    grade=DOUBT,
    version="2026-01",
    limits=("body_contradictions",),
    evidence=(*BODY, "sexes_known"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="at least {limit:.0f} {fact|facts} about the body that the article contradicts",
    says_zh="至少{limit:.0f}项性别、侧别或部位与耗材不符",
    protected_by=(protective.sex_in_question, protective.own_expense),
    branches=tuple((name,) for name in BODY),
)
def against_the_body() -> pl.Expr:
    """Made for the other sex, used on the other side, or for a place that is not ill.

    A second diagnosis or operation that explains it acquits.
    """
    found = pl.sum_horizontal(pl.col(name).fill_null(0) for name in BODY)
    return found >= limit("body_contradictions")


@rule(
    "C13",
    USE,
    en="Article without its operation",
    zh="耗材与手术操作不符",
    hook="38-3",
    official="GZ303001",
    grade=DOUBT,
    version="2026-01",
    limits=("operation_contradictions",),
    evidence=("operation_missing", "has_record", "operating_lines"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="no operation that takes such an article is coded",
    says_zh="无使用该类耗材的手术操作",
    protected_by=(
        protective.coder_omission,
        protective.outpatient_device,
        protective.own_expense,
    ),
)
def without_its_operation() -> pl.Expr:
    """No coded operation of the stay takes an article of this class.

    Where none is coded at all, but one is billed and the article recorded, the coder left it
    out.
    """
    return pl.col("operation_missing") >= limit("operation_contradictions")


@rule(
    "C15",
    USE,
    en="Article outside its departments",
    zh="耗材与科室资质不符",
    hook="38-3",
    official="GZ303002",
    grade=CLUE,
    version="2026-01",
    limits=("department_contradictions",),
    evidence=("department_out_of_scope", "operator_out_of_scope"),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="the operators or the department have no leave for such articles",
    says_zh="术者或科室不具备该类耗材使用资质",
    protected_by=(protective.visiting_operator, protective.outpatient_device),
    branches=(("department_out_of_scope",), ("operator_out_of_scope",)),
)
def outside_its_departments() -> pl.Expr:
    """Used by operators, or in a department, without leave for its class.

    An operator from a department that has leave may be called to another one.
    """
    where = pl.max_horizontal("department_out_of_scope", "operator_out_of_scope")
    return where >= limit("department_contradictions")


@rule(
    "C16",
    USE,
    en="Article outside its paid illnesses",
    zh="超限定病种支付",
    hook="38-6",
    grade=DOUBT,
    version="2026-01",
    limits=("illness_contradictions",),
    evidence=("illness_out_of_scope", "covered_share"),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * pl.col("covered_share").fill_null(1.0).clip(0, 1),
    says="no diagnosis is one for which the article is paid",
    says_zh="全部诊断均不在该耗材支付病种内",
    protected_by=(protective.own_expense,),
)
def outside_its_illnesses() -> pl.Expr:
    """Put to the fund although no diagnosis of the stay is one for which its class is paid."""
    return pl.col("illness_out_of_scope") >= limit("illness_contradictions")
