"""Protective conditions (豁免) of persons, groups, departments and hospitals."""

from __future__ import annotations

import polars as pl

from rules.declaration import Protective, limit

# From this share on, a cause explains the whole.
MOSTLY = 0.8
HALF = 0.5
A_THIRD = 1 / 3
# More persons than this do not live in one household.
HOUSEHOLD = 8
ONE_EVENT_DAYS = 3


def _at_least(column: str, share: float) -> pl.Expr:
    return (pl.col(column) >= share).fill_null(value=False)


CAUSES = ("oncology", "dialysis", "transfusion", "psychiatric", "palliative", "rehabilitation")


def _few_left() -> pl.Expr:
    """Whether what is left without a known cause would raise nothing by itself."""
    year = pl.col("unexplained_in_year") < limit("frequent_stays_year")
    quarter = pl.col("unexplained_in_quarter") < limit("frequent_stays_quarter")
    places = pl.col("hospitals_in_quarter") < limit("frequent_hospitals_quarter")
    return (year & quarter).fill_null(value=False) & places.fill_null(value=True)


def _person(cause: str, en: str, zh: str) -> Protective:
    mostly = _at_least(f"{cause}_share", HALF)
    return Protective(f"person_{cause}", en, zh, mostly & _few_left())


person_oncology = _person("oncology", "cancer treatment in cycles", "肿瘤周期治疗")
person_dialysis = _person("dialysis", "dialysis for life", "长期透析")
person_transfusion = _person(
    "transfusion", "a blood disease that needs transfusions", "血液病输血依赖"
)
person_psychiatric = _person("psychiatric", "psychiatric care", "精神科治疗")
person_palliative = _person("palliative", "palliative care", "安宁疗护")
person_rehabilitation = _person("rehabilitation", "rehabilitation in steps", "康复接续治疗")
person_emergencies = Protective(
    "person_emergencies",
    "nearly every stay began as an emergency",
    "几乎每次均为急诊入院",
    _at_least("emergencies_share", MOSTLY),
)
person_announced = Protective(
    "person_announced",
    "announced returns, moves between hospitals, births, day care and other known causes",
    "计划内再住院、转院、分娩、日间及其他豁免原因",
    (pl.col("explained_share") > 0).fill_null(value=False)
    & ~pl.any_horizontal(_at_least(f"{cause}_share", HALF) for cause in CAUSES)
    & _few_left(),
)

ONE_WAVE = (pl.col("waves") <= 1).fill_null(value=False)
group_household = Protective(
    "group_household",
    "one household",
    "同一家庭",
    _at_least("address_share", MOSTLY)
    & (pl.col("address_persons") <= HOUSEHOLD).fill_null(value=False),
)
group_regular_care = Protective(
    "group_regular_care",
    "dialysis, cancer or transfusion days that fall together",
    "规律透析、化疗或输血日程重合",
    _at_least("regular_care_share", MOSTLY),
)
group_outbreak = Protective(
    "group_outbreak",
    "an outbreak: one wave of infections",
    "疫情暴发：单批次感染",
    ONE_WAVE & _at_least("infectious_share", MOSTLY),
)
group_care_home = Protective(
    "group_care_home",
    "a care home in winter: old people of one address, ill in the airways",
    "养老机构冬季呼吸道疾病",
    _at_least("address_share", HALF)
    & _at_least("old_age_share", MOSTLY)
    & _at_least("winter_share", MOSTLY)
    & _at_least("respiratory_share", MOSTLY),
)
group_accident = Protective(
    "group_accident",
    "one accident: injuries of one date",
    "同一事故：同日外伤",
    _at_least("injury_share", MOSTLY)
    & (pl.col("first_to_last_day") <= ONE_EVENT_DAYS).fill_null(value=False),
)
group_screening = Protective(
    "group_screening",
    "an official screening programme",
    "官方筛查项目",
    _at_least("screening_share", MOSTLY),
)
group_relief = Protective(
    "group_relief",
    "poverty relief, which pays the person's part",
    "医疗救助减免个人支付",
    _at_least("relief_share", HALF),
)
surge_of_urgent = Protective(
    "surge_of_urgent",
    "a wave of emergencies, infections or injuries",
    "急症、感染或外伤集中",
    _at_least("push_urgent_share", MOSTLY),
)
school_holiday = Protective(
    "school_holiday",
    "planned operations of children in the school holidays",
    "假期学龄儿童择期治疗",
    _at_least("push_school_share", A_THIRD),
)
standard_day_care = Protective(
    "standard_day_care",
    "standard packages of day care",
    "日间标准化套餐",
    _at_least("one_day_share", MOSTLY),
)

ALL: tuple[Protective, ...] = tuple(
    item for item in vars().copy().values() if isinstance(item, Protective)
)
