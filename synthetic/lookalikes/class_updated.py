"""An item that patients used to pay was taken into the fund's catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import misbilled
from synthetic.families import NEWLY_COVERED
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="class_updated", resembles=("C04",), stage="goods", share=1.0, eye=6.0,
    title_en="charge class updated in the year", title_zh="年内调整收费类别",
)  # fmt: skip
def class_updated(city: City, _dose: Dose) -> City:
    """Put to the fund although patients paid it before: the catalogue says so from a day on."""
    change = pl.Series(city.world.products.change[city.uses["product"].to_numpy()])
    newly = misbilled.keys_of(city, city.uses["product"]).is_in(NEWLY_COVERED)
    rows = city.uses.filter(newly & (city.uses["day"] >= change) & ~city.uses["planted"])
    return city.innocent_uses("class_updated", rows.filter("covered"))
