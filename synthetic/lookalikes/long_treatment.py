"""A long illness, treated every day to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import fading
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

FAR_OUT = 1.95  # spreads above the middle: two or three of 100 stay longer
STRUCTURES = ("medical", "rehab")
LEAST_NIGHTS = 14


@lookalike(
    name="long_treatment", resembles=("H14",), stage="care", share=1.0, eye=6.0,
    title_en="a long illness treated to the end", title_zh="长病程持续治疗",
)  # fmt: skip
def long_treatment(city: City, _dose: Dose) -> City:
    """Beyond what 97 of 100 stay, with drugs and therapy up to the last days."""
    length = pl.Series(fading.usual_length(city.world, city.plan, FAR_OUT))
    fit = ~pl.col("planted") & pl.col("structure").is_in(STRUCTURES) & (pl.col("idle_a") < 0)
    fit &= (pl.col("los") >= LEAST_NIGHTS) & (pl.col("los") > length) & (pl.col("part") == 0)
    return city.innocent_stays("long_treatment", city.plan.filter(fit))
