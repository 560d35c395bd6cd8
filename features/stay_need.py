"""Features of the need for a bed: acuity, treatment that needs a ward, tests (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, STAY, feature
from features.stay import share_of
from features.units import COUNT, DAYS, SHARE, WEIGHT, YES_NO, YUAN

TESTS = ("examination", "laboratory")
IS_TEST = pl.col("category").is_in(TESTS)
# Tests on the day of admission and the next are the work-up; later ones follow an illness.
WORK_UP_DAYS = 1


def kinds_of(*categories: str) -> pl.Expr:
    """Number of different items of some classes of fee."""
    return pl.col("item_code").filter(pl.col("category").is_in(categories)).n_unique()


@feature(
    STAY,
    over="need",
    unit=WEIGHT,
    family="need",
    direction=LOW,
    zh="病组权重",
    says="its case group weighs {value}",
    says_zh="病组权重{value}",
)
def group_weight() -> pl.Expr:
    """Relative weight of the case group at the hospital's level; below 0.5 is low acuity (H03)."""
    return pl.col("weight")


@feature(
    STAY,
    over="need",
    unit=YES_NO,
    family="need",
    direction=HIGH,
    zh="低风险主要诊断",
    says="its main diagnosis is as a rule treated without a bed: {value}",
    says_zh="主要诊断通常可在门诊治疗：{value}",
)
def low_acuity_diagnosis() -> pl.Expr:
    """Whether the main diagnosis is on the dated list of low acuity, 1 or 0."""
    return pl.col("low_acuity")


@feature(
    STAY,
    over="reasons",
    unit=YES_NO,
    family="reasons",
    direction=LOW,
    zh="确诊或疑似肿瘤",
    says="a tumour is known or looked for: {value}",
    says_zh="确诊或疑似肿瘤：{value}",
    empty=0,
    peers=False,
)
def tumour_looked_for() -> pl.Expr:
    """Whether a diagnosis is a tumour or the search for one, 1 or 0."""
    return pl.col("tumour_search").any()


@feature(
    STAY,
    over="reasons",
    unit=YES_NO,
    family="reasons",
    direction=LOW,
    zh="移植相关诊断",
    says="an organ is given or received: {value}",
    says_zh="移植相关诊断：{value}",
    empty=0,
    peers=False,
)
def transplant_prepared() -> pl.Expr:
    """Whether a diagnosis is one of giving or receiving an organ, 1 or 0."""
    return pl.col("transplant").any()


@feature(
    STAY,
    over="reasons",
    unit=YES_NO,
    family="reasons",
    direction=LOW,
    zh="需隔离的感染",
    says="an infection keeps the person apart: {value}",
    says_zh="需隔离的感染性疾病：{value}",
    empty=0,
    peers=False,
)
def isolation_needed() -> pl.Expr:
    """Whether a diagnosis is an infection that is kept apart, 1 or 0."""
    return pl.col("isolation").any()


@feature(
    STAY,
    over="reasons",
    unit=YES_NO,
    family="reasons",
    direction=LOW,
    zh="手术取消",
    says="an operation was put off: {value}",
    says_zh="拟行手术未实施：{value}",
    empty=0,
    peers=False,
)
def operation_put_off() -> pl.Expr:
    """Whether an operation was prepared and not carried out (Z53), 1 or 0."""
    return pl.col("put_off").any()


@feature(
    STAY,
    over="reasons",
    unit=YES_NO,
    family="reasons",
    direction=LOW,
    zh="等待转入其他机构",
    says="the person waits for a place elsewhere: {value}",
    says_zh="等待转入其他机构：{value}",
    empty=0,
    peers=False,
)
def awaiting_place() -> pl.Expr:
    """Whether the person waits for a place elsewhere (Z75), 1 or 0."""
    return pl.col("waiting").any()


@feature(
    STAY,
    over="services",
    unit=COUNT,
    family="need",
    direction=LOW,
    zh="需住院的治疗种类数",
    says="{value} kinds of treatment need a ward",
    says_zh="需住院的治疗{value}种",
)
def bed_care_items() -> pl.Expr:
    """Different treatments that need a ward; null where the name of a treatment is unknown."""
    found = pl.col("item_code").filter("bed_care").n_unique()
    return pl.when((found > 0) | ~pl.col("unnamed").any()).then(found)


@feature(
    STAY,
    over="services",
    unit=DAYS,
    family="need",
    direction=LOW,
    zh="需住院的治疗天数",
    says="treatment that needs a ward was given on {value}",
    says_zh="有{value}接受需住院的治疗",
)
def bed_care_days() -> pl.Expr:
    """Days of the stay with a treatment that needs a ward; null where names are unknown."""
    inside = pl.col("day").is_between(0, pl.col("days"))
    found = pl.col("day").filter(pl.col("bed_care") & inside).n_unique()
    return pl.when((found > 0) | ~pl.col("unnamed").any()).then(found)


