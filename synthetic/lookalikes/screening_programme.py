"""A public screening finds polyps, and those found are sent to be treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SCREENING = Event("screening_programme", ("GK3",), (6, 20), Ages(50.0, 75.0), days=24, horizon=45)
OFFICES_FROM = 400_000_000  # numbers of screening offices, apart from those of doctors
HOUSES = 3  # hospitals that take the programme's patients


@lookalike(
    name="screening_programme", resembles=("H06",), stage="care", share=0.0006, eye=14.0,
    title_en="official screening programme", title_zh="官方筛查项目",
)  # fmt: skip
def screening_programme(city: City, dose: Dose) -> City:
    """One office sends people of a district to several hospitals, each for an operation."""
    rows = events.gathered(city, SCREENING, dose.subjects)
    if rows.is_empty():
        return city
    world = city.world
    volume = world.houses.volume[:, world.reference.group("GK3")]
    large = np.argsort(-volume, kind="stable")[: 3 * HOUSES]
    turn = world.draw.below("screening_programme/house", HOUSES, rows["ring"], rows["person"])
    first = world.draw.below("screening_programme/first", len(large), rows["ring"])
    told = rows.with_columns(
        hospital=pl.Series(large[(first + turn) % len(large)]),
        emergency=pl.lit(value=False),
        referrer=world.draw.identifiers("R", OFFICES_FROM + rows["ring"]),
    )
    return events.admitted(city, SCREENING, told)
