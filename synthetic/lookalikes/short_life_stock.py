"""Stock delivered shortly before its date, and used at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import extra_material, shelf_life
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

DAYS = (10, 45)  # days from use to expiry


@lookalike(
    name="short_life_stock", resembles=("C25",), stage="goods", share=0.0006,
    title_en="delivered with little life left", title_zh="近效期到货",
)  # fmt: skip
def short_life_stock(city: City, dose: Dose) -> City:
    """Bought cheap and late, used in time."""
    rows = shelf_life.implants(city)
    chosen = extra_material.lucky(city, rows, "short_life_stock/luck", dose.subjects)
    days = pl.Series(city.world.draw.between("short_life_stock/days", *DAYS, chosen["key"]))
    said = chosen.with_columns(expiry=pl.col("day") + days)
    return shelf_life.dated(city, said).innocent_uses("short_life_stock", chosen)
