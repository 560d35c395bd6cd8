"""When lots come: deliveries by periods in whole packs, and what lies in store on the first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import catalogue
from synthetic.stock import PLACE

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

INTERVAL = (12, 40)  # days between deliveries of one product to one hospital
LEAD = (1, 4)  # days a delivery comes before its first use
# Cuts are announced: most hospitals let their stock run down to the day, and suppliers make good
# the difference on what is left; the rest still use dear stock for some weeks.
RUN_DOWN = 0.85
AFTER_CUT = 100_000  # added to the periods of deliveries from a cut on


def run_down(world: World, hospital: Whole, product: Whole) -> Flags:
    """Hospitals that pay no old price for what they use after an announced cut."""
    return world.draw.chance("goods/run_down", RUN_DOWN, hospital, world.products.generic[product])


def deliveries(world: World, uses: pl.DataFrame) -> pl.DataFrame:
    """Lots of products without serials: bought by periods, in whole packs, before their use."""
    draw, pack = world.draw, world.products.pack
    hospital, product = uses["hospital"].to_numpy(), uses["product"].to_numpy()
    interval = draw.between("goods/interval", *INTERVAL, hospital, product)
    phase = draw.below("goods/phase", interval, hospital, product)
    period = (uses["day"].to_numpy() + phase) // interval
    begin = np.maximum(period * interval - phase, 0)
    change = world.products.change[product]
    anew = run_down(world, hospital, product) & (uses["day"].to_numpy() >= change)
    begin = np.where(anew, np.maximum(begin, change), begin)
    period = period + AFTER_CUT * anew
    need = (
        uses.with_columns(period=pl.Series(period), begin=pl.Series(begin))
        .group_by(*PLACE, "period")
        .agg(pl.col("quantity").sum(), pl.col("begin").first())
        .sort(*PLACE, "period")
    )
    h, p = need["hospital"].to_numpy(), need["product"].to_numpy()
    opening = at_first(world, h, p)
    spare = draw.below("goods/spare", 3, h, p)
    need = need.with_columns(
        opening=pl.Series(opening), spare=pl.Series(spare), pack=pl.Series(pack[p])
    )
    total = pl.col("quantity").cum_sum().over(PLACE) - pl.col("opening") + pl.col("spare")
    need = need.with_columns(bought=(-(-total.clip(0) // pl.col("pack")) * pl.col("pack")))
    need = need.with_columns(before=pl.col("bought").shift(1, fill_value=0).over(PLACE))
    lead = draw.between("goods/lead", *LEAD, h, p, need["period"])
    delivered = np.maximum(need["begin"].to_numpy() - lead, world.since.houses[h])
    return need.select(
        *PLACE,
        "period",
        "opening",
        position=pl.col("opening") + pl.col("before"),
        quantity=pl.col("bought") - pl.col("before"),
        delivered=pl.Series(delivered),
        first=pl.col("begin"),
    ).filter(pl.col("quantity") > 0)


def at_first(world: World, hospital: Whole, product: Whole) -> Whole:
    """Units on the shelf on the first day; none of a code or in a house that comes later."""
    units = world.draw.below("goods/opening", world.products.pack[product] + 3, hospital, product)
    listed = np.ones(len(world.products.codes), dtype=np.int64)
    old = np.flatnonzero(world.products.renewed_at < catalogue.NEVER)
    listed[world.products.successor[old]] = 0
    return units * listed[product] * (world.since.houses[hospital] <= 0)


def openings(bought: pl.DataFrame, uses: pl.DataFrame, world: World) -> pl.DataFrame:
    """Stock on the first day, as lot of period -1."""
    places = uses.select(PLACE).unique().sort(PLACE)
    h, p = places["hospital"].to_numpy(), places["product"].to_numpy()
    opening = at_first(world, h, p)
    return places.with_columns(
        period=pl.lit(-1, pl.Int64),
        opening=pl.Series(opening),
        position=pl.lit(0, pl.Int64),
        quantity=pl.Series(opening),
        delivered=pl.lit(-1, pl.Int64),
        first=pl.lit(-1, pl.Int64),
    ).filter(pl.col("quantity") > 0).select(bought.columns)  # fmt: skip
