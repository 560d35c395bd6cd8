"""Rules on what stands above the stay: persons, physicians, departments, hospitals, groups.

The acts behind these patterns may fall under Article 40; the step from 38 to 40 is a question
of purpose, which people decide and no data does. Each is therefore a clue under Article 38.
"""

from __future__ import annotations

import polars as pl

from features.declaration import DEPARTMENT, GROUP, HOSPITAL, PERSON, PHYSICIAN
from rules import protective_levels as protective
from rules.declaration import CLUE, limit, rule

COST_OF_A_STAY = pl.col("year_amount") / pl.col("stays_in_year")


@rule(
    "H07",
    GROUP,
    en="Clustered stays",
    zh="聚集性住院",
    hook="38-2",
    grade=CLUE,
    version="2026-02",
    limits=(
        "group_members",
        "group_meetings_per_pair",
        "group_surprise",
        "group_bill_likeness",
        "group_address_share",
    ),
    evidence=(
        "size",
        "meetings_per_pair",
        "repeats",
        "repeat_surprise",
        "waves",
        "bill_likeness",
        "address_share",
        "physician_share",
        "group_amount",
    ),
    loss_method="line_sum",
    amount=pl.col("group_amount"),
    says="{limit:.0f} or more persons who lie in one ward together again and again",
    says_zh="{limit:.0f}人以上反复结伴住同一病区",
    protected_by=(
        protective.group_household,
        protective.group_regular_care,
        protective.group_outbreak,
        protective.group_care_home,
        protective.group_accident,
    ),
    branches=(
        ("size", "meetings_per_pair", "repeat_surprise", "bill_likeness"),
        ("size", "meetings_per_pair", "repeat_surprise", "address_share"),
    ),
)
def clustered_stays() -> pl.Expr:
    """Persons admitted together again and again, beyond what chance allows.

    Enough members, two or more common stays a pair, repeats that chance does not explain,
    and either bills that are alike or one address for half of them.
    """
    alike = pl.col("bill_likeness") >= limit("group_bill_likeness")
    near = pl.col("address_share") >= limit("group_address_share")
    return (
        (pl.col("size") >= limit("group_members"))
        & (pl.col("meetings_per_pair") >= limit("group_meetings_per_pair"))
        & (pl.col("repeat_surprise") >= limit("group_surprise"))
        & (alike.fill_null(value=False) | near.fill_null(value=False))
    )


@rule(
    "H06G",
    GROUP,
    en="Induced stays of one place",
    zh="诱导住院（同一来源集中入院）",
    hook="38-2",
    grade=CLUE,
    version="2026-02",
    limits=("group_members", "group_surprise", "group_waived_share"),
    evidence=(
        "size",
        "arrived_from_one_place",
        "arrival_surprise",
        "waived_share",
        "address_share",
        "referrer_share",
        "group_amount",
    ),
    loss_method="line_sum",
    amount=pl.col("group_amount"),
    says="{limit:.0f} or more persons of one place admitted in a week, at hardly any cost to them",
    says_zh="同一来源{limit:.0f}人以上一周内集中入院且个人支付明显偏低",
    protected_by=(
        protective.group_household,
        protective.group_regular_care,
        protective.group_outbreak,
        protective.group_care_home,
        protective.group_accident,
        protective.group_screening,
        protective.group_relief,
    ),
)
def induced_stays() -> pl.Expr:
    """Persons of one address or referrer who fill beds in one week and pay hardly anything.

    The week is beyond what that place usually sends, and in half of the stays or more the
    person paid less than 70% of what persons of the scheme usually pay.
    """
    return (
        (pl.col("size") >= limit("group_members"))
        & (pl.col("arrival_surprise") >= limit("group_surprise"))
        & (pl.col("waived_share") >= limit("group_waived_share"))
    )


