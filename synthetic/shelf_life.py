"""Implants with the purchase of the very unit, and the date until which it may be used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City


def implants(city: City) -> pl.DataFrame:
    """Honest single implants of a stay, owned by the hospital, with their ``purchase``."""
    if city.goods is None:
        return city.uses.clear().with_columns(key="use", purchase=pl.lit(None, pl.Int64))
    true = (pl.col("billed") == 1) & (pl.col("recorded") == 1) & (pl.col("quantity") == 1)
    true &= pl.col("serial") & ~pl.col("planted") & (pl.col("billed_product") == pl.col("product"))
    cancelled = city.plan.filter(pl.col("voided") >= 0).select(stay="key")
    standing = city.uses.join(cancelled, on="stay", how="anti")
    alone = standing.filter("serial").unique(["stay", "product"], keep="none").filter(true)
    owned = city.goods.purchases.filter(
        ~pl.col("consignment") & pl.col("serial_no").is_not_null()
    ).select("hospital", "product", "serial_no", "purchase", "delivered")
    both = alone.join(owned, on=["hospital", "product", "serial_no"])
    return both.unique("use", keep="none").with_columns(key="use").sort("key")


def dated(city: City, chosen: pl.DataFrame) -> City:
    """The city in which the purchases of some implants say the given day of ``expiry``."""
    if city.goods is None:
        return city
    new = chosen.select("purchase", said="expiry")
    bought = city.goods.purchases.join(new, on="purchase", how="left", maintain_order="left")
    bought = bought.with_columns(expiry=pl.coalesce("said", "expiry")).drop("said")
    marked = chosen.with_columns(planted=pl.lit(value=True))
    store = Goods(bought, city.goods.moves, city.goods.counts)
    return replace(city, goods=store).with_changed_uses(marked)
