"""Features of the article behind a billed consumable: by record, lot, label (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, LOW, USE, feature
from features.units import COUNT, RATIO, YES_NO


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费价与所登记同类品价之比",
    says="billed at {value} the price of the recorded article of its kind, which is on no bill",
    says_zh="计费价为已登记未计费同类品价格的{value}",
    peers=False,
)
def price_over_recorded() -> pl.Expr:
    """Billed price over the listed price of the article that the record names instead (C03).

    The record of the stay has none of the billed article, but another of its kind (second
    level of the code) that is on no bill.
    """
    return pl.col("record_over")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费价与该批号实购品价之比",
    says="billed at {value} the price of the article under which its lot was bought",
    says_zh="计费价为该批号实际购入品价格的{value}",
    peers=False,
)
def price_over_lot() -> pl.Expr:
    """Billed price over the listed price of the article as which its lot was bought (C03).

    The lot came to the hospital under another article of the kind and never under this one.
    """
    return pl.col("lot_over")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费价与UDI所属产品价之比",
    says="billed at {value} the price of the article that its device identifier names",
    says_zh="计费价为其UDI所属产品价格的{value}",
    peers=False,
)
def price_over_label() -> pl.Expr:
    """Billed price over the listed price of the article whose device identifier it bears (C03)."""
    return pl.col("label_over")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="article behind",
    direction=HIGH,
    zh="所登记同类品属目录外",
    says="the recorded article of its kind, on no bill, is not covered: {value}",
    says_zh="已登记未计费的同类品不在支付范围：{value}",
    peers=False,
)
def recorded_not_covered() -> pl.Expr:
    """Whether the article that the record names instead is outside the payment scope (C04)."""
    return pl.col("record_uncovered")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="article behind",
    direction=HIGH,
    zh="该批号实购品属目录外",
    says="its lot was bought as an article that is not covered: {value}",
    says_zh="该批号实际购入品不在支付范围：{value}",
    peers=False,
)
def lot_not_covered() -> pl.Expr:
    """Whether the article as which its lot was bought is outside the payment scope (C04)."""
    return pl.col("lot_uncovered")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="article behind",
    direction=HIGH,
    zh="UDI所属产品属目录外",
    says="its device identifier names an article that is not covered: {value}",
    says_zh="其UDI所属产品不在支付范围：{value}",
    peers=False,
)
def label_not_covered() -> pl.Expr:
    """Whether the article whose identifier it bears is outside the payment scope (C04)."""
    return pl.col("label_uncovered")


@feature(
    USE,
    over="source",
    unit=COUNT,
    family="article behind",
    direction=HIGH,
    zh="对应同一登记品的计费品种数",
    says="{value} billed {article|articles} for one recorded article on no bill",
    says_zh="{value}种计费品对应同一已登记未计费品",
    peers=False,
)
def parts_for_recorded() -> pl.Expr:
    """Billed articles of the stay behind which one and the same recorded article stands (C07)."""
    return pl.col("record_parts")


@feature(
    USE,
    over="source",
    unit=COUNT,
    family="article behind",
    direction=HIGH,
    zh="对应同一实购品的计费品种数",
    says="{value} billed {article|articles} from the lot of one bought article",
    says_zh="{value}种计费品来自同一实购品批号",
    peers=False,
)
def parts_for_lot() -> pl.Expr:
    """Billed articles of the stay whose lot was bought as one and the same article (C07)."""
    return pl.col("lot_parts")


@feature(
    USE,
    over="source",
    unit=COUNT,
    family="article behind",
    direction=HIGH,
    zh="对应同一UDI产品的计费品种数",
    says="{value} billed {article|articles} under the device identifier of one article",
    says_zh="{value}种计费品使用同一产品的UDI",
    peers=False,
)
def parts_for_label() -> pl.Expr:
    """Billed articles of the stay that bear the identifier of one and the same article (C07)."""
    return pl.col("label_parts")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费合计与所登记品价之比",
    says="what is billed for the recorded article is {value} its price",
    says_zh="对应已登记品的计费合计为其价格的{value}",
    peers=False,
)
def sum_over_recorded() -> pl.Expr:
    """Sum billed for a recorded article on no bill, over its listed price (C07)."""
    return pl.col("record_sum_over")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费合计与实购品价之比",
    says="what is billed from the lot of a bought article is {value} its price",
    says_zh="对应实购品批号的计费合计为其价格的{value}",
    peers=False,
)
def sum_over_lot() -> pl.Expr:
    """Sum billed from the lot of another article, over the listed price of that (C07)."""
    return pl.col("lot_sum_over")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="计费合计与UDI产品价之比",
    says="what is billed under another article's identifier is {value} its price",
    says_zh="使用该UDI的计费合计为其产品价格的{value}",
    peers=False,
)
def sum_over_label() -> pl.Expr:
    """Sum billed under another article's identifier, over the listed price of that (C07)."""
    return pl.col("label_sum_over")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="price",
    direction=HIGH,
    zh="计费价与所用批号进价之比",
    says="billed at {value} the invoice price of its own lot",
    says_zh="计费价为所用批号进价的{value}",
    peers=False,
)
def price_over_own_lot() -> pl.Expr:
    """Billed price over the dearest invoice of the lots on the bill."""
    return pl.col("own_over")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="price",
    direction=LOW,
    zh="计费价等于某次进价",
    says="billed at the price of an invoice of the hospital: {value}",
    says_zh="计费价与医院某次进价一致：{value}",
    peers=False,
)
def price_on_an_invoice() -> pl.Expr:
    """Whether an invoice of the hospital within a year of the service has the billed price."""
    return pl.col("agreed")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="price",
    direction=LOW,
    zh="计费批号属期初库存",
    says="billed from stock that was there when the books began: {value}",
    says_zh="计费批号属建账期初库存：{value}",
    peers=False,
)
def billed_from_opening_stock() -> pl.Expr:
    """Whether a lot on the bill was in stock when the books began, at a price nobody delivered."""
    return pl.col("opening_lot")


@feature(
    USE,
    over="source",
    unit=YES_NO,
    family="article behind",
    direction=HIGH,
    zh="医院从未购入该品",
    says="an article that the hospital never bought, found or was sent: {value}",
    says_zh="医院从未购入、调入或期初持有该品：{value}",
    peers=False,
)
def never_held() -> pl.Expr:
    """Whether the hospital never bought the article, nor had or was sent it (C01, C04, C07)."""
    return pl.col("never_held")


@feature(
    USE,
    over="source",
    unit=COUNT,
    family="article behind",
    direction=HIGH,
    zh="从未购入的同类计费品种数",
    says="{value} billed {article|articles} of a class of which the hospital holds others alone",
    says_zh="{value}种同类计费品医院从未购入，仅购入同类其他品",
    peers=False,
)
def parts_never_held() -> pl.Expr:
    """Billed articles of its class that were never held, where others of the class were (C07)."""
    return pl.col("strange_parts")


@feature(
    USE,
    over="source",
    unit=RATIO,
    family="article behind",
    direction=HIGH,
    zh="从未购入品合计与所购同类品价之比",
    says="what is billed for them is {value} the dearest article of the class that it holds",
    says_zh="其计费合计为所购同类最高价品的{value}",
    peers=False,
)
def sum_over_held() -> pl.Expr:
    """Sum billed for articles never held, over the dearest held one of the class (C07)."""
    return pl.col("strange_sum")
