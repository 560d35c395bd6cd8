"""Months in a psychiatric hospital, with the treatment of such months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_NIGHTS = 85


@lookalike(
    name="psychiatric_long_stay", resembles=("H14", "H02"), stage="care", share=1.0, eye=5.0,
    title_en="months in a psychiatric hospital", title_zh="精神科长期住院",
)  # fmt: skip
def psychiatric_long_stay(city: City, _dose: Dose) -> City:
    """Long because the illness is; drugs and therapy go on and no leave was taken."""
    group = city.world.reference.group("TR1")
    fit = (pl.col("group") == group) & (pl.col("los") >= LEAST_NIGHTS) & ~pl.col("planted")
    return city.innocent_stays(
        "psychiatric_long_stay", city.plan.filter(fit & (pl.col("idle_a") < 0))
    )
