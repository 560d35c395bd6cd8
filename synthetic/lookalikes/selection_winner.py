"""The company that delivers the selected products delivers nearly all of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import buying, houses_of
from synthetic.grammar import Dose, lookalike
from synthetic.supply import SUPPLIERS

if TYPE_CHECKING:
    from synthetic.state import City

FAMILIES = ("C09", "C11", "C02")  # staplers, lenses, vessels: most products are selected ones


@lookalike(
    name="selection_winner", resembles=("C20",), stage="goods", share=0.00004,
    title_en="winner of the selection", title_zh="集采中选企业配送",
)  # fmt: skip
def selection_winner(city: City, dose: Dose) -> City:
    """All selected products of a class from one company, at the fixed price of the selection."""
    if city.goods is None:
        return city
    world, taken = city.world, houses_of.labelled(city)
    family = FAMILIES[int(world.draw.below("winner/family", len(FAMILIES), 0)[0])]
    free = ~pl.col("hospital").is_in(taken)
    rows = houses_of.bought(city).filter((pl.col("family") == family) & free)
    some = houses_of.lucky(city, "winner/house", rows, dose.subjects)
    chosen = pl.Series(world.products.selected_at[rows["product"].to_numpy()]) <= rows["ordered"]
    mine = rows.filter(pl.col("hospital").is_in(some) & chosen)
    who = world.draw.below("winner/supplier", SUPPLIERS, mine["hospital"])
    supplied = mine.select("purchase").with_columns(supplier=pl.Series(who))
    city = buying.repriced(city, supplied, city.uses.clear())
    return houses_of.largest(city, "selection_winner", mine, dose.subjects)
