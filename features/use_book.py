"""Features of record and store: who forgot what is billed and not recorded (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, LOW, USE, feature
from features.units import COUNT, UNITS, YES_NO


@feature(
    USE,
    over="book",
    unit=YES_NO,
    family="bill and record",
    direction=BOTH,
    zh="应有使用登记",
    says="its use is recorded by rule: {value}",
    says_zh="按规定应登记使用：{value}",
    peers=False,
)
def record_expected() -> pl.Expr:
    """Whether its use is recorded by rule: implants and articles on the key list."""
    return pl.col("expected")


@feature(
    USE,
    over="book",
    unit=COUNT,
    family="bill and record",
    direction=BOTH,
    zh="同次住院其他已登记品种数",
    says="{value} other {article|articles} of the stay recorded",
    says_zh="同次住院另有{value}种耗材已登记",
    empty=0,
    peers=False,
)
def others_recorded() -> pl.Expr:
    """Other articles in the operation record of the stay; none means that it may be typed late."""
    return pl.col("others_recorded")


@feature(
    USE,
    over="book",
    unit=UNITS,
    family="bill and record",
    direction=LOW,
    zh="出库而未登记的数量",
    says="the store gave out {value} more than records show",
    says_zh="两次盘点间出库比登记多{value}",
    peers=False,
)
def gone_unrecorded() -> pl.Expr:
    """Units that left the store between the counts around the use, beyond all recorded ones."""
    return pl.col("gone_unrecorded")
