"""Surgeons trained on one family of implants stay with it, and so with its supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import buying, houses_of
from synthetic.grammar import Dose, lookalike
from synthetic.supply import SUPPLIERS

if TYPE_CHECKING:
    from synthetic.state import City

FAMILY = "C03"  # bones and joints
FAITHFUL = 0.85  # of the purchases


@lookalike(
    name="trained_family", resembles=("C20",), stage="goods", share=0.00004,
    title_en="implant family of trained surgeons", title_zh="术者专用系统(培训绑定)",
)  # fmt: skip
def trained_family(city: City, dose: Dose) -> City:
    """From the first day to the last, one supplier for most implants, at the city's prices."""
    if city.goods is None:
        return city
    world, taken = city.world, houses_of.labelled(city)
    free = ~pl.col("hospital").is_in(taken)
    rows = houses_of.bought(city).filter((pl.col("family") == FAMILY) & free)
    some = houses_of.lucky(city, "trained/house", rows, dose.subjects)
    mine = rows.filter(pl.col("hospital").is_in(some))
    faithful = world.draw.chance("trained/purchase", FAITHFUL, mine["purchase"])
    who = world.draw.below("trained/supplier", SUPPLIERS, mine["hospital"])
    supplied = mine.select("purchase").with_columns(supplier=pl.Series(who))
    city = buying.repriced(city, supplied.filter(pl.Series(faithful)), city.uses.clear())
    return houses_of.largest(city, "trained_family", mine, dose.subjects)
