"""An implant used shortly before its date of expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import extra_material, shelf_life
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

DAYS = (0, 9)  # days from use to expiry, both days included


@lookalike(
    name="last_days", resembles=("C25",), stage="goods", share=0.0006,
    title_en="used in the last days of its life", title_zh="临近效期使用",
)  # fmt: skip
def last_days(city: City, dose: Dose) -> City:
    """Old, but in date: the stock was turned over first in, first out."""
    rows = shelf_life.implants(city)
    chosen = extra_material.lucky(city, rows, "last_days/luck", dose.subjects)
    days = pl.Series(city.world.draw.between("last_days/days", *DAYS, chosen["key"]))
    said = chosen.with_columns(expiry=pl.col("day") + days)
    return shelf_life.dated(city, said).innocent_uses("last_days", chosen)
