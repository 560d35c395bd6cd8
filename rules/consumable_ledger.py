"""Rules on what a hospital buys and chooses: gifts, suppliers, selection, surges, dear kinds."""

from __future__ import annotations

import polars as pl

from features.declaration import HOSPITAL, LEDGER
from rules import protective
from rules.declaration import CLUE, limit, rule

BILLED = pl.col("billed_amount_month")
# The part of the share that nothing would lead to expect.
CHOSEN = (
    "cases_month",
    "choice_share",
    "choice_share_quarter",
    "choice_share_before",
    "choice_share_elsewhere",
    "choice_surprise",
)
MORE = pl.col("choice_share") > pl.col("expected_choice_share")
EXCESS = (1 - pl.col("expected_choice_share") / pl.col("choice_share")).clip(0, 1)


@rule(
    "C18",
    LEDGER,
    en="Given or bought off the platform, billed at its price",
    zh="线下采购或赠品收费",
    hook="38-3",
    grade=CLUE,
    version="2026-11",
    limits=("gain_on_lots",),
    evidence=(
        "given_units",
        "off_platform_share",
        "billed_off_platform",
        "unbilled_gifts",
        "gain_share",
        "gain_amount",
    ),
    loss_method="line_sum",
    amount=pl.col("gain_amount"),
    says="lots that were given or bought off the platform are billed above their cost",
    says_zh="赠品或线下采购批号按高于进价计费",
    protected_by=(protective.gift_not_billed,),
)
def off_platform_at_its_price() -> pl.Expr:
    """Deliveries of the month were gifts or bought off the platform, and billed above their cost.

    What is billed at its invoice, as after an emergency purchase or a rebate passed on, is no
    gain and raises nothing.
    """
    gains = pl.col("gain_share") > limit("gain_on_lots")
    return gains & (pl.col("billed_off_platform") > 0)


@rule(
    "C19",
    LEDGER,
    en="Selected product abandoned",
    zh="弃用集采中选",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("unselected_price_ratio", "choice_surprise"),
    evidence=(
        *CHOSEN,
        "price_over_selected",
        "reasoned_share",
        "complicated_share",
    ),
    loss_method="line_sum",
    amount=BILLED * (1 - 1 / pl.max_horizontal("price_over_selected", pl.lit(1.0))) * EXCESS,
    says="a product outside the selection, {limit:.1f} times the selected price, took its place",
    says_zh="非中选产品（价格达中选产品{limit:.1f}倍以上）替代中选产品",
    protected_by=(protective.reasons_listed, protective.sicker_patients),
)
def selected_abandoned() -> pl.Expr:
    """A product outside volume-based selection is taken far more often than its cases explain.

    Its list price is that much above the lowest selected one of its class, and neither the year
    before nor the other hospitals' choice for such cases would lead to expect it.
    """
    dear = pl.col("price_over_selected") >= limit("unselected_price_ratio")
    return dear & MORE & (pl.col("choice_surprise") >= limit("choice_surprise"))


@rule(
    "C21",
    LEDGER,
    en="Surge of use",
    zh="使用量突增",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("units_growth", "units_over_expected", "units_surprise"),
    evidence=(
        "units_per_case",
        "units_over_expected",
        "units_surprise",
        "growth_on_last_month",
        "cases_month",
        "billed_amount_month",
    ),
    loss_method="line_sum",
    amount=BILLED * (1 - 1 / pl.max_horizontal("units_over_expected", pl.lit(1.0))),
    says="{limit:.1f} times the units of the month before, more than the cases explain",
    says_zh="当月用量为上月{limit:.1f}倍以上，且超出病例所需",
    protected_by=(protective.everyday_goods,),
)
def surge_of_use() -> pl.Expr:
    """More units than the month before, and more than this month's cases would take.

    Growth of the number of operations is none: units are held against those that such cases take
    elsewhere, times what the hospital took over theirs in the year before.
    """
    return (
        (pl.col("growth_on_last_month") >= limit("units_growth"))
        & (pl.col("units_over_expected") >= limit("units_over_expected"))
        & (pl.col("units_surprise") >= limit("units_surprise"))
    )


@rule(
    "C22",
    LEDGER,
    en="Mix shift to dearer products",
    zh="单价结构上移",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("dear_price_ratio", "choice_surprise"),
    evidence=(
        *CHOSEN,
        "price_over_plain",
        "complicated_share",
        "reasoned_share",
    ),
    loss_method="line_sum",
    amount=BILLED * (1 - 1 / pl.max_horizontal("price_over_plain", pl.lit(1.0))) * EXCESS,
    says="a product of {limit:.1f} times the plain price took the place of plain ones",
    says_zh="价格达普通产品{limit:.1f}倍以上的产品替代普通产品",
    protected_by=(protective.reasons_listed, protective.sicker_patients),
)
def dearer_mix() -> pl.Expr:
    """A dear product of the same standing is taken far more often than in the year before.

    Of the same standing: it is selected, or nothing of its class is. Where the hospital has no
    year to compare with, nothing can have shifted.
    """
    dear = pl.col("price_over_plain") >= limit("dear_price_ratio")
    return (
        dear
        & MORE
        & pl.col("price_over_selected").is_null()
        & pl.col("choice_share_before").is_not_null()
        & (pl.col("choice_surprise") >= limit("choice_surprise"))
    )


@rule(
    "C20",
    HOSPITAL,
    en="Supplier concentration",
    zh="供应商集中",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("top_supplier_share", "top_supplier_premium"),
    evidence=("top_supplier_share", "top_supplier_premium", "top_supplier_above"),
    loss_method="line_sum",
    amount=pl.col("top_supplier_above"),
    says="{limit:.0%} or more of a class bought from one supplier, above the others' prices",
    says_zh="某类耗材{limit:.0%}以上由一家供应商供货，且价格高于他院",
)
def supplier_concentration() -> pl.Expr:
    """One supplier sells most of a class to the hospital, at more than other hospitals pay.

    A sole agent, a family of implants that surgeons are trained in or a winner of the selection
    is as dear for all, so that nothing stands above the median of the others.
    """
    most = pl.col("top_supplier_share") >= limit("top_supplier_share")
    return most & (pl.col("top_supplier_premium") >= limit("top_supplier_premium"))
