"""One company is the agent of a whole class of devices in the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import buying, houses_of
from synthetic.grammar import Dose, lookalike
from synthetic.supply import SUPPLIERS

if TYPE_CHECKING:
    from synthetic.state import City

FAMILIES = ("C06", "C07")  # pacemakers; heart valves and what goes with them


@lookalike(
    name="sole_agent", resembles=("C20",), stage="goods", share=0.00004,
    title_en="sole agent of a class", title_zh="独家代理",
)  # fmt: skip
def sole_agent(city: City, dose: Dose) -> City:
    """Every hospital buys the class from one company, at the prices of the city."""
    if city.goods is None:
        return city
    family = FAMILIES[int(city.world.draw.below("agent/family", len(FAMILIES), 0)[0])]
    who = int(city.world.draw.below("agent/supplier", SUPPLIERS, 0)[0])
    taken = houses_of.labelled(city, "C20")
    rows = houses_of.bought(city).filter(
        (pl.col("family") == family) & ~pl.col("hospital").is_in(taken)
    )
    supplied = rows.select("purchase", supplier=pl.lit(who, pl.Int64))
    city = buying.repriced(city, supplied, city.uses.clear())
    return houses_of.largest(city, "sole_agent", rows, dose.subjects)