@feature(
    STAY,
    over="services",
    unit=SHARE,
    family="need",
    direction=HIGH,
    zh="理疗占比",
    says="physiotherapy makes up {value} of the fee",
    says_zh="理疗费占{value}",
)
def physiotherapy_share() -> pl.Expr:
    """Share of physiotherapy and traditional treatments in the fee."""
    total = pl.col("amount").sum()
    part = pl.col("amount").filter("physiotherapy").sum()
    return pl.when(total > 0).then(part / total)


@feature(
    STAY,
    over="services",
    unit=DAYS,
    family="need",
    direction=LOW,
    zh="特级/一级护理天数",
    says="was nursed at the highest grades on {value}",
    says_zh="特级或一级护理{value}",
)
def intensive_nursing_days() -> pl.Expr:
    """Days with nursing of the special or first grade: how ill the ward thought the person."""
    return pl.col("day").filter("intensive").n_unique()


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="tests",
    direction=HIGH,
    zh="检查种类数",
    says="{value} different examinations were billed",
    says_zh="检查{value}种",
)
def imaging_items() -> pl.Expr:
    """Number of different examinations: imaging, endoscopy, function."""
    return kinds_of("examination")


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="tests",
    direction=HIGH,
    zh="检验种类数",
    says="{value} different laboratory tests were billed",
    says_zh="检验{value}种",
)
def laboratory_items() -> pl.Expr:
    """Number of different laboratory tests."""
    return kinds_of("laboratory")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="tests",
    direction=HIGH,
    zh="检查占比",
    says="examinations make up {value} of the fee",
    says_zh="检查费占{value}",
)
def imaging_share() -> pl.Expr:
    """Share of examinations in the fee (indicators ZB10000205005 and 006)."""
    return share_of("examination")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="tests",
    direction=HIGH,
    zh="检验占比",
    says="laboratory tests make up {value} of the fee",
    says_zh="检验费占{value}",
)
def laboratory_share() -> pl.Expr:
    """Share of laboratory tests in the fee."""
    return share_of("laboratory")


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="tests",
    direction=LOW,
    zh="重复检查检验占比",
    says="{value} of its tests were done again",
    says_zh="检查检验中{value}为复查",
)
def repeated_test_share() -> pl.Expr:
    """Share of lines of tests that repeat an item: an illness is followed, a check-up is not."""
    tests = IS_TEST.sum()
    return pl.when(tests > 0).then(1 - kinds_of(*TESTS) / tests)


@feature(
    STAY,
    over="lines",
    unit=SHARE,
    family="tests",
    direction=HIGH,
    zh="入院两日内检查检验占比",
    says="{value} of the fee of its tests fell on the first two days",
    says_zh="检查检验费的{value}发生在入院两日内",
)
def early_test_share() -> pl.Expr:
    """Share of the fee of tests that fell on the day of admission or the next."""
    total = pl.col("amount").filter(IS_TEST).sum()
    early = pl.col("amount").filter(IS_TEST & (pl.col("day") <= WORK_UP_DAYS)).sum()
    return pl.when(total > 0).then(early / total)


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="tests",
    direction=BOTH,
    zh="入院两日内检查检验种类数",
    says="{value} different tests were done on the first two days",
    says_zh="入院两日内检查检验{value}种",
)
def early_tests() -> pl.Expr:
    """Different tests on the day of admission or the next: none where the work-up was moved."""
    early = IS_TEST & pl.col("day").is_between(0, WORK_UP_DAYS)
    return pl.col("item_code").filter(early).n_unique()


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="tests",
    direction=HIGH,
    zh="日均检查检验种类数",
    says="{value} different tests for each day",
    says_zh="平均每天检查检验{value}种",
)
def tests_a_day() -> pl.Expr:
    """Different examinations and tests for each day of the stay."""
    return kinds_of(*TESTS) / pl.col("days").first().clip(lower_bound=1)


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="treatment",
    direction=LOW,
    zh="药品种类数",
    says="{value} different drugs were billed",
    says_zh="药品{value}种",
)
def drug_items() -> pl.Expr:
    """Number of different drugs."""
    return kinds_of("drug")


@feature(
    STAY,
    over="lines",
    unit=COUNT,
    family="treatment",
    direction=LOW,
    zh="治疗种类数",
    says="{value} different treatments were billed",
    says_zh="治疗项目{value}种",
)
def treatment_items() -> pl.Expr:
    """Number of different treatments, operations and exercises."""
    return kinds_of("treatment", "surgery", "rehabilitation")


@feature(
    STAY,
    over="lines",
    unit=YUAN,
    family="treatment",
    direction=LOW,
    zh="日均治疗与药品费用",
    says="treatment and drugs cost {value} a day",
    says_zh="治疗与药品日均{value}",
)
def care_cost_per_day() -> pl.Expr:
    """Fee of treatment, operations, exercises and drugs for each day of the stay."""
    care = pl.col("category").is_in(("treatment", "surgery", "rehabilitation", "drug"))
    return pl.col("amount").filter(care).sum() / pl.col("days").first().clip(lower_bound=1)
