"""During the wave the infected are admitted to be kept apart, and are tested daily."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ward_goods
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (3, 9)
STRUCTURE = "tests_mostly"
APART = "Z29.000"  # isolation
MILD = 5


@lookalike(
    name="epidemic_isolation", resembles=("H03",), stage="care", share=1.0, eye=12.0,
    title_en="admitted to an isolation ward", title_zh="疫情期间隔离收治",
)  # fmt: skip
def epidemic_isolation(city: City, _dose: Dose) -> City:
    """Little treatment and many tests in the weeks of the wave, for an infection, kept apart."""
    apart = pl.Series(ward_goods.isolated(city.world, city.plan))
    fit = ~pl.col("planted") & (pl.col("severity") == MILD) & pl.col("los").is_between(*NIGHTS)
    fit &= (pl.col("link") == -1) & (pl.col("part") == 0) & (pl.col("structure") == "medical")
    chosen = city.plan.filter(fit & apart)
    chosen = chosen.with_columns(structure=pl.lit(STRUCTURE), planted=pl.lit(value=True))
    codes = chosen.select(stay="key", code=pl.lit(APART), present=pl.lit(value=True))
    city = city.with_plan(chosen).with_codes(codes)
    return city.innocent_stays("epidemic_isolation", chosen)
