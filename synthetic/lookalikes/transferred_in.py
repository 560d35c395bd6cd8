"""A severely ill person comes from another hospital, where the tests were done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (3, 40)
CHEAPER = 0.75  # of what the whole course would have cost here


@lookalike(
    name="transferred_in", resembles=("H10",), stage="care", share=0.002, eye=8.0,
    title_en="severe, transferred in", title_zh="重症转入",
)  # fmt: skip
def transferred_in(city: City, dose: Dose) -> City:
    """A true major complication with few tests of its own; the way of admission says why."""
    draw, plan = city.world.draw, city.plan
    alone = plan.group_by("chain").len().filter(pl.col("len") == 1).select("chain")
    free = ~pl.col("planted") & (pl.col("source") == pl.col("key")) & (pl.col("link") == -1)
    severe = (pl.col("severity") == 1) & pl.col("los").is_between(*NIGHTS) & ~pl.col("newborn")
    fit = plan.filter(free & severe).join(alone, on="chain", how="semi")
    chosen = draw.luckiest("moved/luck", fit, dose.subjects)
    moved = chosen.with_columns(
        moved_in=pl.lit(value=True),
        emergency=pl.lit(value=False),
        untested=pl.lit(value=True),
        spend=pl.col("spend") * CHEAPER,
        planted=pl.lit(value=True),
    )
    return city.with_plan(moved).innocent_stays("transferred_in", moved)
