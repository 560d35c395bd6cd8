"""The date of expiry was typed with a wrong year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import extra_material, shelf_life
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

DAYS = (700, 3_000)  # days by which the date lies before the delivery


@lookalike(
    name="expiry_typed_wrong", resembles=("C25",), stage="goods", share=0.0006,
    title_en="date of expiry typed wrong", title_zh="效期录入错误",
)  # fmt: skip
def expiry_typed_wrong(city: City, dose: Dose) -> City:
    """A unit that would have expired years before it was delivered: nobody sells such goods."""
    rows = shelf_life.implants(city)
    chosen = extra_material.lucky(city, rows, "expiry_typed_wrong/luck", dose.subjects)
    days = pl.Series(city.world.draw.between("expiry_typed_wrong/days", *DAYS, chosen["key"]))
    said = chosen.with_columns(expiry=pl.col("delivered") - days)
    return shelf_life.dated(city, said).innocent_uses("expiry_typed_wrong", chosen)
