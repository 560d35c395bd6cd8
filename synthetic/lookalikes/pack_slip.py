"""A purchase typed in packs where pieces were meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

SHARE = 0.01  # of purchases of packed products


@lookalike(
    name="pack_slip", resembles=("C10",), stage="goods", share=1.0,
    title_en="packs typed for pieces", title_zh="包装单位换算差错",
)  # fmt: skip
def pack_slip(city: City, _dose: Dose) -> City:
    """The quantity is too small by the pack factor, the price too high by the same."""
    if city.goods is None:
        return city
    bought = city.goods.purchases
    pack = pl.Series(city.world.products.pack[bought["product"].to_numpy()])
    hit = pl.Series(city.world.draw.chance("pack/hit", SHARE, bought["purchase"]))
    slip = hit & (pack > 1) & (bought["quantity"] % pack == 0)
    typed = bought.with_columns(
        quantity=pl.when(slip).then(pl.col("quantity") // pack).otherwise("quantity"),
        invoice=pl.when(slip).then(pl.col("invoice") * pack).otherwise("invoice"),
    )
    rows = bought.filter(slip).with_columns(day=pl.col("delivered"))
    store = Goods(typed, city.goods.moves, city.goods.counts)
    return replace(city, goods=store).innocent_ledgers("pack_slip", rows)
