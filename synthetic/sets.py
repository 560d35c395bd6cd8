"""Sets of a prosthesis or fixator, which some hospitals buy as single parts.

Every part is listed on the platform with a price of its own; together they cost more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.families import PARTS
from synthetic.keys import KIT_STEP

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

# Hospitals that buy a set as single parts, about as many as buy it whole: the platform lists both.
IN_PARTS = 0.5
PART_PLACE = 300  # from here on: places of parts among the uses of a stay


def in_parts(world: World, uses: pl.DataFrame) -> pl.DataFrame:
    """Sets as single parts where the hospital buys them so."""
    variant = world.products.frame["variant"].to_numpy()
    whole, pieces = uses, []
    for name, part, number, place in parts_of_sets():
        mine = uses.filter(_sold_singly(world, uses, name))
        offered = np.flatnonzero((world.products.frame["key"] == part).to_numpy())
        product = offered[variant[mine["product"].to_numpy()]]
        pieces.append(
            mine.with_columns(
                use=(pl.col("use") // KIT_STEP) * KIT_STEP + PART_PLACE + place,
                product=pl.Series(world.products.coded(product, mine["day"].to_numpy())),
                quantity=pl.col("quantity") * number,
            )
        )
    for name in PARTS:
        whole = whole.filter(~_sold_singly(world, whole, name))
    return pl.concat([whole, *pieces])


def parts_of_sets() -> list[tuple[str, str, int, int]]:
    """Every part: its set, its name, how many of it the set holds, and its number."""
    listed = [(name, part, n) for name, parts in PARTS.items() for part, n in parts.items()]
    return [(*part, place) for place, part in enumerate(listed)]


def _sold_singly(world: World, uses: pl.DataFrame, name: str) -> pl.Series:
    """Uses of a set in hospitals that buy it as parts."""
    generic = world.reference.generics["key"].to_list().index(name)
    of_kit = (uses["use"] % KIT_STEP < PART_PLACE).to_numpy()
    mine = of_kit & (world.products.generic[uses["product"].to_numpy()] == generic)
    return pl.Series(mine & bought_singly(world, uses["hospital"].to_numpy(), generic))


def bought_singly(world: World, hospital: Whole, generic: int) -> Flags:
    """Whether hospitals buy a set as single parts."""
    return world.draw.chance("product/in_parts", IN_PARTS, hospital, generic)
