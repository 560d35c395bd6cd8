"""An eye hospital operates the cataracts of a district on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events, newcomers
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

CAMPAIGN = Event(
    "cataract_day", ("CB3",), (5, 16), Ages(60.0, 88.0), horizon=12, nights=(1, 1), public=False
)


@lookalike(
    name="cataract_day", resembles=("H18", "H07", "H06"), stage="care", share=0.0008, eye=12.0,
    title_en="cataract campaign with one order set", title_zh="白内障手术日模板医嘱",
)  # fmt: skip
def cataract_day(city: City, dose: Dose) -> City:
    """One physician, one day, one order set; each eye is operated and each lens registered."""
    rows = events.gathered(city, CAMPAIGN, dose.subjects)
    if rows.is_empty():
        return city
    doctor = newcomers.attending(city.world, CAMPAIGN.name, rows)
    rows = rows.with_columns(emergency=pl.lit(value=False), physician=doctor)
    return events.admitted(city, CAMPAIGN, rows, _day_cases)


def _day_cases(stays: pl.DataFrame) -> pl.DataFrame:
    return events.one_bill(stays).with_columns(day_case=pl.lit(value=True))
