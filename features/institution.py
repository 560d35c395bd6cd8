"""Features of a physician, a department and a hospital: volume, mix, returns, timing, bills.

All look at the stays of the last year as known that night (bills: the last 92 days). Where
cases differ, a value is held against what *other* hospitals do with the same cases.
"""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, DEPARTMENT, HIGH, HOSPITAL, LOW, PHYSICIAN, feature, shared
from features.level_expected import MILLIONTHS
from features.units import COUNT, RATIO, SHARE, YUAN

# Added to both sides of observed over expected, so that few stays say little: ten stays that
# cost what is expected, or three events where events are counted (a gamma prior of mean one).
PAD_STAYS = 10
PAD_EVENTS = 3
# A stretch so far out comes by chance in one of forty.
BUNCHED_Z = 2.0
TEMPTING = pl.col("fresh") & ~pl.col("weekly")
FRESH_WEEK = pl.col("fresh") & pl.col("weekly")
WEEK = pl.col("recent") & pl.col("weekly")
# The stretch before a holiday or cut-off that strays most.
FARTHEST = TEMPTING & (pl.col("z") == pl.col("z").filter(TEMPTING).max())


def observed(name: str) -> pl.Expr:
    """Sum of a measure over the stays for which something is expected, in millionths."""
    known = pl.col(f"expected_{name}").is_not_null()
    return pl.col(name).filter(known).sum().cast(pl.Int64) * MILLIONTHS


def expected(name: str) -> pl.Expr:
    """Sum of what is expected, in millionths."""
    return pl.col(f"expected_{name}").sum()


def over_expected(name: str, pad: int, *, of_stays: bool = True) -> pl.Expr:
    """Observed over expected, drawn to one by ``pad`` stays or events as expected."""
    known = pl.col(f"expected_{name}").count()
    added = pad * expected(name) / known if of_stays else pl.lit(pad * MILLIONTHS)
    ratio = (observed(name) + added) / (expected(name) + added)
    return pl.when((known > 0) & (expected(name) + added > 0)).then(ratio)


def top_share(name: str) -> pl.Expr:
    """Share of all rows that carry the commonest value of a column."""
    return pl.col(name).drop_nulls().value_counts().struct.field("count").max() / pl.len()


def share_of_fees(name: str) -> pl.Expr:
    """Sum of a column over the fees of the rows that fill it."""
    fees = pl.col("total_amount").filter(pl.col(name).is_not_null()).sum()
    return pl.when(fees > 0).then(pl.col(name).sum() / fees)