@rule(
    "H09P",
    PERSON,
    en="Person with frequent stays",
    zh="频繁住院人员",
    hook="38-2",
    official="GZ204004",
    grade=CLUE,
    version="2026-02",
    limits=(
        "frequent_stays_year",
        "frequent_stays_quarter",
        "frequent_hospitals_quarter",
        "frequent_days_year",
    ),
    evidence=(
        "stays_in_year",
        "stays_in_quarter",
        "hospitals_in_quarter",
        "days_in_year",
        "unexplained_in_year",
        "unexplained_in_quarter",
        "shortest_gap",
        "unexplained_amount",
    ),
    loss_method="line_sum",
    amount=pl.col("unexplained_amount"),
    says="{limit:.0f} or more stays in a year, or as dense in a shorter time",
    says_zh="一年住院{limit:.0f}次以上，或短期内密集住院",
    protected_by=(
        protective.person_oncology,
        protective.person_dialysis,
        protective.person_transfusion,
        protective.person_psychiatric,
        protective.person_palliative,
        protective.person_rehabilitation,
        protective.person_announced,
        protective.person_emergencies,
    ),
    branches=(
        ("stays_in_year", "stays_in_quarter", "unexplained_in_year", "unexplained_in_quarter"),
    ),
)
def frequent_stays() -> pl.Expr:
    """A person in hospital again and again without a known cause to come so often.

    Six stays in a year, four in 90 days, three hospitals in 90 days, or more than 180 days in
    bed outside psychiatry; known causes are checked before it speaks.
    """
    days = pl.col("days_in_year") > limit("frequent_days_year")
    hospitals = pl.col("hospitals_in_quarter") >= limit("frequent_hospitals_quarter")
    return (
        (pl.col("stays_in_year") >= limit("frequent_stays_year"))
        | (pl.col("stays_in_quarter") >= limit("frequent_stays_quarter"))
        | hospitals.fill_null(value=False)
        | days.fill_null(value=False)
    )


@rule(
    "H17",
    HOSPITAL,
    en="Admissions bunched before a cut-off",
    zh="节前月末冲量入院",
    hook="38-2",
    grade=CLUE,
    version="2026-02",
    limits=("bunching_z", "bunching_admissions", "beds_full"),
    evidence=(
        "push_z",
        "push_excess",
        "pushes_in_year",
        "push_urgent_share",
        "week_z",
        "census_over_beds",
        "stays_in_year",
        "year_amount",
    ),
    loss_method="line_sum",
    amount=COST_OF_A_STAY * pl.col("push_excess"),
    says="admissions strayed by more than {limit:.0f} usual errors before a holiday or cut-off",
    says_zh="节前或结算截止前收治偏离常态误差{limit:.0f}倍以上",
    protected_by=(protective.surge_of_urgent, protective.school_holiday),
    branches=(("push_z", "push_excess"), ("census_over_beds",)),
)
def bunched_admissions() -> pl.Expr:
    """Admissions of a hospital that bunch before a holiday, a month end or the year end.

    More than its own year, its mix and the other hospitals lead to expect, by the usual error
    of its weeks; or more persons in bed than beds approved.
    """
    bunched = (pl.col("push_z") > limit("bunching_z")) & (
        pl.col("push_excess") >= limit("bunching_admissions")
    )
    full = pl.col("census_over_beds") > limit("beds_full")
    return bunched.fill_null(value=False) | full.fill_null(value=False)


@rule(
    "H17W",
    DEPARTMENT,
    en="Admissions of a department bunched before a cut-off",
    zh="科室节前月末冲量入院",
    hook="38-2",
    grade=CLUE,
    version="2026-02",
    limits=("bunching_z", "bunching_admissions"),
    evidence=(
        "push_z",
        "push_excess",
        "pushes_in_year",
        "push_urgent_share",
        "week_z",
        "stays_in_year",
        "year_amount",
    ),
    loss_method="line_sum",
    amount=COST_OF_A_STAY * pl.col("push_excess"),
    says="admissions strayed by more than {limit:.0f} usual errors before a holiday or cut-off",
    says_zh="节前或结算截止前收治偏离常态误差{limit:.0f}倍以上",
    protected_by=(protective.surge_of_urgent, protective.school_holiday),
)
def bunched_in_department() -> pl.Expr:
    """Admissions of a department that bunch before a holiday, a month end or the year end.

    The same as for the hospital, where one department bunches and the whole hides it.
    """
    return (pl.col("push_z") > limit("bunching_z")) & (
        pl.col("push_excess") >= limit("bunching_admissions")
    )


@rule(
    "H18D",
    PHYSICIAN,
    en="Bills of one physician alike line for line",
    zh="同一医师账单雷同",
    hook="38-2",
    grade=CLUE,
    version="2026-02",
    limits=("alike_bills", "alike_diagnoses"),
    evidence=(
        "alike_bills",
        "alike_diagnoses",
        "alike_share",
        "one_day_share",
        "stays_in_year",
        "year_amount",
    ),
    loss_method="line_sum",
    amount=COST_OF_A_STAY * pl.col("alike_bills"),
    says="{limit:.0f} or more stays within 30 days with the same bill under different diagnoses",
    says_zh="30天内{limit:.0f}次以上住院诊断不同而账单逐项相同",
    protected_by=(protective.standard_day_care,),
)
def bills_alike() -> pl.Expr:
    """One physician's stays with one and the same bill, though the diagnoses differ.

    Items and quantities agree line for line; a package that a day ward gives to all is none.
    """
    return (pl.col("alike_bills") >= limit("alike_bills")) & (
        pl.col("alike_diagnoses") >= limit("alike_diagnoses")
    )
