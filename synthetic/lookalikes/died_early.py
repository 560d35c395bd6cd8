"""Death comes on the first days, before much could be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import headers
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (1, 2)
USUAL = (3, 60)  # nights that would have followed
STRUCTURES = ("medical", "icu")
SHARE = 0.7  # of the deaths


@lookalike(
    name="died_early", resembles=("H13",), stage="care", share=1.0, eye=6.0,
    title_en="death on the first days", title_zh="入院早期死亡",
)  # fmt: skip
def died_early(city: City, _dose: Dose) -> City:
    """Few nights and a small part of the standard, because the person died in that bed."""
    draw = city.world.draw
    ready = headers.prepare(city.world, city.standards, city.plan)
    dead = city.plan.filter(ready["died"])
    fit = pl.col("los").is_between(*USUAL) & ~pl.col("planted") & (pl.col("part") == 0)
    rows = dead.filter(fit & pl.col("structure").is_in(STRUCTURES) & (pl.col("op_day") < 0))
    chosen = rows.filter(pl.Series(draw.chance("died/early", SHARE, rows["key"])))
    nights = pl.Series(draw.between("died/nights", *NIGHTS, chosen["key"]))
    chosen = chosen.with_columns(los=nights, planted=pl.lit(value=True))
    return city.with_plan(chosen).innocent_stays("died_early", chosen)
