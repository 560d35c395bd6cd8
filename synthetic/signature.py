"""What a group of illness is known by on the bill: its operation, its anaesthesia, its course.

``data/signatures.csv``: group, category, item (name without grade) and the share of the
category's lines that bear the name. Names are those of the price list; the shares are a
calibration of ours, without a source.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.reference import DATA

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World


@cache
def table() -> pl.DataFrame:
    """The table as it ships."""
    return pl.read_csv(DATA / "signatures.csv", schema_overrides={"share": pl.Float64})


def signed(
    world: World, category: str, item: Whole, group: Whole, keys: tuple[Whole, ...]
) -> Whole:
    """The items of lines of a category, some of them replaced by what the group is known by."""
    known = _known(world, category)
    if known is None:
        return item
    first, grades, share = (column[group] for column in known)
    mine = world.draw.chance("line/signature", share, *keys)
    # A group keeps to one grade of a service, as a contract with the fund does.
    named_by: Whole = np.where(mine, first + world.draw.below("line/grade", grades, group), item)
    return named_by


def _known(world: World, category: str) -> tuple[Whole, Whole, Floats] | None:
    """First item, number of grades and share by group; no share where a group has no name."""
    mine = table().filter(pl.col("category") == category)
    if mine.is_empty():
        return None
    grades = world.services.named.group_by("category", "item").agg(
        first=pl.col("number").min(), grades=pl.len()
    )
    rows = mine.join(grades, on=["category", "item"]).sort("adrg")
    place = [world.reference.group(adrg) for adrg in rows["adrg"]]
    size = len(world.reference.groups)
    first, count = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    share = np.zeros(size)
    first[place], count[place] = rows["first"].to_numpy(), rows["grades"].to_numpy()
    share[place] = rows["share"].to_numpy()
    return first, count, share
