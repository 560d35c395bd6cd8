"""A charity pays for the cataracts of a district for three weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import choices, newcomers, rushes
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.rushes import Rush

if TYPE_CHECKING:
    from synthetic.state import City

WEEKS = Rush("sight_weeks", ("CB3",), Ages(58.0, 90.0), days=21, times=0.5, least=16, nights=(0, 1))
ANY_MONTH = tuple(range(1, 13))
SELDOM = 4  # campaigns at most


@lookalike(
    name="sight_weeks", resembles=("C21",), stage="care", share=0.0001,
    title_en="weeks of free cataract surgery", title_zh="免费白内障手术周",
)  # fmt: skip
def sight_weeks(city: City, dose: Dose) -> City:
    """Lenses and gel surge in one month, and so do the operations; patients pay nothing."""
    days = rushes.days_in(city, "sight_weeks", ANY_MONTH, WEEKS.days)
    for day in days[: min(max(1, dose.subjects // 5), SELDOM)]:
        house = rushes.house_for(city, WEEKS)
        if house < 0:
            return city
        stays = rushes.came(city, WEEKS, house, day)
        stays = stays.with_columns(waived=pl.lit(value=True), day_case=pl.lit(value=True))
        city = newcomers.joined(city, stays)
        city = city.innocent_ledgers("sight_weeks", choices.registered_in(city, stays))
    return city
