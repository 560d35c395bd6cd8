"""No therapy on the weekends of a rehabilitation stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SHARE = 0.30
SATURDAY = 5
WEEK = 7
LEAST_NIGHTS = 12
LONG_WEEKEND = 0.35  # weekends that begin on Friday


@lookalike(
    name="rehabilitation_weekend", resembles=("H02",), stage="care", share=1.0,
    title_en="weekend without therapy", title_zh="康复周末休息",
)  # fmt: skip
def rehabilitation_weekend(city: City, _dose: Dose) -> City:
    """Therapists rest on two weekends of the stay; the patient stays in bed."""
    draw, plan = city.world.draw, city.plan
    fit = (pl.col("group") == city.world.reference.group("XR2")) & (pl.col("los") >= LEAST_NIGHTS)
    rests = fit & ~pl.col("planted") & pl.Series(draw.chance("weekend/rests", SHARE, plan["key"]))
    weekday = (city.world.clock.start.weekday() + plan["admit"].to_numpy()) % WEEK
    friday = draw.chance("weekend/friday", LONG_WEEKEND, plan["key"]).astype(np.int64)
    first = pl.Series((SATURDAY - weekday) % WEEK - friday).clip(1)
    last = pl.Series((SATURDAY - weekday) % WEEK + 1).clip(1)
    marked = plan.with_columns(
        idle_a=pl.when(rests).then(first).otherwise("idle_a"),
        idle_b=pl.when(rests).then(last).otherwise("idle_b"),
        idle_c=pl.when(rests).then(first + WEEK).otherwise("idle_c"),
        idle_d=pl.when(rests).then(last + WEEK).otherwise("idle_d"),
        planted=pl.col("planted") | rests,
    )
    chosen = marked.filter(marked["planted"] & ~plan["planted"])
    return replace(city, plan=marked).innocent_stays("rehabilitation_weekend", chosen)
