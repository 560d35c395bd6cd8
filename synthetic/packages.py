"""Packages of tests: one list of examinations and laboratory tests for everybody of a ward.

Some wards order such a list before operations or transplants, some sell it as a check-up. The
list belongs to the hospital and ward; a stay may miss an item of it now and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import routine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthetic.randomness import Whole
    from synthetic.world import World

FIRST_SLOT = 160  # beside the slots of ordered lines
# Share of the price list, from the cheapest, that a hospital of each level orders from.
REACH = {"3": 1.0, "2": 0.94, "1": 0.88, "0": 0.84}
ROUTINE = {"laboratory": len(routine.SHARES) * routine.GRADES}  # first of the list; no package's
DAYS_OF_TESTS = {"laboratory": 2, "examination": 3}  # first days over which a package is spread


@dataclass(frozen=True)
class Package:
    """How many items of each class are on the list, and how often each is really ordered.

    Beside those that everybody has on admission.
    """

    laboratory: int
    examination: int
    kept: float


# By cost structure of the stay.
PACKAGES = {
    "checkup_full": Package(16, 8, 1.0),
    "checkup": Package(12, 6, 0.985),
    "checkup_small": Package(10, 5, 0.985),
    "checkup_loose": Package(6, 4, 0.86),
}

Drawn = tuple[pl.DataFrame, str, int, tuple["Whole", "Whole", "Whole"]]


def drawn(world: World, plan: pl.DataFrame) -> Iterator[Drawn]:
    """Rows, category, slot, and item, quantity and second of every line of a package."""
    for structure, package in PACKAGES.items():
        rows = plan.filter((pl.col("structure") == structure) & ~pl.col("untested"))
        if rows.is_empty():
            continue
        slot = FIRST_SLOT
        for category, size in (("laboratory", package.laboratory),
                               ("examination", package.examination)):  # fmt: skip
            for number in range(size):
                yield _line(world, rows, (category, number, size, slot), package.kept)
                slot += 1


def _line(world: World, rows: pl.DataFrame, place: tuple[str, int, int, int], kept: float) -> Drawn:
    """One item of the list for those stays that did not miss it."""
    category, number, size, slot = place
    mine = rows.filter(pl.Series(world.draw.chance("package/kept", kept, rows["source"], slot)))
    turn = number % DAYS_OF_TESTS[category]
    last = pl.col("first_day") + pl.col("los").clip(1) - 1
    mine = mine.with_columns(day=pl.min_horizontal(pl.col("first_day") + turn, last))
    second = 25_200 + world.draw.below("package/second", 46_800, mine["key"], slot)
    item = _item(world, mine, category, number / size, 1 / size)
    return mine, category, slot, (item, np.ones(len(mine), dtype=np.int64), second)


def _item(world: World, rows: pl.DataFrame, category: str, begin: float, width: float) -> Whole:
    """The ward's item inside one part of the price list, so that no two parts share an item."""
    hospital = rows["hospital"].to_numpy()
    _, department = np.unique(world.group_values("department"), return_inverse=True)
    ward = department[rows["group"].to_numpy()] * 4 + rows["ward"].to_numpy()
    first, count = world.services.first[category], world.services.count[category]
    known = ROUTINE.get(category, 0)
    reach = np.array([REACH[level] for level in world.level(hospital)]) * count - known
    where = begin + width * world.draw.uniform(f"package/{category}/{begin:.4f}", hospital, ward)
    item: Whole = (first + known + np.floor(where * reach)).astype(np.int64)
    return item
