"""Units bought before a price cut are used up in the weeks after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic import deliveries
from synthetic.grammar import Dose, lookalike
from synthetic.stock import PLACE

if TYPE_CHECKING:
    from synthetic.state import City

GRACE_DAYS = 45  # after a cut-over, in which stock bought before may be billed at its invoice


@lookalike(
    name="old_stock", resembles=("C05",), stage="goods", share=1.0,
    title_en="old stock in the grace period", title_zh="集采切换期旧库存",
)  # fmt: skip
def old_stock(city: City, _dose: Dose) -> City:
    """Billed at the invoice price, which is above the new platform price, inside the grace."""
    change = pl.Series(city.world.products.change[city.uses["product"].to_numpy()])
    selected = pl.Series(city.world.products.selected_at[city.uses["product"].to_numpy()])
    after = (pl.col("day") >= change) & (pl.col("day") < change + GRACE_DAYS)
    old = after & (pl.col("lot_day") < change) & (selected == change) & ~pl.col("planted")
    hospital, product = (city.uses[name].to_numpy() for name in PLACE)
    made_good = pl.Series(deliveries.run_down(city.world, hospital, product))
    dear = old & pl.col("registered") & (pl.col("invoice") > pl.col("platform")) & ~made_good
    kept = city.uses.with_columns(
        unit_price=pl.when(dear).then("invoice").otherwise("unit_price"),
        planted=pl.col("planted") | dear,
    )
    rows = city.uses.filter(dear)
    return replace(city, uses=kept).innocent_uses("old_stock", rows)
