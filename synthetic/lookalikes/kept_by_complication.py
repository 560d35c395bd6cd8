"""A complication in hospital adds weeks, and it is treated on every one of their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import fading
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ADDED = (0.8, 1.5)  # days added over days planned
LONGEST = 40
GRAVE = 1
STRUCTURES = ("medical", "surgical")


@lookalike(
    name="kept_by_complication", resembles=("H14",), stage="care", share=0.0012, eye=12.0,
    title_en="kept in bed by a complication", title_zh="并发症致住院延长",
)  # fmt: skip
def kept_by_complication(city: City, dose: Dose) -> City:
    """Far longer than usual, with a major complication that began in the ward and its treatment."""
    draw = city.world.draw
    rows = fading.keepable(city, STRUCTURES, LONGEST).filter(pl.col("severity") == GRAVE)
    chosen = draw.luckiest("kept/luck", rows, dose.subjects)
    low, high = ADDED
    share = low + (high - low) * draw.uniform("kept/added", chosen["key"])
    extra = np.clip(np.ceil(chosen["los"].to_numpy() * share), 2, LONGEST).astype(np.int64)
    kept = fading.kept(chosen, pl.Series(extra))
    return city.with_plan(kept).innocent_stays("kept_by_complication", kept)
