"""C20 supplier concentration 供应商集中: one supplier sells nearly all of a class, and too dear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import buying, campaigns, houses_of
from synthetic.grammar import Dose, scheme
from synthetic.supply import SUPPLIERS

if TYPE_CHECKING:
    from synthetic.state import City


@dataclass(frozen=True)
class Favour:
    """Share of the class that the supplier gets, and the price over the city's median."""

    share: tuple[float, float]
    price: tuple[float, float]


FAVOURS = {
    1: Favour((1.00, 1.00), (0.20, 0.30)),
    2: Favour((0.75, 0.85), (0.12, 0.18)),
    3: Favour((0.56, 0.64), (0.06, 0.09)),
    4: Favour((0.42, 0.47), (0.01, 0.05)),
}
CUNNING = 4
MOST_BEFORE = 0.45  # difficulty 4: share of the largest other supplier (published limit: 0.5)
ROOM = 0.012  # difficulty 4: least share by which others bargain off the list price
LEAST_ROWS = 12  # purchases of a class, so that a share means something
BEGIN = 0.35  # share of the window in which the favour begins
LARGE = 0.1  # of what a hospital spends on the class
CELL = ["hospital", "family"]


@scheme(
    code="C20",
    title_en="supplier concentration",
    title_zh="供应商集中",
    stage="goods",
    subject="hospital",
    share=0.00008,
    recipe={
        1: "one supplier sells the whole class, a fifth to a third above the city's median price",
        2: "three quarters to 85% of the class, 12 to 18% above the median",
        3: "more than half of the class, 6 to 9% above the median",
        4: "less than half of the class, at the list price where others bargain",
    },
    traces=("purchases.supplier_id", "purchases.unit_price"),
)
def favoured(city: City, dose: Dose) -> City:
    """From a day on, turn to one supplier for a class of consumables, at his price.

    The bill follows the invoice as far as the platform price, and the hospital bears the rest.
    The loss is the price above the city's median for all units bought of him; the subject is
    the hospital, from that day to the end of the window.
    """
    if city.goods is None:
        return city
    rows = _rows(city, dose.since)
    chosen = _chosen(city, rows, dose)
    if chosen.is_empty():
        return city
    told = _told(city, rows.join(chosen, on=CELL))
    his = told.filter("his")
    dear = his.filter(pl.col("new") > pl.col("invoice"))
    changed = buying.repriced(city, dear.select("purchase", invoice="new"), _billed(city, dear))
    supplied = buying.repriced(
        changed, his.select("purchase", supplier="favoured"), city.uses.clear()
    )
    return supplied.with_guilty("C20", "hospital", _lost(city, chosen, dear))


def _rows(city: City, since: int) -> pl.DataFrame:
    """Purchases of registered products since a hospital's day, with class and city's median."""
    world, store = city.world, city.goods
    if store is None:
        return pl.DataFrame()
    products = world.products
    rows = houses_of.bought(city).filter(~pl.col("gift") & (pl.col("quantity") > 0))
    begin = since + world.draw.below(
        "c20/begin", max(1, int((world.clock.days - since) * BEGIN)), rows["hospital"]
    )
    change = pl.Series(products.change[rows["product"].to_numpy()])
    rows = rows.with_columns(
        begin=pl.Series(begin),
        later=pl.col("ordered") >= change,
        listed=buying.platform(city, rows),
    )
    median = pl.col("invoice").median().over("product", "later").round().cast(pl.Int64)
    return rows.with_columns(median=median).filter(pl.col("delivered") >= pl.col("begin"))


def _chosen(city: City, rows: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """A class of each chosen hospital, with difficulty and campaign."""
    world = city.world
    cells = houses_of.classes(rows).filter(pl.col("rows") >= LEAST_ROWS)
    crooked = campaigns.crooked(world, "C20")
    luck = world.draw.uniform("c20/house", cells["hospital"])
    rank = pl.Series(luck - 1.0 * crooked[cells["hospital"].to_numpy()])
    # What one campus buys for the other would blur the shares of both.
    taken = [*world.houses.campus_of, *world.houses.campus_of.values()]
    taken += houses_of.labelled(city)  # one cause a hospital: who has an honest rush keeps it
    ordered = cells.with_columns(rank=rank).filter(~pl.col("hospital").is_in(taken))
    ordered = ordered.sort("rank", "value", "family", descending=[False, True, False])
    found: list[dict[str, object]] = []
    for level in houses_of.levels(world, "c20", dose):
        free = ordered.filter(~pl.col("hospital").is_in([row["hospital"] for row in found]))
        if level == CUNNING:
            free = free.filter(
                (pl.col("top") < MOST_BEFORE) & (pl.col("room") > pl.col("value") * ROOM)
            )
        found += [{**row, "difficulty": level} for row in free.head(1).to_dicts()]
    if not found:
        return pl.DataFrame()
    chosen = pl.DataFrame(found).select(*CELL, "difficulty")
    return chosen.with_columns(campaign=houses_of.campaign(world, "C20", chosen["hospital"]))


def _told(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Which purchases the favoured supplier gets (``his``), who he is, and the ``new`` price."""
    draw = city.world.draw
    level = rows["difficulty"].to_list()

    def drawn(purpose: str, what: str) -> np.ndarray:
        low, high = (np.array([getattr(FAVOURS[d], what)[s] for d in level]) for s in (0, 1))
        part: np.ndarray = low + (high - low) * draw.uniform(f"c20/{purpose}", rows["hospital"])
        return part

    who = draw.below("c20/supplier", SUPPLIERS, rows["hospital"])
    raised = np.ceil(rows["median"].to_numpy() * (1 + drawn("price", "price")))
    listed = rows["listed"].to_numpy()
    new = np.where(rows["difficulty"].to_numpy() == CUNNING, np.minimum(raised, listed), raised)
    luck = draw.uniform("c20/turn", rows["purchase"]) - 1.0 * (rows["supplier"].to_numpy() == who)
    worth = pl.col("quantity") * pl.col("invoice")
    ranked = rows.with_columns(
        favoured=pl.Series(who), new=pl.Series(new.astype(np.int64)), luck=pl.Series(luck),
        share=pl.Series(drawn("share", "share")),
    )  # fmt: skip
    # Single large purchases come last: one of them could fill the share of a supplier.
    large = worth > LARGE * worth.sum().over(CELL)
    ranked = ranked.sort("hospital", pl.col("luck") + large.cast(pl.Float64), "purchase")
    so_far = worth.cum_sum().over(CELL)
    return ranked.with_columns(his=so_far <= worth.sum().over(CELL) * pl.col("share") + 0.5)


def _billed(city: City, dear: pl.DataFrame) -> pl.DataFrame:
    """Uses of what he sold, billed at his invoice as far as the platform price."""
    new = dear.select("purchase", "new")
    uses = buying.used(city, consigned=True).join(new, on="purchase")
    uses = uses.with_columns(invoice="new", charged=pl.min_horizontal("new", "platform"))
    moved = uses.filter(pl.col("charged") != pl.col("unit_price"))
    return moved.with_columns(unit_price="charged").sort("use")


def _lost(city: City, chosen: pl.DataFrame, dear: pl.DataFrame) -> pl.DataFrame:
    above = (pl.col("new") - pl.col("median")).clip(0) * pl.col("quantity")
    sums = dear.group_by("hospital").agg(amount=above.sum(), started=pl.col("begin").first())
    rows = chosen.join(sums, on="hospital", maintain_order="left").filter(pl.col("amount") > 0)
    last = city.world.clock.days - 1
    return houses_of.named(city, rows).with_columns(ended=pl.lit(last, pl.Int64))
