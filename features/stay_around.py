"""Features of what lies around a stay: visits close to it, devices not billed (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, STAY, feature
from features.stay import ratio
from features.units import COUNT, RATIO, SHARE, YUAN


@feature(
    STAY,
    over="around",
    unit=YUAN,
    family="around the stay",
    direction=HIGH,
    zh="入院前3天门诊费用",
    says="outpatient care of the 3 days before it cost {value}",
    says_zh="入院前3天门诊费用{value}",
)
def cost_before() -> pl.Expr:
    """Fee of clinic and emergency visits on the three days before admission."""
    return pl.col("before_cost").fill_null(0)


@feature(
    STAY,
    over="around",
    unit=YUAN,
    family="around the stay",
    direction=HIGH,
    zh="出院后3天门诊费用",
    says="outpatient care of the 3 days after it cost {value}",
    says_zh="出院后3天门诊费用{value}",
)
def cost_after() -> pl.Expr:
    """Fee of clinic and emergency visits on the three days after discharge."""
    return pl.col("after_cost").fill_null(0)


@feature(
    STAY,
    over="around",
    unit=SHARE,
    family="around the stay",
    direction=HIGH,
    zh="入院前3天门诊费用占比",
    says="outpatient care of the 3 days before it cost {value} of the stay",
    says_zh="入院前3天门诊费用为住院费用的{value}",
)
def cost_before_share() -> pl.Expr:
    """Fee of clinic and emergency visits on the three days before, over the fee of the stay."""
    spent = pl.col("before_cost").fill_null(0)
    return pl.when(pl.col("total_amount") > 0).then(spent / pl.col("total_amount"))


@feature(
    STAY,
    over="around",
    unit=SHARE,
    family="around the stay",
    direction=HIGH,
    zh="住院前后门诊费用占比",
    says="outpatient care around it cost {value} of the stay",
    says_zh="住院前后门诊费用为住院费用的{value}",
)
def around_cost_share() -> pl.Expr:
    """Fee of visits from 3 days before to 3 days after the stay, over the fee of the stay."""
    spent = pl.col("around_cost").fill_null(0)
    return pl.when(pl.col("total_amount") > 0).then(spent / pl.col("total_amount"))


@feature(
    STAY,
    over="around",
    unit=YUAN,
    family="around the stay",
    direction=HIGH,
    zh="住院前后本院门诊费用",
    says="outpatient care of its own hospital around it cost {value}",
    says_zh="住院前后3天本院门诊费用{value}",
)
def own_clinic_cost_around() -> pl.Expr:
    """Fee of visits to the same hospital on the three days before and after the stay."""
    return pl.col("own_cost").fill_null(0)


@feature(
    STAY,
    over="around",
    unit=YUAN,
    family="around the stay",
    direction=HIGH,
    zh="住院期间院外购药费用",
    says="{value} were spent at pharmacies during it",
    says_zh="住院期间院外购药{value}",
)
def pharmacy_cost() -> pl.Expr:
    """Spent at pharmacies from three days before admission to discharge: bought outside."""
    return pl.col("pharmacy_cost").fill_null(0)


@feature(
    STAY,
    over="around",
    unit=COUNT,
    family="around the stay",
    direction=HIGH,
    zh="入院前3天门诊次数",
    says="{value} outpatient visits fell on the 3 days before it",
    says_zh="入院前3天门诊{value}次",
)
def visits_before() -> pl.Expr:
    """Clinic and emergency visits on the three days before admission."""
    return pl.col("visits_before").fill_null(0)


@feature(
    STAY,
    over="around",
    unit=RATIO,
    family="around the stay",
    direction=HIGH,
    zh="住院前后最贵门诊与平时之比",
    says="the dearest visit around it cost {value} of what the person's visits usually do",
    says_zh="住院前后最贵一次门诊为其平时门诊的{value}",
)
def visit_over_usual() -> pl.Expr:
    """Dearest visit around the stay over the median of the person's visits of the year before."""
    return ratio("dearest_visit", "usual_visit")


@feature(
    STAY,
    over="kits",
    unit=COUNT,
    family="devices not billed",
    direction=HIGH,
    zh="手术必需耗材未收费数",
    says="{value} devices that its operations cannot be done without are not billed",
    says_zh="手术必需耗材{value}种未收费",
)
def kits_not_billed() -> pl.Expr:
    """Kits of its operations of which no device is billed (list 2025, item 35)."""
    return (~pl.col("billed")).sum()


@feature(
    STAY,
    over="kits",
    unit=COUNT,
    family="devices not billed",
    direction=HIGH,
    zh="手术必需耗材无收费无登记数",
    says="{value} devices that its operations need are neither billed nor recorded",
    says_zh="手术必需耗材{value}种既未收费也无使用登记",
)
def kits_not_billed_nor_recorded() -> pl.Expr:
    """Kits of its operations of which no device is billed, and none recorded as used."""
    return (~pl.col("billed") & ~pl.col("used")).sum()
