"""A person leaves a small hospital on the second day for a leading one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import elsewhere
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

GROUPS = ("BR2", "ES3", "ET2", "FR2", "LR1", "FR4")
LEAST_NIGHTS = 5
LEFT_AFTER = (1, 3)
GAP = (0, 3)
MILD = 5
LEADING = "3"


@lookalike(
    name="left_for_better", resembles=("H13",), stage="care", share=0.0012, eye=14.0,
    title_en="left for a leading hospital", title_zh="自行转往上级医院",
)  # fmt: skip
def left_for_better(city: City, dose: Dose) -> City:
    """Against advice, not severely ill, fully worked up until then; a tertiary hospital goes on.

    A light case is nobody that a hospital would want to be rid of.
    """
    draw, level = city.world.draw, city.world.houses.frame["level"].to_numpy()
    rows = elsewhere.candidates(city, GROUPS, LEAST_NIGHTS, GAP[1])
    small = pl.Series(level[rows["hospital"].to_numpy()] != LEADING)
    rows = rows.filter(small & (pl.col("severity") == MILD))
    chosen = draw.luckiest("better/luck", rows, dose.subjects)
    key = chosen["key"].to_numpy()
    left = chosen.with_columns(
        need=pl.col("los"),
        los=pl.Series(draw.between("better/after", *LEFT_AFTER, key)),
        gap=pl.Series(draw.between("better/gap", *GAP, key)),
        to=pl.Series(_leading(city, chosen)),
        emergency=pl.lit(value=False),
        against=pl.lit(value=True),
        planted=pl.lit(value=True),
    )
    second = elsewhere.admitted(city, "better", left)
    stayed = left.filter(pl.col("key").is_in(second["seed_of"].implode()))
    stayed = stayed.drop("emergency").join(chosen.select("key", "emergency"), on="key")
    city = city.with_plan(stayed).with_plan(second)
    return city.innocent_stays("left_for_better", stayed)


def _leading(city: City, rows: pl.DataFrame) -> Whole:
    """A tertiary hospital that treats the group, by its volume."""
    leading = city.world.houses.frame["level"].to_numpy() == LEADING
    weight = city.world.houses.volume[:, rows["group"].to_numpy()].T * leading[None, :]
    total = np.cumsum(weight, axis=1)
    luck = city.world.draw.uniform("better/to", rows["key"])
    chosen: Whole = (total > (luck * total[:, -1])[:, None]).argmax(axis=1).astype(np.int64)
    return chosen
