"""Where and when people are admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism import days
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

WINTER, SUMMER = (12, 1, 2), (6, 7, 8)


@measure(
    "place_tertiary_stays",
    why="Stays are placed by the beds and the turnover of each level, not by this share.",
)
def place_tertiary_stays(facts: Facts) -> Values:
    """Share of stays in hospitals of level 3."""
    return ratio(facts.stays.filter(pl.col("level") == "3").height, facts.stays.height)


@measure(
    "place_hospitals",
    why="The city has fewer hospitals than Shanghai and leaves most small ones out.",
)
def place_hospitals(facts: Facts) -> Values:
    """Hospitals of a level over all hospitals."""
    houses = facts.hospitals
    counts = houses.group_by("level").len().sort("level")
    return {level: Measured(n / len(houses), len(houses)) for level, n in counts.iter_rows()}


@measure(
    "bed_occupancy",
    why="Hospitals have the beds of whole hospitals, while their stays are a sample of any size.",
)
def bed_occupancy(facts: Facts) -> Values:
    """Days in bed over approved beds times days of the window."""
    beds = int(facts.hospitals["approved_beds"].sum()) * facts.clock.days
    return ratio(int(facts.stays["days"].sum()), beds, facts.stays.height)


@measure("operated_share", why="Groups with operations take another part of the city's stays.")
def operated_share(facts: Facts) -> Values:
    """Share of stays with at least one operation or procedure listed."""
    return ratio(int(facts.stays["operated"].sum()), facts.stays.height)


@measure(
    "day_surgery",
    why="Day surgery is planned for few groups; other short operations stay overnight.",
)
def day_surgery(facts: Facts) -> Values:
    """Day cases among stays with an operation."""
    rows = facts.stays.filter("operated")
    return ratio(int(rows["day_case"].fill_null(value=False).sum()), rows.height)


@measure("calendar_weekend", why="Free days thin out admissions by more or less than supposed.")
def calendar_weekend(facts: Facts) -> Values:
    """Mean admissions on a free Saturday or Sunday over those on a working day."""
    return _over(facts, "weekend", "work")


@measure("calendar_holiday", why="Holidays thin out admissions by more or less than supposed.")
def calendar_holiday(facts: Facts) -> Values:
    """Mean admissions on a free day of the Spring Festival over those on a working day."""
    return _over(facts, "festival", "work")


def _over(facts: Facts, kind: str, base: str) -> Values:
    table = days.admissions(facts)
    part, whole = (table.filter(pl.col("kind") == name)["all"] for name in (kind, base))
    over, under = part.mean(), whole.mean()
    if not isinstance(over, float) or not isinstance(under, float) or under == 0:
        return {}
    return one(over / under, int(part.sum()))


@measure("calendar_winter", why="Winter and wave weigh more or less than supposed.")
def calendar_winter(facts: Facts) -> Values:
    """Mean respiratory admissions (ES3, ET2) a day, December to February over June to August."""
    table = days.admissions(facts).with_columns(month=pl.col("day").dt.month())
    cold, warm = (
        table.filter(pl.col("month").is_in(months))["respiratory"] for months in (WINTER, SUMMER)
    )
    over, under = cold.mean(), warm.mean()
    if not isinstance(over, float) or not isinstance(under, float) or under == 0:
        return {}
    return one(over / under, int(cold.sum()))


@measure("calendar_wave", why="The epidemic wave is higher or lower than supposed.")
def calendar_wave(facts: Facts) -> Values:
    """Highest over median number of respiratory admissions (ES3, ET2) in whole weeks."""
    weeks = days.weekly(facts)["respiratory"]
    highest, usual = weeks.max(), weeks.median()
    if not isinstance(highest, int) or not usual:
        return {}
    return one(highest / float(str(usual)), int(weeks.sum()))
