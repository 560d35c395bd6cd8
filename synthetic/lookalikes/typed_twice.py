"""A unit with a serial number was typed twice for one patient, once too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import misbilled, retyped
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="typed_twice", resembles=("C11", "C09"), stage="bill", share=0.0012,
    title_en="typed twice and taken back", title_zh="重复录入后冲销",
)  # fmt: skip
def typed_twice(city: City, dose: Dose) -> City:
    """The same code twice on the bill, but of one patient, and once with a minus."""
    rows = misbilled.honest_uses(city)
    coded = rows.filter(pl.col("serial_no").is_not_null() & (pl.col("units") == 1))
    chosen = city.world.draw.luckiest("twice/luck", coded, dose.subjects)
    lines = retyped.taken_back(city, chosen)
    return city.with_lines(lines).innocent_uses("typed_twice", chosen)
