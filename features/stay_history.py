"""Features of a stay among all other stays of the same person, before it and after it."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, LOW, STAY, feature
from features.units import COUNT, DAYS, YES_NO, YUAN

QUARTER_DAYS, YEAR_DAYS = 90, 365
RETURN_DAYS = 15

BEFORE = pl.col("until") < 0
AFTER = pl.col("until") >= 0


def _not(column: str) -> pl.Expr:
    return ~pl.col(column).fill_null(value=False)


# Stays that no course of treatment, plan, day ward or move between hospitals explains.
MOVED = (pl.col("other_admission_way") == "transfer").fill_null(value=False)
PLAIN = (
    BEFORE
    & ~MOVED
    & _not("other_course")
    & _not("other_day_case")
    & _not("other_planned_readmission")
)


def within(days: int) -> pl.Expr:
    """Whether the other stay ended in the days before this admission, or had not ended."""
    return pl.col("since") <= days


@feature(
    STAY,
    over="others",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="近一年无疗程理由的住院次数",
    says="came after {value} stays in a year that no course of treatment explains",
    says_zh="此前一年有{value}次住院无疗程理由",
    empty=0,
)
def plain_stays_in_a_year() -> pl.Expr:
    """Earlier stays of a year without cancer cycles, dialysis and the like."""
    return (PLAIN & within(YEAR_DAYS)).sum()


@feature(
    STAY,
    over="others",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="近90天无疗程理由的住院次数",
    says="came after {value} stays in 90 days that no course of treatment explains",
    says_zh="此前90天有{value}次住院无疗程理由",
    empty=0,
)
def plain_stays_in_90_days() -> pl.Expr:
    """Earlier stays of 90 days without cancer cycles, dialysis and the like."""
    return (PLAIN & within(QUARTER_DAYS)).sum()


@feature(
    STAY,
    over="others",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="近90天去过的其他医院数",
    says="came after stays in {value} other hospitals in 90 days",
    says_zh="此前90天在其他{value}家医院住院",
    empty=0,
)
def other_hospitals_in_90_days() -> pl.Expr:
    """Other hospitals of earlier stays of 90 days that no course of treatment explains."""
    visited = PLAIN & within(QUARTER_DAYS) & pl.col("elsewhere")
    return pl.col("other_hospital_id").filter(visited).n_unique()


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="frequency",
    direction=HIGH,
    zh="近一年其他住院天数",
    says="came after {value} in hospital in a year",
    says_zh="此前一年住院共{value}",
    empty=0,
)
def days_in_hospital_in_a_year() -> pl.Expr:
    """Days of the earlier stays of a year, this one left out."""
    return pl.col("other_days").filter(BEFORE & within(YEAR_DAYS)).sum()


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="frequency",
    direction=HIGH,
    zh="近90天其他住院天数",
    says="came after {value} in hospital in 90 days",
    says_zh="此前90天住院共{value}",
    empty=0,
)
def days_in_hospital_in_90_days() -> pl.Expr:
    """Days of the earlier stays of 90 days, this one left out."""
    return pl.col("other_days").filter(BEFORE & within(QUARTER_DAYS)).sum()


@feature(
    STAY,
    over="others",
    unit=YUAN,
    family="frequency",
    direction=HIGH,
    zh="近一年其他住院费用",
    says="came after stays of {value} in a year",
    says_zh="此前一年住院费用共{value}",
    empty=0,
)
def cost_of_a_year() -> pl.Expr:
    """Total fee of the earlier stays of a year, this one left out."""
    return pl.col("other_total_amount").filter(BEFORE & within(YEAR_DAYS)).sum()


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="frequency",
    direction=LOW,
    zh="住院间隔中位数",
    says="comes at a usual interval of {value}",
    says_zh="住院间隔的中位数为{value}",
)
def usual_interval() -> pl.Expr:
    """Median of the days between the discharges of the earlier stays of a year."""
    return pl.col("since").filter(BEFORE).sort().diff().median()


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="identity",
    direction=HIGH,
    zh="与他院住院重叠的夜数",
    says="overlaps a stay in another hospital by {value}",
    says_zh="与在其他医院的住院重叠{value}",
    empty=0,
)
def nights_also_elsewhere() -> pl.Expr:
    """Nights on which the person also lay in another hospital (the longest overlap)."""
    return pl.col("overlap").filter(pl.col("elsewhere")).max().fill_null(0)


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="identity",
    direction=HIGH,
    zh="与同院住院重叠的夜数",
    says="overlaps another stay in the same hospital by {value}",
    says_zh="与同院另一次住院重叠{value}",
    empty=0,
)
def nights_twice_here() -> pl.Expr:
    """Nights on which the person lay in this hospital twice (the longest overlap)."""
    return pl.col("overlap").filter(~pl.col("elsewhere")).max().fill_null(0)


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="aftermath",
    direction=LOW,
    zh="距下次在他院入院天数",
    says="was followed {value} later by a stay in another hospital",
    says_zh="出院{value}后在其他医院再入院",
)
def days_to_next_stay_elsewhere() -> pl.Expr:
    """Days from discharge to the next admission in another hospital, as far as known."""
    return pl.col("until").filter(AFTER & pl.col("elsewhere")).min()


@feature(
    STAY,
    over="others",
    unit=DAYS,
    family="aftermath",
    direction=LOW,
    zh="距下次同院入院天数",
    says="was followed {value} later by a stay in the same hospital",
    says_zh="出院{value}后在同一医院再入院",
)
def days_to_next_stay_here() -> pl.Expr:
    """Days from discharge to the next admission in the same hospital, as far as known."""
    return pl.col("until").filter(AFTER & ~pl.col("elsewhere")).min()


@feature(
    STAY,
    over="returns",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="返院时同章改诊断",
    says="came back within 15 days under another diagnosis of the same chapter: {value}",
    says_zh="15天内返院且主要诊断在同一章内更换：{value}",
    empty=0,
)
def diagnosis_changed_on_return() -> pl.Expr:
    """A return to the same hospital with another main diagnosis of one chapter, 1 or 0."""
    code, other = pl.col("diagnosis_3"), pl.col("other_diagnosis_3")
    chapter = code.str.slice(0, 1) == other.str.slice(0, 1)
    back = pl.col("same_hospital") & pl.col("gap").is_between(0, RETURN_DAYS)
    return (back & chapter & (code != other)).fill_null(value=False).any()
