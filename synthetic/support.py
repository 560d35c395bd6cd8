"""What goes with a coded illness: the tests, drugs and treatments that show it was treated.

``data/support.csv``: ``code``, ``category`` and ``item`` (name without grade), ``share`` of
honest stays with that illness that have it, ``every`` so many days (0: once), at ``most`` so
often; ``rare`` marks what no stay without such an illness would have.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.reference import DATA

if TYPE_CHECKING:
    from synthetic.catalogue import Services
    from synthetic.randomness import Whole
    from synthetic.world import World

# Who has rare treatments for other reasons: dialysis, intensive care, infections.
RARE_IS_USUAL = ("LL1", "LF1", "LR1", "AH1", "ES3", "ET2", "FB2", "BB2")
# Operations on organs that one sex has, and the groups whose patients have them.
OF_ONE_SEX = {"剖宫产术": ("OB1",), "子宫切除术": ("NC1",)}


@cache
def table() -> pl.DataFrame:
    """The table as it ships, each row with a number ``place``."""
    exact = {"code": pl.String, "share": pl.Float64}
    return pl.read_csv(DATA / "support.csv", schema_overrides=exact).with_row_index("place")


def named(items: Services) -> pl.DataFrame:
    """Items that can be billed: category, name without grade and row number."""
    return items.named


def offered(items: Services) -> pl.DataFrame:
    """The table with the ``first`` and the count (``grades``) of the items of each name."""
    grades = (
        named(items).group_by("category", "item").agg(first=pl.col("number").min(), grades=pl.len())
    )
    return table().join(grades, on=["category", "item"], how="left").sort("place")


def ordinary(world: World, item: Whole, group: Whole) -> Whole:
    """The item itself, or its neighbour in the price list where it would need a rare illness."""
    listed = named(world.services)
    instead = _instead(tuple(listed["category"]), tuple(listed["item"]))
    name = listed["item"].to_numpy()
    usual = np.isin(group, _rows(world, RARE_IS_USUAL))
    usual &= ~np.isin(item, np.flatnonzero(np.isin(name, list(OF_ONE_SEX))))
    for operation, adrgs in OF_ONE_SEX.items():
        mine = np.isin(item, np.flatnonzero(name == operation))
        usual |= mine & np.isin(group, _rows(world, adrgs))
    chosen: Whole = np.where(usual, item, instead[item])
    return chosen


def _rows(world: World, adrgs: tuple[str, ...]) -> list[int]:
    return [world.reference.group(adrg) for adrg in adrgs]


@cache
def _instead(categories: tuple[str, ...], items: tuple[str, ...]) -> Whole:
    """For each item the nearest one of its category in the price list that is not rare."""
    rare = {(row["category"], row["item"]) for row in table().to_dicts() if row["rare"]}
    rare |= {("surgery", name) for name in OF_ONE_SEX}
    listed = list(zip(categories, items, strict=True))
    plain = [place for place, item in enumerate(listed) if item not in rare]
    nearest = {
        place: min(
            (other for other in plain if listed[other][0] == item[0]),
            key=lambda other: abs(other - place),
        )
        for place, item in enumerate(listed)
        if item in rare
    }
    return np.array([nearest.get(place, place) for place in range(len(listed))], dtype=np.int64)
