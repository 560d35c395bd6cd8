"""Rules on the article behind a billed consumable: swapped, outside the scope, a set in parts."""

from __future__ import annotations

import polars as pl

from features.declaration import USE
from rules import cautions, protective
from rules.declaration import DOUBT, limit, rule

WAYS = ("recorded", "lot", "label")
DEARER = pl.max_horizontal(f"price_over_{way}" for way in WAYS)
UNCOVERED = pl.max_horizontal(f"{way}_not_covered" for way in WAYS).fill_null(0)
HELD_PARTS = pl.col("parts_never_held").fill_null(0)
PARTS = pl.max_horizontal(f"parts_for_{way}" for way in WAYS).fill_null(0)
SUM = pl.max_horizontal(f"sum_over_{way}" for way in WAYS)


@rule(
    "C03",
    USE,
    en="Swapped for a dearer article",
    zh="串换耗材",
    hook="38-4",
    grade=DOUBT,
    version="2026-01",
    limits=("swap_price_ratio", "set_parts"),
    evidence=(
        "price_over_recorded",
        "price_over_lot",
        "price_over_label",
        "billed_price",
        "billed_quantity",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * (1 - 1 / pl.max_horizontal(DEARER.fill_null(1.0), 1.0)),
    says="billed dearer than the article that record, lot or identifier name",
    says_zh="计费品比登记、批号或UDI所示实际用品价高",
    protected_by=(protective.own_expense,),
    branches=tuple((f"price_over_{way}",) for way in WAYS),
    cautions=(cautions.unlisted, cautions.new_code),
)
def swapped() -> pl.Expr:
    """Another article of the same kind stands behind the bill, and it is cheaper.

    The record names it and no bill does, the lot was bought as it alone, or the device
    identifier is its own. A renewed code or a substitute at the same price is no swap, and
    several parts billed for one article are a set (C07).
    """
    dearer = limit("swap_price_ratio") < DEARER
    return dearer & (UNCOVERED == 0) & (limit("set_parts") > PARTS)


@rule(
    "C04",
    USE,
    en="Article outside the scope billed as one inside",
    zh="目录外串换目录内",
    hook="38-4",
    grade=DOUBT,
    version="2026-01",
    limits=("uncovered_articles",),
    evidence=("recorded_not_covered", "lot_not_covered", "label_not_covered", "covered_share"),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * pl.col("covered_share").fill_null(1.0).clip(0, 1),
    says="the article that record, lot or identifier name is not covered",
    says_zh="登记、批号或UDI所示实际用品不在支付范围",
    protected_by=(protective.own_expense,),
    branches=tuple((f"{way}_not_covered",) for way in WAYS),
    cautions=(cautions.unlisted, cautions.new_code),
)
def outside_billed_as_inside() -> pl.Expr:
    """What stands behind the bill is an article for which the fund does not pay.

    Whether it is covered is read from the catalogue as it stood on the day, so that an article
    taken into the scope during the year is none.
    """
    return limit("uncovered_articles") <= UNCOVERED


@rule(
    "C07",
    USE,
    en="Set billed in parts",
    zh="组套拆分收费",
    hook="38-3",
    grade=DOUBT,
    version="2026-01",
    limits=("set_price_ratio", "set_parts"),
    evidence=(
        "parts_for_recorded",
        "parts_for_lot",
        "parts_for_label",
        "sum_over_recorded",
        "sum_over_lot",
        "sum_over_label",
        "parts_never_held",
        "sum_over_held",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * (1 - 1 / pl.max_horizontal(SUM, "sum_over_held", pl.lit(1.0))),
    says="its parts are billed above the price of the set",
    says_zh="拆分计费合计高于整套价格",
    branches=(
        *((f"parts_for_{way}", f"sum_over_{way}") for way in WAYS),
        ("parts_never_held", "sum_over_held"),
    ),
    cautions=(cautions.unlisted, cautions.new_code),
)
def split_set() -> pl.Expr:
    """Several articles are billed for one that was used, and together cost more than it.

    Record, lot or identifier name the set, or the hospital holds it and never held its parts.
    Parts that are bought and recorded as parts have no other article behind them.
    """
    dearer = limit("set_price_ratio") < SUM
    told = (limit("set_parts") <= PARTS) & dearer.fill_null(value=False)
    bought = (limit("set_parts") <= HELD_PARTS) & (
        limit("set_price_ratio") < pl.col("sum_over_held")
    )
    return told | bought.fill_null(value=False)
