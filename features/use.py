"""Features of one consumable in one stay (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, USE, feature
from features.stay import ratio
from features.units import COUNT, DAYS, RATIO, SHARE, UNITS, YES_NO, YUAN


@feature(
    USE,
    over="use",
    unit=UNITS,
    family="quantity",
    direction=HIGH,
    zh="计费数量",
    says="{value} billed",
    says_zh="计费{value}",
)
def billed_quantity() -> pl.Expr:
    """Units billed, reversals taken off."""
    return pl.col("billed_quantity")


@feature(
    USE,
    over="use",
    unit=UNITS,
    family="bill and record",
    direction=HIGH,
    zh="计费数量减使用数量",
    says="billed {value} more than the operation record shows",
    says_zh="计费比使用登记多{value}",
)
def billed_over_used() -> pl.Expr:
    """Units billed less units recorded as used (R1 of one stay)."""
    return pl.col("billed_quantity") - pl.col("used_quantity")


@feature(
    USE,
    over="use",
    unit=SHARE,
    family="bill and record",
    direction=HIGH,
    zh="多计数量占比",
    says="{value} of the billed units are not in the operation record",
    says_zh="计费数量中{value}无使用登记",
)
def unrecorded_share() -> pl.Expr:
    """Share of the billed units that the operation record does not show."""
    over = pl.col("billed_quantity") - pl.col("used_quantity")
    return pl.when(pl.col("billed_quantity") > 0).then(over / pl.col("billed_quantity"))


@feature(
    USE,
    over="use",
    unit=YES_NO,
    family="bill and record",
    direction=LOW,
    zh="有使用登记",
    says="operation record: {value}",
    says_zh="使用登记：{value}",
)
def has_record() -> pl.Expr:
    """Whether any use of the item is recorded in the stay, 1 or 0."""
    return pl.col("recorded")


@feature(
    USE,
    over="use",
    unit=YUAN,
    family="amount",
    direction=HIGH,
    zh="耗材金额",
    says="billed at {value} in all",
    says_zh="计费金额{value}",
)
def billed_amount() -> pl.Expr:
    """Amount billed for the item in the stay."""
    return pl.col("billed_amount")


@feature(
    USE,
    over="use",
    unit=SHARE,
    family="amount",
    direction=HIGH,
    zh="占住院费用比例",
    says="makes up {value} of the fee of the stay",
    says_zh="占住院总费用{value}",
)
def share_of_stay() -> pl.Expr:
    """Share of the item in the fee of the stay."""
    return ratio("billed_amount", "stay_total")


@feature(
    USE,
    over="use",
    unit=RATIO,
    family="price",
    direction=HIGH,
    zh="计费价与限价之比",
    says="billed at {value} the price allowed that day",
    says_zh="计费价为当日限价的{value}",
)
def price_over_limit() -> pl.Expr:
    """Billed price over the lower of platform price and payment standard on that day."""
    return ratio("billed_price", "price_limit")


@feature(
    USE,
    over="use",
    unit=RATIO,
    family="price",
    direction=HIGH,
    zh="计费价与最近进价之比",
    says="billed at {value} the latest invoice price",
    says_zh="计费价为最近进价的{value}",
)
def price_over_invoice() -> pl.Expr:
    """Billed price over the hospital's latest invoice price; zero mark-up makes it 1."""
    return ratio("billed_price", "invoice_price")


@feature(
    USE,
    over="use",
    unit=RATIO,
    family="price",
    direction=HIGH,
    zh="计费价与最高进价之比",
    says="billed at {value} the dearest invoice price of the last 180 days",
    says_zh="计费价为近180天最高进价的{value}",
)
def price_over_dearest_invoice() -> pl.Expr:
    """Billed price over the dearest invoice still possibly on the shelf."""
    return ratio("billed_price", "dearest_invoice")


@feature(
    USE,
    over="use",
    unit=RATIO,
    family="price",
    direction=HIGH,
    zh="计费价与调价前挂网价之比",
    says="billed at {value} the price before the last change",
    says_zh="计费价为调价前挂网价的{value}",
)
def price_over_previous() -> pl.Expr:
    """Billed price over the platform price before the last change."""
    return ratio("billed_price", "previous_price")


@feature(
    USE,
    over="use",
    unit=DAYS,
    family="price",
    direction=BOTH,
    zh="距最近调价天数",
    says="used {value} after the last change of price",
    says_zh="距最近调价{value}",
)
def days_since_price_change() -> pl.Expr:
    """Days from the start of the catalogue price to the service."""
    return pl.col("price_age")


@feature(
    USE,
    over="use",
    unit=UNITS,
    family="quantity",
    direction=HIGH,
    zh="同类耗材计费数量",
    says="{value} of its class billed in the stay",
    says_zh="同类耗材共计费{value}",
)
def class_quantity() -> pl.Expr:
    """Units of the same class billed in the stay."""
    return pl.col("class_quantity")


@feature(
    USE,
    over="use",
    unit=COUNT,
    family="bill and record",
    direction=HIGH,
    zh="计费笔数",
    says="billed in {value} {line|lines}",
    says_zh="分{value}笔计费",
)
def billed_lines() -> pl.Expr:
    """Lines that bill the item in the stay."""
    return pl.col("billed_lines")


@feature(
    USE,
    over="use",
    unit=COUNT,
    family="reversals",
    direction=HIGH,
    zh="冲销笔数",
    says="{value} {line|lines} reversed",
    says_zh="冲销{value}笔",
    empty=0,
)
def reversed_lines() -> pl.Expr:
    """Lines of the item that reverse another."""
    return pl.col("reversed_lines").fill_null(0)


@feature(
    USE,
    over="use",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="植入耗材无手术记录",
    says="implant in a stay without an operation: {value}",
    says_zh="植入类耗材所在住院无手术记录：{value}",
)
def implant_without_operation() -> pl.Expr:
    """An implantable item billed in a stay without any coded operation, 1 or 0 (C13)."""
    return pl.col("implantable") & (pl.col("operations") == 0)


@feature(
    USE,
    over="use",
    unit=COUNT,
    family="trace",
    direction=HIGH,
    zh="序列号重复的住院数",
    says="its serial number stands in {value} other {stay|stays}",
    says_zh="同一序列号还出现在另外{value}次住院",
)
def shared_serials() -> pl.Expr:
    """Other stays that record the same serial number of the same item (C09)."""
    return pl.col("shared_serials")


@feature(
    USE,
    over="use",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="进口产品",
    says="imported product: {value}",
    says_zh="进口产品：{value}",
)
def imported() -> pl.Expr:
    """Whether the billed product is imported, 1 or 0."""
    return pl.col("origin") == "imported"


@feature(
    USE,
    over="use",
    unit=DAYS,
    family="trace",
    direction=BOTH,
    zh="新编码启用天数（原编码不明）",
    says="a code of its maker and name was new, listed {value} before; which it replaced is untold",
    says_zh="同企业同名新编码启用仅{value}，替代哪一编码不明",
    peers=False,
)
def new_code_days() -> pl.Expr:
    """Days since a code was first listed that may be this article's, or may have replaced its code.

    Null where the catalogue tells which code followed which, or none is new.
    """
    return pl.col("new_code_days")