def recent(name: str) -> pl.Expr:
    """Sum over the weeks of the last 92 days, in millionths."""
    return pl.col(name).filter(WEEK).sum()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=COUNT,
    family="volume",
    direction=BOTH,
    zh="年住院人次",
    says="had {value} {stay|stays} in a year",
    says_zh="一年住院{value}人次",
    empty=0,
)
def stays_in_year() -> pl.Expr:
    """Stays that began in the last 365 days."""
    return pl.col("stay_id").count()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=YUAN,
    family="volume",
    direction=BOTH,
    zh="年住院费用",
    says="billed {value} in a year",
    says_zh="一年住院费用{value}",
    empty=0,
)
def year_amount() -> pl.Expr:
    """Fees of these stays."""
    return pl.col("total_amount").sum()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=RATIO,
    family="volume",
    direction=HIGH,
    zh="近期住院增长",
    says="admitted {value} of what its year and the season lead to expect, in three months",
    says_zh="近三个月收治为其全年及季节水平的{value}",
)
def growth() -> pl.Expr:
    """Admissions of the last 92 days over those expected; ten as expected are added to both."""
    pad = PAD_STAYS * MILLIONTHS
    return (recent("observed") * MILLIONTHS + pad) / (recent("expected") + pad)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=YUAN,
    family="case mix",
    direction=HIGH,
    zh="超出同类病例的费用",
    says="billed {value} beyond the same cases elsewhere",
    says_zh="超出同类病例费用{value}",
)
def excess_amount() -> pl.Expr:
    """Fees of a year beyond those of the same case groups and level at other hospitals."""
    return (observed("total_amount") - expected("total_amount")) // MILLIONTHS


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="case mix",
    direction=HIGH,
    zh="费用实际/期望比",
    says="costs {value} of the same cases elsewhere",
    says_zh="费用为同类病例的{value}",
)
def cost_over_expected() -> pl.Expr:
    """Fees over those of the same case groups and level elsewhere; shrunk by ten stays."""
    return over_expected("total_amount", PAD_STAYS)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="case mix",
    direction=HIGH,
    zh="住院日实际/期望比",
    says="keeps the sick {value} of the time of the same cases elsewhere",
    says_zh="住院日为同类病例的{value}",
)
def days_over_expected() -> pl.Expr:
    """Days over those of the same case groups and level elsewhere; shrunk by ten stays."""
    return over_expected("days", PAD_STAYS)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="coding",
    direction=HIGH,
    zh="严重并发症编码实际/期望比",
    says="codes major complications {value} as often as elsewhere",
    says_zh="严重并发症编码为同类的{value}",
)
def severe_over_expected() -> pl.Expr:
    """Stays in a group with a major complication over those expected by family."""
    return over_expected("severe", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="coding",
    direction=HIGH,
    zh="严重并发症占比",
    says="{value} of the stays are in a group with a major complication",
    says_zh="{value}的住院入严重并发症病组",
)
def severe_share() -> pl.Expr:
    """Share of stays in a group with a major complication."""
    return pl.col("severe").mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="indication",
    direction=HIGH,
    zh="低标准入院占比",
    says="{value} of the stays are light cases that could be treated outside",
    says_zh="{value}的住院为低标准入院",
)
def low_acuity_share() -> pl.Expr:
    """Share of light cases: a light group, 3 to 8 days, no operation, no emergency."""
    return pl.col("low_acuity").mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="indication",
    direction=HIGH,
    zh="低标准入院实际/期望比",
    says="has {value} of the light cases that its level has elsewhere",
    says_zh="低标准入院为同级的{value}",
)
def low_acuity_over_expected() -> pl.Expr:
    """Light cases over those expected of the level; shrunk by three cases."""
    return over_expected("low_acuity", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="returns",
    direction=HIGH,
    zh="15日再住院实际/期望比",
    says="sees {value} of the unplanned returns of the same cases elsewhere",
    says_zh="15日内非计划再住院为同类的{value}",
)
def readmitted_over_expected() -> pl.Expr:
    """Unplanned stays within 15 days after discharge, anywhere, over those expected."""
    return over_expected("readmitted", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="returns",
    direction=HIGH,
    zh="疑似分解住院对占比",
    says="{value} of the stays were followed by one for the same condition here within 15 days",
    says_zh="{value}的住院15日内同院同病再住院",
)
def split_pair_share() -> pl.Expr:
    """Share of stays followed, unplanned, by one here for the same condition in 15 days."""
    return pl.col("split_pair").mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="returns",
    direction=HIGH,
    zh="同院同病再住院实际/期望比",
    says="has {value} of the returns for the same condition that the same cases have elsewhere",
    says_zh="同院同病再住院为同类的{value}",
)
def split_pair_over_expected() -> pl.Expr:
    """Such pairs over those expected; shrunk by three pairs."""
    return over_expected("split_pair", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="timing",
    direction=HIGH,
    zh="夜间入院实际/期望比",
    says="admits {value} of what others admit at night",
    says_zh="夜间入院为同类的{value}",
)
def night_over_expected() -> pl.Expr:
    """Admissions between 20 and 6 over those expected in the same chapters and level."""
    return over_expected("at_night", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="timing",
    direction=HIGH,
    zh="休息日入院实际/期望比",
    says="admits {value} of what others admit on free days",
    says_zh="休息日入院为同类的{value}",
)
def free_day_over_expected() -> pl.Expr:
    """Admissions on weekends and holidays over those expected in the same chapters and level."""
    return over_expected("free", PAD_EVENTS, of_stays=False)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="timing",
    direction=HIGH,
    zh="节前月末入院实际/期望比",
    says="admits {value} of what others admit before holidays and at the ends of months",
    says_zh="节前月末入院为同类的{value}",
)
def pushed_over_expected() -> pl.Expr:
    """Admissions five days before a holiday or month end, or from 22 December, over expected."""
    return over_expected("pushed", PAD_EVENTS, of_stays=False)


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=RATIO,
    family="timing",
    direction=HIGH,
    zh="节前月末冲量偏离",
    says="strays by {value} its usual error before a holiday or cut-off",
    says_zh="节前月末收治偏离其常态误差的{value}",
)
def push_z() -> pl.Expr:
    """Largest z of a stretch before a holiday, a month end or the year end, in 45 days."""
    return pl.col("z").filter(TEMPTING).max()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=COUNT,
    family="timing",
    direction=HIGH,
    zh="节前月末超量收治",
    says="admitted {value} {person|persons} more than expected before a holiday or cut-off",
    says_zh="节前月末超量收治{value}人次",
)
def push_excess() -> pl.Expr:
    """Admissions beyond those expected in the stretch that strays most."""
    return pl.col("excess").filter(FARTHEST).max()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=SHARE,
    family="timing",
    direction=LOW,
    zh="冲量期急症占比",
    says="{value} of those who came in that stretch were urgent",
    says_zh="该时段入院者中{value}为急症",
)
def push_urgent_share() -> pl.Expr:
    """Emergencies, infections, airways and injuries in the stretch that strays most."""
    return pl.col("urgent").filter(FARTHEST).max()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=SHARE,
    family="timing",
    direction=LOW,
    zh="冲量期学龄占比",
    says="{value} of those who came in that stretch were of school age",
    says_zh="该时段入院者中{value}为学龄儿童",
)
def push_school_share() -> pl.Expr:
    """Children of 3 to 18 years in the stretch that strays most."""
    return pl.col("young").filter(FARTHEST).max()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=COUNT,
    family="timing",
    direction=HIGH,
    zh="年内冲量次数",
    says="bunched {value} {time|times} in a year before a holiday or cut-off",
    says_zh="年内节前月末冲量{value}次",
)
def pushes_in_year() -> pl.Expr:
    """Stretches of the year before a holiday or cut-off with a z above two."""
    return ((pl.col("z") > BUNCHED_Z) & ~pl.col("weekly")).sum()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=RATIO,
    family="timing",
    direction=HIGH,
    zh="单周冲量偏离",
    says="strays by {value} its usual error in one week",
    says_zh="单周收治偏离其常态误差的{value}",
)
def week_z() -> pl.Expr:
    """Largest z of a week in the last 45 days."""
    return pl.col("z").filter(FRESH_WEEK).max()


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="windows",
    unit=COUNT,
    family="timing",
    direction=HIGH,
    zh="单周超量收治",
    says="admitted {value} {person|persons} more than expected in one week",
    says_zh="单周超量收治{value}人次",
)
def week_excess() -> pl.Expr:
    """Largest number of admissions beyond those expected in a week of the last 45 days."""
    return pl.col("excess").filter(FRESH_WEEK).max()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="concentration",
    direction=BOTH,
    zh="首位病种占比",
    says="{value} of the stays are in one family of groups",
    says_zh="{value}的住院集中于一个病种",
)
def family_concentration() -> pl.Expr:
    """Share of the commonest family of case groups."""
    return top_share("family")


