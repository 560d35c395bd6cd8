"""Rules on consumable uses and ledgers."""

from __future__ import annotations

import polars as pl

from claims.schema import THOUSANDTHS_PER_UNIT
from features.declaration import LEDGER, USE
from rules import cautions, protective
from rules.declaration import CLUE, DOUBT, limit, rule

OVER = pl.col("billed_over_used")


@rule(
    "C02",
    USE,
    en="More billed than used",
    zh="耗材多记",
    hook="38-3",
    grade=DOUBT,
    version="2026-01",
    limits=("billed_over_used_units",),
    evidence=(
        "billed_quantity",
        "used_quantity",
        "billed_over_used",
        "unrecorded_share",
        "gone_unrecorded",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * pl.col("unrecorded_share"),
    says="at least {limit:.0f} {unit|units} billed beyond the operation record",
    says_zh="计费比使用登记至少多{limit:.0f}件",
    protected_by=(protective.stock_agrees,),
    cautions=(cautions.new_code, cautions.not_counted),
)
def billed_over_used() -> pl.Expr:
    """More units billed than the operation record of the same stay shows.

    Only where the record exists: an item without any record is another question (C01),
    often a register typed late. Where the counts of the store show that the units went to
    patients, the record forgot them; before the store has counted nobody can tell, and it is a
    clue.
    """
    units = limit("billed_over_used_units") * THOUSANDTHS_PER_UNIT
    return OVER.ge(units) & (pl.col("has_record") > 0)


@rule(
    "C05",
    USE,
    en="Price above the allowed",
    zh="超标准收费",
    hook="38-3",
    grade=DOUBT,
    version="2026-01",
    limits=("price_tolerance", "markup_tolerance", "old_stock_grace_days"),
    evidence=(
        "price_over_limit",
        "price_over_invoice",
        "price_over_own_lot",
        "billed_price",
        "price_limit",
    ),
    loss_method="line_sum",
    amount=(
        pl.col("billed_amount")
        * (
            1
            - 1
            / pl.max_horizontal(
                pl.col("price_over_limit").fill_null(1.0),
                pl.col("price_over_dearest_invoice").fill_null(1.0),
                pl.lit(1.0),
            )
        )
    ),
    says="billed above the allowed price or above the invoice price",
    says_zh="计费价高于限价或进价",
    protected_by=(
        protective.old_stock,
        protective.own_lot_price,
        protective.agreed_price,
        protective.opening_price,
    ),
    branches=(("price_over_limit",), ("price_over_dearest_invoice",)),
    cautions=(cautions.new_code,),
)
def price_above_allowed() -> pl.Expr:
    """Billed above what was allowed that day, or above what it cost.

    Above the lower of platform price and payment standard, or above every invoice of the
    shelf time, although consumables are sold without mark-up.
    """
    above = pl.col("price_over_limit") > limit("price_tolerance")
    marked_up = pl.col("price_over_dearest_invoice") > limit("markup_tolerance")
    return above.fill_null(value=False) | marked_up.fill_null(value=False)


@rule(
    "C10",
    LEDGER,
    en="More billed than bought and held",
    zh="进销存不符",
    hook="38-7",
    official="GZ10000203001",
    grade=CLUE,
    version="2026-01",
    limits=("ledger_residual_units", "ledger_residual_share"),
    evidence=(
        "billed_year",
        "bought_year",
        "in_year",
        "out_year",
        "year_opening",
        "closing",
        "billed_over_available",
        "billed_over_available_month",
        "billed_over_used_year",
        "used_over_issued_year",
        "store_gap",
        "unexplained_share",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount_year") * pl.col("unexplained_share").clip(0, 1),
    says="more billed in a year than purchases, transfers and stock explain",
    says_zh="一年计费数量超过进货、调拨与库存可解释数量",
    cautions=(cautions.unlisted, cautions.new_code),
)
def billed_over_bought() -> pl.Expr:
    """More units billed, count to count, than opening stock, purchases and transfers allow.

    Transfers count with both legs and consignment when it is posted, so neither raises
    the rule by itself; a year, not a month, is judged, because invoices of consigned
    goods follow their use. It is reported in the months in which the gap grew.
    """
    units = limit("ledger_residual_units") * THOUSANDTHS_PER_UNIT
    share = limit("ledger_residual_share")
    grew = (pl.col("billed_over_available_month") > 0).fill_null(value=True)
    above = pl.col("billed_over_available") > units
    return above & (pl.col("unexplained_share") > share) & grew
