"""Goods for the next month are taken in early, before deliveries stop or a price changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import buying
from synthetic.grammar import Dose, lookalike
from synthetic.stock import PLACE
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

LAST_DAYS = 6  # of the month before, in which they come


@lookalike(
    name="stocking_up", resembles=("C21", "C10"), stage="goods", share=0.0006, eye=6.0,
    title_en="stocking up before deliveries stop", title_zh="停运或调价前备货",
)  # fmt: skip
def stocking_up(city: City, dose: Dose) -> City:
    """Twice the purchases in one month, fewer in the next; use and bills are as ever."""
    if city.goods is None:
        return city
    uses = buying.used(city).filter(~pl.col("serial"))
    rows = buying.months(city, uses)
    following = rows.select("hospital", "product", month=pl.col("month") - 1)
    both = rows.join(following, on=buying.LEDGER, how="semi", maintain_order="left")
    chosen = buying.some(city, "stocking/ledger", both, max(1, dose.subjects))
    # No ledger of two months in a row: what comes early must not come from what came early.
    chosen = chosen.unique(PLACE, keep="first", maintain_order=True)
    early = _early(city, chosen)
    store = city.goods
    bought = store.purchases.join(
        early.select("purchase", "came"), on="purchase", how="left", maintain_order="left"
    )
    sooner = pl.col("delivered") - pl.coalesce("came", "delivered")
    bought = bought.with_columns(pl.col("ordered", "delivered", "known") - sooner).drop("came")
    counts = pl.concat([store.counts, early.select(*PLACE, "lot", "day", "quantity")])
    counts = counts.group_by(*PLACE, "lot", "day").agg(pl.col("quantity").sum())
    counts = counts.select(store.counts.columns).sort(*PLACE, "day", "lot")
    city = replace(city, goods=Goods(bought, store.moves, counts), uses=_moved(city, early))
    dated = chosen.select("hospital", "product", "day")
    return city.innocent_ledgers("stocking_up", dated)


def _early(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Purchases of the month after, with the day on which they ``came`` and that of the count."""
    store = city.goods.purchases if city.goods else pl.DataFrame()
    ends = city.world.clock.month_ends()
    plain = store.filter(~pl.col("consignment") & (pl.col("use") < 0))
    month = pl.Series(city.month_of(plain["delivered"].to_numpy())) - 1
    rows = plain.with_columns(month=month).join(chosen.select(buying.LEDGER), on=buying.LEDGER)
    end = ends[np.maximum(rows["month"].to_numpy(), 0)]
    before = city.world.draw.below(
        "stocking/day", LAST_DAYS, rows["hospital"], rows["product"], rows["month"]
    )
    return rows.with_columns(came=pl.Series(end - before), day=pl.Series(end)).sort("purchase")


def _moved(city: City, early: pl.DataFrame) -> pl.DataFrame:
    """Uses that know on which day their lot came."""
    lots = early.select(*PLACE, "lot", "came", lot_day="delivered").unique(
        buying.DELIVERY, keep="first"
    )
    rows = city.uses.join(lots, on=buying.DELIVERY, how="left", maintain_order="left")
    return rows.with_columns(lot_day=pl.coalesce("came", "lot_day")).drop("came").sort("use")
