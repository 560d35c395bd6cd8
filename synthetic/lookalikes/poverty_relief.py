"""Persons on poverty relief in bed for common complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

COMPLAINTS = ("KS1", "IU2", "FV2", "XR2", "FR4")


@lookalike(
    name="poverty_relief", resembles=("H06",), stage="care", share=1.0, eye=4.0,
    title_en="nothing to pay under poverty relief", title_zh="医疗救助对象住院",
)  # fmt: skip
def poverty_relief(city: City, _dose: Dose) -> City:
    """Nothing is taken from the patient, because the law says so: the person is on relief."""
    relief = pl.Series(city.world.people.frame["relief"].to_numpy()[city.plan["person"].to_numpy()])
    places = [city.world.reference.group(adrg) for adrg in COMPLAINTS]
    mine = relief & pl.col("group").is_in(places) & ~pl.col("planted")
    return city.innocent_stays("poverty_relief", city.plan.filter(mine))
