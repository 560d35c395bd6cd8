"""Rules on the bill of a consumable: invented, contained in a service, reversed, too many."""

from __future__ import annotations

import polars as pl

from claims.schema import THOUSANDTHS_PER_UNIT
from features.declaration import USE
from features.exact import divided
from rules import cautions, protective
from rules.declaration import CLUE, DOUBT, limit, rule


@rule(
    "C01",
    USE,
    en="Billed and never used",
    zh="虚记耗材",
    hook="38-3",
    grade=DOUBT,
    version="2026-01",
    limits=("invented_units",),
    evidence=(
        "billed_quantity",
        "has_record",
        "record_expected",
        "others_recorded",
        "gone_unrecorded",
    ),
    loss_method="line_sum",
    amount=pl.col("billed_amount"),
    says="at least {limit:.0f} {unit|units} billed, none recorded and none given out",
    says_zh="计费至少{limit:.0f}件，无使用登记且盘点未见出库",
    protected_by=(protective.stock_agrees, protective.own_expense),
    cautions=(cautions.new_code,),
)
def invented() -> pl.Expr:
    """An article that is recorded by rule, billed without any record, and not given out.

    Only where the store was counted since: a record may be typed late. Where another article
    of its kind is recorded instead, that is a swap (C03).
    """
    units = limit("invented_units") * THOUSANDTHS_PER_UNIT
    unrecorded = (pl.col("record_expected") > 0) & (pl.col("has_record") == 0)
    counted = pl.col("gone_unrecorded").is_not_null() & pl.col("parts_for_recorded").is_null()
    return unrecorded & counted & (pl.col("billed_quantity") >= units)


@rule(
    "C06",
    USE,
    en="Contained in a service, billed again",
    zh="重复收费（内涵耗材）",
    hook="38-3",
    official="GZ10000201001",
    grade=DOUBT,
    version="2026-01",
    limits=("contained_units",),
    evidence=("contained_units", "contained_share", "needed_besides"),
    loss_method="line_sum",
    amount=pl.col("billed_amount") * pl.col("contained_share").clip(0, 1),
    says="at least {limit:.0f} {unit|units} that the price of a service beside contains",
    says_zh="至少{limit:.0f}件已含在同期服务项目价格内",
    protected_by=(protective.needed_besides, protective.own_expense),
)
def contained() -> pl.Expr:
    """Billed on or beside the day of a service whose price contains it.

    Where the stay has a service that needs such goods for itself, they may be billed.
    """
    units = limit("contained_units") * THOUSANDTHS_PER_UNIT
    return pl.col("contained_units") >= units


@rule(
    "C23",
    USE,
    en="Reversed and billed dearer",
    zh="冲红再记高价",
    hook="38-3",
    grade=CLUE,
    version="2026-01",
    limits=("rebilled_price_ratio", "rebilled_units"),
    evidence=(
        "price_over_reversed",
        "units_over_reversed",
        "reversed_after_discharge",
        "gain_by_reversal",
    ),
    loss_method="line_sum",
    amount=pl.max_horizontal(
        pl.col("gain_by_reversal").fill_null(0),
        divided(
            pl.col("billed_price") * pl.col("units_over_reversed"), THOUSANDTHS_PER_UNIT
        ).fill_null(0),
    ),
    says="after discharge its kind was reversed and billed again, dearer or in greater number",
    says_zh="出院后冲销同类品并改记更高价或更多数量",
    protected_by=(protective.record_agrees,),
    branches=(("price_over_reversed",), ("units_over_reversed",)),
)
def rebilled_dearer() -> pl.Expr:
    """After discharge its kind was reversed, and a dearer article or more units were billed.

    A unit that had been forgotten, or a wrong code put right, agrees with the record.
    """
    dearer = pl.col("price_over_reversed") > limit("rebilled_price_ratio")
    more = pl.col("units_over_reversed") >= limit("rebilled_units") * THOUSANDTHS_PER_UNIT
    return dearer.fill_null(value=False) | more.fill_null(value=False)


@rule(
    "C26",
    USE,
    en="More small articles than a body needs",
    zh="低值耗材超量收费",
    hook="38-3",
    grade=CLUE,
    version="2026-01",
    limits=("small_units_per_day",),
    evidence=("units_per_day", "small_article", "intensive_care", "films_over_images"),
    loss_method="line_sum",
    amount=pl.col("billed_amount")
    * (1 - limit("small_units_per_day") * THOUSANDTHS_PER_UNIT / pl.col("units_per_day")).clip(
        0, 1
    ),
    says="over {limit:.0f} {unit|units} of a small article a day",
    says_zh="低值耗材日均超过{limit:.0f}件",
    protected_by=(protective.intensive_care,),
)
def too_many_small() -> pl.Expr:
    """More small articles a day than a person can use up.

    How many films belong to an image is not delivered, so that films beyond the images are
    shown beside and raise nothing.
    """
    daily = limit("small_units_per_day") * THOUSANDTHS_PER_UNIT
    return (pl.col("units_per_day") > daily) & (pl.col("small_article") > 0)
