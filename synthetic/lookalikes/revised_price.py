"""The platform price was revised between purchase and use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ADJUSTING_DAYS = 60  # within which stock bought at the former price is used up


@lookalike(
    name="revised_price", resembles=("C05",), stage="goods", share=1.0,
    title_en="price revised between purchase and use", title_zh="采购后挂网价调整",
)  # fmt: skip
def revised_price(city: City, _dose: Dose) -> City:
    """Billed at cost: the invoice was right when the unit was bought."""
    product = city.uses["product"].to_numpy()
    change = pl.Series(city.world.products.change[product])
    selected = pl.Series(city.world.products.selected_at[product])
    after = (pl.col("day") >= change) & (pl.col("day") < change + ADJUSTING_DAYS)
    mine = after & (pl.col("lot_day") < change) & (selected != change) & ~pl.col("planted")
    dear = mine & pl.col("registered") & (pl.col("invoice") > pl.col("platform"))
    kept = city.uses.with_columns(
        unit_price=pl.when(dear).then("invoice").otherwise("unit_price"),
        planted=pl.col("planted") | dear,
    )
    return replace(city, uses=kept).innocent_uses("revised_price", city.uses.filter(dear))
