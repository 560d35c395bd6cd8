"""A severely ill person leaves against advice, or is taken home, after a day or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (6, 40)
LEFT_AFTER = (1, 3)
STRUCTURES = ("medical",)


@lookalike(
    name="left_early", resembles=("H10",), stage="care", share=0.002, eye=10.0,
    title_en="severe, but left early", title_zh="重症自动出院",
)  # fmt: skip
def left_early(city: City, dose: Dose) -> City:
    """A true major complication, treated as such, whose cost is that of the days that were left."""
    draw = city.world.draw
    structure = city.world.reference.groups["structure"].gather(city.plan["group"].cast(pl.UInt32))
    free = ~pl.col("planted") & (pl.col("source") == pl.col("key")) & (pl.col("link") == -1)
    severe = (pl.col("severity") == 1) & pl.col("los").is_between(*NIGHTS) & ~pl.col("newborn")
    last = pl.col("chain") != pl.col("chain").shift(-1)
    marked = city.plan.with_columns(last=last.fill_null(value=True), structure_of=structure)
    fit = marked.filter(free & severe & pl.col("last") & pl.col("structure_of").is_in(STRUCTURES))
    chosen = draw.luckiest("left/luck", fit, dose.subjects)
    nights = pl.Series(draw.between("left/after", *LEFT_AFTER, chosen["key"]))
    left = chosen.with_columns(los=nights, against=pl.lit(value=True), planted=pl.lit(value=True))
    return city.with_plan(left).innocent_stays("left_early", left)