@shared(
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="concentration",
    direction=BOTH,
    zh="首位医师占比",
    says="{value} of the stays are of one physician",
    says_zh="{value}的住院由一名医师收治",
)
def physician_concentration() -> pl.Expr:
    """Share of the physician with the most stays."""
    return top_share("physician_id")


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="concentration",
    direction=HIGH,
    zh="首位介绍人占比",
    says="{value} of the stays were brought by one referrer",
    says_zh="{value}的住院由同一介绍人介绍",
    empty=0,
)
def referrer_concentration() -> pl.Expr:
    """Stays brought by the busiest referrer, of all stays."""
    return top_share("referrer")


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=RATIO,
    family="concentration",
    direction=HIGH,
    zh="人均住院次数",
    says="admitted each person {value}",
    says_zh="每人住院{value}",
)
def stays_per_person() -> pl.Expr:
    """Stays over persons: how often the same people come."""
    return pl.col("stay_id").count() / pl.col("person_id").n_unique()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="indication",
    direction=BOTH,
    zh="一日住院占比",
    says="{value} of the stays lasted at most one day",
    says_zh="{value}的住院不超过一天",
)
def one_day_share() -> pl.Expr:
    """Share of stays of at most one day."""
    return (pl.col("days") <= 1).mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="indication",
    direction=BOTH,
    zh="急诊入院占比",
    says="{value} of the stays began as an emergency",
    says_zh="{value}的住院为急诊入院",
)
def emergency_share() -> pl.Expr:
    """Share of emergency admissions."""
    return (pl.col("admission_way") == "emergency").mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="returns",
    direction=HIGH,
    zh="自动出院占比",
    says="{value} of the stays ended against advice",
    says_zh="{value}的住院为非医嘱离院",
)
def against_advice_share() -> pl.Expr:
    """Share of stays that ended against medical advice."""
    return (pl.col("discharge_way") == "against_advice").mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="payment",
    direction=HIGH,
    zh="统筹基金占比",
    says="the fund pays {value} of the fees",
    says_zh="基金支付占费用的{value}",
)
def fund_dependency() -> pl.Expr:
    """Share of the fees that the fund pays."""
    return share_of_fees("fund_amount")


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="payment",
    direction=LOW,
    zh="个人支付占比",
    says="persons pay {value} of the fees",
    says_zh="个人支付占费用的{value}",
)
def self_pay_share() -> pl.Expr:
    """Share of the fees that persons pay; a low one may be a waiver."""
    return share_of_fees("self_pay_amount")


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="stays",
    unit=SHARE,
    family="payment",
    direction=HIGH,
    zh="个人零支付占比",
    says="{value} of the stays cost the person nothing",
    says_zh="{value}的住院个人零支付",
)
def no_self_pay_share() -> pl.Expr:
    """Share of stays for which the person paid nothing."""
    return ((pl.col("self_pay_amount") == 0) & (pl.col("total_amount") > 0)).mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=SHARE,
    family="bills",
    direction=HIGH,
    zh="耗占比",
    says="consumables make {value} of the fees of three months",
    says_zh="近三个月耗材占费用{value}",
)
def goods_share() -> pl.Expr:
    """Share of consumables in the fees of the last 92 days (ZB10000205003)."""
    return pl.when(pl.col("total_amount").sum() > 0).then(
        pl.col("goods").sum() / pl.col("total_amount").sum()
    )


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=RATIO,
    family="bills",
    direction=HIGH,
    zh="耗材费实际/期望比",
    says="bills {value} of the consumables of the same cases elsewhere",
    says_zh="耗材费为同类病例的{value}",
)
def goods_over_expected() -> pl.Expr:
    """Consumables over those of the same case groups and level elsewhere, 92 days."""
    return over_expected("goods", PAD_STAYS)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=SHARE,
    family="bills",
    direction=HIGH,
    zh="检查检验占比",
    says="tests make {value} of the fees of three months",
    says_zh="近三个月检查检验占费用{value}",
)
def tests_share() -> pl.Expr:
    """Share of examinations and laboratory tests in the fees of the last 92 days."""
    return pl.when(pl.col("total_amount").sum() > 0).then(
        pl.col("tests").sum() / pl.col("total_amount").sum()
    )


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=RATIO,
    family="bills",
    direction=HIGH,
    zh="检查检验费实际/期望比",
    says="bills {value} of the tests of the same cases elsewhere",
    says_zh="检查检验费为同类病例的{value}",
)
def tests_over_expected() -> pl.Expr:
    """Tests over those of the same case groups and level elsewhere, 92 days."""
    return over_expected("tests", PAD_STAYS)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=COUNT,
    family="bills",
    direction=HIGH,
    zh="雷同账单数",
    says="{value} {bill|bills} of different diagnoses within 30 days {is|are} alike line for line",
    says_zh="30天内{value}份不同诊断的账单逐项相同",
    empty=0,
)
def alike_bills() -> pl.Expr:
    """Most stays in 30 days with the same items and quantities and more than one diagnosis."""
    return pl.col("alike").filter(pl.col("alike_diagnoses") > 1).max().fill_null(0)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=SHARE,
    family="bills",
    direction=HIGH,
    zh="雷同账单占比",
    says="{value} of the bills of three months are like another one",
    says_zh="近三个月{value}的账单与他人逐项相同",
)
def alike_share() -> pl.Expr:
    """Share of bills that repeat, for another diagnosis, one of the 30 days before."""
    return ((pl.col("alike") > 1) & (pl.col("alike_diagnoses") > 1)).mean()


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=COUNT,
    family="bills",
    direction=HIGH,
    zh="雷同账单的诊断数",
    says="bills alike line for line stand under {value} {diagnosis|diagnoses}",
    says_zh="逐项相同的账单涉及{value}个诊断",
    empty=0,
)
def alike_diagnoses() -> pl.Expr:
    """Most different main diagnoses under one and the same bill within 30 days."""
    return pl.col("alike_diagnoses").filter(pl.col("alike") > 1).max().fill_null(0)


@shared(
    PHYSICIAN,
    DEPARTMENT,
    HOSPITAL,
    over="bills",
    unit=SHARE,
    family="bills",
    direction=BOTH,
    zh="冲红占比",
    says="{value} of what was billed was reversed",
    says_zh="{value}的计费被冲红",
)
def reversed_share() -> pl.Expr:
    """Reversed over billed amounts, 92 days."""
    return pl.when(pl.col("billed_amount").sum() > 0).then(
        pl.col("reversed_amount").sum() / pl.col("billed_amount").sum()
    )


@feature(
    HOSPITAL,
    over="census",
    unit=RATIO,
    family="capacity",
    direction=HIGH,
    zh="最高在院人数/核定床位",
    says="had {value} as many in bed as beds approved, on its fullest day",
    says_zh="最高在院人数为核定床位的{value}",
)
def census_over_beds() -> pl.Expr:
    """Most persons in bed on a day over the beds approved."""
    return pl.when(pl.col("approved_beds").max() > 0).then(
        pl.col("in_bed").max() / pl.col("approved_beds").max()
    )
