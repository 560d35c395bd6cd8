"""A hospital keeps one price for a product, whatever lot a unit comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="batch_price", resembles=("C05",), stage="goods", share=1.0,
    title_en="one price for several lots", title_zh="批次价差",
)  # fmt: skip
def batch_price(city: City, _dose: Dose) -> City:
    """Above the invoice of its lot, but the price of the newest agreement, below the platform's."""
    rows = city.uses.filter(pl.col("registered") & pl.col("by_list") & ~pl.col("planted"))
    return city.innocent_uses("batch_price", rows.filter(pl.col("unit_price") > pl.col("invoice")))
