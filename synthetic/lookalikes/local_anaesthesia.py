"""Small operations under local anaesthesia."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("LF1", "IB3", "FK3", "FN1", "IF5", "GE1")


@lookalike(
    name="local_anaesthesia", resembles=("H05",), stage="care", share=0.002, eye=8.0,
    title_en="operation under local anaesthesia", title_zh="局麻下手术",
)  # fmt: skip
def local_anaesthesia(city: City, dose: Dose) -> City:
    """No anaesthesia on the bill of an operation, but its goods are registered and issued."""
    places = [city.world.reference.group(adrg) for adrg in GROUPS]
    fit = pl.col("group").is_in(places) & ~pl.col("planted") & (pl.col("structure") == "surgical")
    rows = city.plan.filter(fit & (pl.col("part") == 0))
    chosen = city.world.draw.luckiest("local_anaesthesia/luck", rows, dose.subjects)
    marked = chosen.with_columns(structure=pl.lit("unanaesthetised"), planted=pl.lit(value=True))
    return city.with_plan(marked).innocent_stays("local_anaesthesia", marked)
