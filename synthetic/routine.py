"""What nearly everybody is tested for on admission: a blood count, and urine.

They are the first of the price list, at two grades each; a laboratory bills one of them. Where a
ward orders a package of tests, they are part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthetic.packages import Drawn
    from synthetic.randomness import Whole
    from synthetic.world import World

FIRST_SLOT = 252  # behind the slots of what is ordered and handed out
SHARES = (0.8, 0.55)  # of stays that have a blood count, and urine
GRADES = 2  # prices in the list for each of them
MORNING = (25_200, 14_400)  # second of the day from which, and for how long, they are taken


def drawn(world: World, plan: pl.DataFrame, hours: Whole, packed: list[str]) -> Iterator[Drawn]:
    """Rows, category, slot, and item, quantity and second of the tests of the first day.

    ``hours`` are the keys that hours are drawn from; ``packed`` names the cost structures in
    which a package is ordered, so that nobody goes without.
    """
    tested = plan.with_columns(day=pl.col("first_day"), hours=pl.Series(hours)).filter(
        ~pl.col("untested") & (pl.col("first_day") == 0)
    )
    certain = tested["structure"].is_in(packed).to_numpy()
    for place, share in enumerate(SHARES):
        taken = world.draw.chance(f"routine/{place}", share, tested["source"]) | certain
        rows = tested.filter(pl.Series(taken))
        grade = world.draw.below("routine/grade", GRADES, rows["hospital"])
        item = world.services.first["laboratory"] + GRADES * place + grade
        begin, length = MORNING
        second = begin + world.draw.below("routine/second", length, rows["hours"], place)
        once = np.ones(len(rows), dtype=np.int64)
        yield rows, "laboratory", FIRST_SLOT + place, (item, once, second)
