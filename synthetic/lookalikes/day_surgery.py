"""An operation that others stay a week for is done and the person goes home the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("HC2", "KD1")  # groups whose patients mostly stay four nights and more


@lookalike(
    name="day_surgery", resembles=("H13",), stage="care", share=1.0, eye=4.0,
    title_en="day surgery", title_zh="日间手术",
)  # fmt: skip
def day_surgery(city: City, _dose: Dose) -> City:
    """A night at most and a smaller fee, flagged as day care, and the operation was done."""
    wanted = [city.world.reference.group(adrg) for adrg in GROUPS]
    fit = pl.col("group").is_in(wanted) & pl.col("day_case") & ~pl.col("planted")
    return city.innocent_stays("day_surgery", city.plan.filter(fit))
