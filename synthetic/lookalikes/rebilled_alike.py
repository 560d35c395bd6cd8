"""A clerk bills one unit too many, takes the line back and bills what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import billed_again, extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="rebilled_alike", resembles=("C23",), stage="bill", share=0.0008,
    title_en="billed wrongly, taken back and billed right", title_zh="更正数量后重记",
)  # fmt: skip
def rebilled_alike(city: City, dose: Dose) -> City:
    """After the correction the bill says what the record says."""
    rows = billed_again.candidates(city, dose.subjects)
    rows = rows.filter(billed_again.after_discharge()).unique("stay", keep="none").sort("use")
    chosen = extra_material.lucky(city, rows, "rebilled_alike/luck", dose.subjects)
    corrected = billed_again.within_the_evening(city, chosen, "rebilled_alike/evening")
    chosen = chosen.with_columns(
        corrected=corrected,
        first=pl.col("billed") + 1,
        again="billed",
        new_product="product",
        new_price="unit_price",
    )
    return billed_again.replaced(city, chosen).innocent_uses("rebilled_alike", chosen)
