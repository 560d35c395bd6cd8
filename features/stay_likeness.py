"""Features of a stay beside the stays of its ward, physician and hospital (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, STAY, feature
from features.stay import ratio
from features.units import COUNT, SHARE, YUAN


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="ward",
    direction=BOTH,
    zh="同病区前后30天住院数",
    says="{value} other stays of its ward ended within 30 days of it",
    says_zh="同病区前后30天内出院{value}例",
)
def ward_stays() -> pl.Expr:
    """Other stays of the ward with a bill that ended within 30 days and were known that night."""
    return pl.col("ward_stays")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="ward",
    direction=BOTH,
    zh="同医师前后30天住院数",
    says="its physician had {value} other stays in the ward within 30 days",
    says_zh="主治医师前后30天内另有{value}例",
)
def physician_stays() -> pl.Expr:
    """Other stays of the physician in the ward that ended within 30 days."""
    return pl.col("physician_stays")


@feature(
    STAY,
    over="likeness",
    unit=SHARE,
    family="likeness",
    direction=HIGH,
    zh="与同病区最相似住院的项目重合度",
    says="shares {value} of its items with the stay of its ward that is most like it",
    says_zh="与同病区最相似的住院项目重合{value}",
)
def ward_likeness() -> pl.Expr:
    """Highest Jaccard index of items, bed and nursing left out, with a stay of the ward."""
    return pl.col("ward_likeness")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="likeness",
    direction=HIGH,
    zh="同病区项目雷同住院数",
    says="{value} stays of its ward within 30 days were billed nearly the same items",
    says_zh="同病区前后30天内{value}例收费项目几乎相同",
)
def ward_twins() -> pl.Expr:
    """Stays of the ward within 30 days that share nine tenths of the items (Jaccard)."""
    return pl.col("ward_twins")


@feature(
    STAY,
    over="likeness",
    unit=SHARE,
    family="likeness",
    direction=HIGH,
    zh="与同病区最相似住院的检查检验重合度",
    says="shares {value} of its tests with the stay of its ward that is most like it",
    says_zh="与同病区最相似的住院检查检验重合{value}",
)
def ward_test_likeness() -> pl.Expr:
    """Highest Jaccard index of examinations and laboratory tests with a stay of the ward."""
    return pl.col("ward_test_likeness")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="likeness",
    direction=HIGH,
    zh="同病区检查套餐雷同住院数",
    says="{value} stays of its ward within 30 days had nearly the same tests",
    says_zh="同病区前后30天内{value}例检查检验几乎相同",
)
def ward_test_twins() -> pl.Expr:
    """Stays of the ward within 30 days that share nine tenths of the tests: a package (H04)."""
    return pl.col("ward_test_twins")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="费用清单完全相同的住院数",
    says="{value} stays of other persons in the hospital have the very same bill",
    says_zh="同院另有{value}例他人住院费用清单完全相同",
)
def identical_bills() -> pl.Expr:
    """Stays of other persons, 30 days around, with the same units and amount of every item."""
    return pl.col("bill_stays")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="同一医师费用清单完全相同的住院数",
    says="{value} of its physician's other stays have the very same bill",
    says_zh="同一医师另有{value}例费用清单完全相同",
)
def identical_bills_of_physician() -> pl.Expr:
    """The same among the stays of its physician (H18)."""
    return pl.col("bill_of_physician")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="相同清单涉及诊断数",
    says="the same bill was given for {value} different diagnoses",
    says_zh="同一费用清单用于{value}种不同诊断",
)
def diagnoses_of_identical_bills() -> pl.Expr:
    """Different main diagnoses (three characters) under one bill, its own among them."""
    return pl.col("bill_diagnoses")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="诊疗项目与数量完全相同的住院数",
    says="{value} stays of other persons in the hospital had the very same care",
    says_zh="同院另有{value}例他人住院诊疗项目与数量完全相同",
)
def identical_care() -> pl.Expr:
    """As identical bills, with bed, nursing and consultation left out: they follow the days."""
    return pl.col("care_stays")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="诊疗完全相同的人数",
    says="{value} other persons had the very same care",
    says_zh="另有{value}人诊疗项目与数量完全相同",
)
def persons_of_identical_care() -> pl.Expr:
    """Different persons with the very same care in the hospital, 30 days around."""
    return pl.col("care_persons")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="相同诊疗涉及诊断数",
    says="the same care was given for {value} different diagnoses",
    says_zh="相同诊疗用于{value}种不同诊断",
)
def diagnoses_of_identical_care() -> pl.Expr:
    """Different main diagnoses (three characters) under the same care, its own among them."""
    return pl.col("care_diagnoses")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="同一医师诊疗完全相同的住院数",
    says="{value} of its physician's other stays had the very same care",
    says_zh="同一医师另有{value}例诊疗项目与数量完全相同",
)
def identical_care_of_physician() -> pl.Expr:
    """Stays of the physician, other persons, 30 days around, with the very same care (H18)."""
    return pl.col("care_of_physician")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="identical bills",
    direction=HIGH,
    zh="同一医师相同诊疗涉及诊断数",
    says="its physician gave the same care for {value} different diagnoses",
    says_zh="同一医师以相同诊疗用于{value}种不同诊断",
)
def diagnoses_of_physicians_identical_care() -> pl.Expr:
    """Main diagnoses to which the physician gave the very same care, its own among them."""
    return pl.col("care_diagnoses_of_physician")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="likeness",
    direction=HIGH,
    zh="同一医师项目雷同住院数",
    says="{value} of its physician's other stays were billed nearly the same items",
    says_zh="同一医师另有{value}例收费项目几乎相同",
)
def physician_twins() -> pl.Expr:
    """Stays of the physician in the ward, other persons, that share nine tenths of the items."""
    return pl.col("physician_twins")


@feature(
    STAY,
    over="likeness",
    unit=COUNT,
    family="likeness",
    direction=HIGH,
    zh="同一医师雷同项目涉及诊断数",
    says="its physician billed nearly the same items for {value} different diagnoses",
    says_zh="同一医师以几乎相同的项目用于{value}种不同诊断",
)
def diagnoses_of_physician_twins() -> pl.Expr:
    """Different main diagnoses among these stays, its own among them; 0 without such stays."""
    return pl.col("physician_twin_diagnoses")


@feature(
    STAY,
    over="likeness",
    unit=YUAN,
    family="scope",
    direction=HIGH,
    zh="可报项目自费金额",
    says="the person paid {value} for items that the hospital bills to others as covered",
    says_zh="对他人按医保记账的项目由患者自费{value}",
)
def self_paid_covered_amount() -> pl.Expr:
    """Amount billed outside the scope for items billed inside it to three others or more."""
    return pl.col("covered_elsewhere")


@feature(
    STAY,
    over="likeness",
    unit=SHARE,
    family="scope",
    direction=HIGH,
    zh="可报项目自费占比",
    says="{value} of the fee was paid by the person for items billed to others as covered",
    says_zh="总费用的{value}为对他人可报而由患者自费的项目",
)
def self_paid_covered_share() -> pl.Expr:
    """The same as a share of the fee (national list 2025, item 35)."""
    return ratio("covered_elsewhere", "total_amount")
