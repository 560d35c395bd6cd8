"""A unit was forgotten on the first bill; the line is taken back and billed in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import billed_again, extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_UNITS = 2


@lookalike(
    name="forgotten_unit", resembles=("C23",), stage="bill", share=0.0008,
    title_en="a unit forgotten on the first bill", title_zh="漏记补记",
)  # fmt: skip
def forgotten_unit(city: City, dose: Dose) -> City:
    """More is billed than at first, and the record, the stock and the purchases agree with it."""
    rows = billed_again.candidates(city, dose.subjects)
    rows = (
        rows.filter(billed_again.after_discharge() & (pl.col("billed") >= LEAST_UNITS))
        .unique("stay", keep="none")
        .sort("use")
    )
    chosen = extra_material.lucky(city, rows, "forgotten_unit/luck", dose.subjects)
    corrected = billed_again.within_the_evening(city, chosen, "forgotten_unit/evening")
    chosen = chosen.with_columns(
        corrected=corrected,
        first=pl.col("billed") - 1,
        again="billed",
        new_product="product",
        new_price="unit_price",
    )
    return billed_again.replaced(city, chosen).innocent_uses("forgotten_unit", chosen)
