"""Features of the traces of a use: serial numbers, lots, expiry (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, USE, feature
from features.units import COUNT, DAYS, UNITS, YES_NO


@feature(
    USE,
    over="trace",
    unit=COUNT,
    family="trace",
    direction=HIGH,
    zh="序列号涉及的其他参保人数",
    says="its serial number was used before in {value} other {person|persons}",
    says_zh="同一序列号还用于另外{value}人",
    empty=0,
)
def serial_other_persons() -> pl.Expr:
    """Persons in whose earlier stays the same unit is recorded, cancelled ones left out (C09)."""
    return pl.col("other_persons")


@feature(
    USE,
    over="trace",
    unit=COUNT,
    family="trace",
    direction=HIGH,
    zh="序列号涉及的其他医院数",
    says="its serial number was used before in {value} other {hospital|hospitals}",
    says_zh="同一序列号还出现在另外{value}家医院",
    empty=0,
)
def serial_other_hospitals() -> pl.Expr:
    """Other hospitals that recorded the same unit before (C11)."""
    return pl.col("other_hospitals")


@feature(
    USE,
    over="trace",
    unit=DAYS,
    family="trace",
    direction=LOW,
    zh="同一序列号两次使用间隔",
    says="its serial number was used again within {value}",
    says_zh="同一序列号两次使用相隔{value}",
    peers=False,
)
def days_between_serials() -> pl.Expr:
    """Days from the latest earlier use of the same unit to this one."""
    return pl.col("days_apart")


@feature(
    USE,
    over="trace",
    unit=COUNT,
    family="trace",
    direction=HIGH,
    zh="无采购记录的序列号数",
    says="{value} recorded serial {number|numbers} that no hospital bought",
    says_zh="{value}个序列号在各院均无采购记录",
    empty=0,
)
def units_unbought() -> pl.Expr:
    """Units recorded by number that no delivery to any hospital shows (C11).

    None before the hospital's book has told of deliveries ten days after the use, and 45 where the
    article may be consigned: what is used on consignment is bought afterwards.
    """
    return pl.col("unbought")


@feature(
    USE,
    over="trace",
    unit=COUNT,
    family="trace",
    direction=HIGH,
    zh="由他院采购的序列号数",
    says="{value} recorded serial {number|numbers} that another hospital bought",
    says_zh="{value}个序列号由其他医院采购",
    empty=0,
)
def units_bought_elsewhere() -> pl.Expr:
    """Units recorded by number that were delivered to another hospital alone (C11)."""
    return pl.col("bought_elsewhere")


@feature(
    USE,
    over="trace",
    unit=COUNT,
    family="trace",
    direction=BOTH,
    zh="登记序列号数",
    says="{value} serial {number|numbers} recorded",
    says_zh="登记{value}个序列号",
    empty=0,
)
def units_numbered() -> pl.Expr:
    """Units recorded by serial number."""
    return pl.col("numbered")


@feature(
    USE,
    over="trace",
    unit=DAYS,
    family="trace",
    direction=HIGH,
    zh="超过有效期天数",
    says="used {value} after its expiry",
    says_zh="使用时已超过有效期{value}",
    peers=False,
)
def days_after_expiry() -> pl.Expr:
    """Days from the expiry of the unit, or its lot, to its use; below zero while it is good (C25).

    The delivery that bears its number tells it; where none does, the latest date of its lot.
    """
    return pl.col("days_expired")


@feature(
    USE,
    over="trace",
    unit=DAYS,
    family="trace",
    direction=LOW,
    zh="到货时剩余有效期",
    says="it had {value} to run when it was delivered",
    says_zh="到货时剩余有效期{value}",
    peers=False,
)
def life_at_delivery() -> pl.Expr:
    """Days from delivery to expiry of the unit, or its lot; below zero is a date typed wrongly."""
    return pl.col("life_at_delivery")


@feature(
    USE,
    over="trace",
    unit=DAYS,
    family="trace",
    direction=HIGH,
    zh="使用早于到货天数",
    says="used {value} before the first delivery of its lot",
    says_zh="使用早于该批号首次到货{value}",
    peers=False,
)
def days_before_delivery() -> pl.Expr:
    """Days from use to the first delivery of the lot, consigned goods left out (C10)."""
    return pl.col("days_early")


@feature(
    USE,
    over="trace",
    unit=YES_NO,
    family="trace",
    direction=HIGH,
    zh="赠品批号",
    says="from a lot that came free of charge: {value}",
    says_zh="所用批号为赠品：{value}",
    peers=False,
)
def from_gift() -> pl.Expr:
    """Whether a lot of it came to the hospital as a gift alone (C18)."""
    return pl.col("gift")


@feature(
    USE,
    over="trace",
    unit=UNITS,
    family="trace",
    direction=BOTH,
    zh="每包装件数",
    says="sold in packs of {value}",
    says_zh="每包装{value}",
    peers=False,
)
def pieces_in_pack() -> pl.Expr:
    """Pieces in one pack of the article; a number scanned from a box serves so many."""
    return pl.col("pack_factor")


@feature(
    USE,
    over="trace",
    unit=UNITS,
    family="trace",
    direction=LOW,
    zh="近90天调入数量",
    says="{value} of it came by transfer in 90 days",
    says_zh="90天内由外院调入{value}",
    empty=0,
    peers=False,
)
def units_transferred_in() -> pl.Expr:
    """Units that came by transfer in the 90 days before the use, or were sent by then."""
    return pl.col("transferred")


@feature(
    USE,
    over="trace",
    unit=UNITS,
    family="trace",
    direction=LOW,
    zh="已出库而未登记的序列号数",
    says="{value} bought by number have left the store and are in no record",
    says_zh="{value}已购序列号件出库而未见登记",
    peers=False,
)
def units_gone_unread() -> pl.Expr:
    """Units bought by number, neither recorded nor on the shelf, where a number comes twice."""
    return pl.col("gone_unread")


@feature(
    USE,
    over="trace",
    unit=YES_NO,
    family="trace",
    direction=LOW,
    zh="属期初库存批号",
    says="from lots that were there when the books began: {value}",
    says_zh="所用批号属期初库存：{value}",
    peers=False,
)
def from_opening_stock() -> pl.Expr:
    """Whether its lots were in stock when the hospital's books began, before any purchase."""
    return pl.col("opening")
