"""A hospital buys the parts of a set singly, as the platform lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.keys import KIT_STEP, UNIT_STEP, WANTED_USE
from synthetic.sets import PART_PLACE

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="sold_in_parts", resembles=("C07",), stage="goods", share=1.0, eye=5.0,
    title_en="set legally bought in parts", title_zh="组件单独挂网采购",
)  # fmt: skip
def sold_in_parts(city: City, _dose: Dose) -> City:
    """All parts of a set on one bill, dearer than the set, but bought and recorded as parts."""
    place = (pl.col("use") // UNIT_STEP) % KIT_STEP
    parts = place.is_between(PART_PLACE, WANTED_USE - 1) & ~pl.col("planted")
    return city.innocent_uses("sold_in_parts", city.uses.filter(parts & (pl.col("billed") > 0)))
