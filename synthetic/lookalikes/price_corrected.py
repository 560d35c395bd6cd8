"""The price list was late; the line is taken back and billed at the right, lower price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import billed_again, extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

WRONG_BY = 1.08  # the former price over the right one


@lookalike(
    name="price_corrected", resembles=("C23",), stage="bill", share=0.0008,
    title_en="a price corrected before the settlement", title_zh="更正价格后重记",
)  # fmt: skip
def price_corrected(city: City, dose: Dose) -> City:
    """Billed at first above the invoice, then at it: the patient pays less than before."""
    rows = billed_again.candidates(city, dose.subjects)
    rows = rows.filter(billed_again.after_discharge()).unique("stay", keep="none").sort("use")
    chosen = extra_material.lucky(city, rows, "price_corrected/luck", dose.subjects)
    corrected = billed_again.within_the_evening(city, chosen, "price_corrected/evening")
    chosen = chosen.with_columns(
        corrected=corrected,
        first="billed",
        again="billed",
        new_product="product",
        new_price="unit_price",
        unit_price=(pl.col("unit_price") * WRONG_BY).ceil().cast(pl.Int64),
    )
    return billed_again.replaced(city, chosen).innocent_uses("price_corrected", chosen)
