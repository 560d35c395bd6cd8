"""Leave of absence during a long psychiatric stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SHARE = 0.5  # long psychiatric stays with a leave
LEAVE = (3, 6)  # days at home on trial
LEAST_NIGHTS = 25


@lookalike(
    name="psychiatric_leave", resembles=("H02",), stage="care", share=1.0,
    title_en="leave from a psychiatric ward", title_zh="精神科请假外出",
)  # fmt: skip
def psychiatric_leave(city: City, _dose: Dose) -> City:
    """Some days at home on trial, granted and recorded, once or twice in a long stay."""
    draw, group = city.world.draw, city.world.reference.group("TR1")
    fit = (pl.col("group") == group) & (pl.col("los") >= LEAST_NIGHTS) & ~pl.col("planted")
    leave = fit & pl.Series(draw.chance("leave/psychiatric", SHARE, city.plan["key"]))
    length = pl.Series(draw.between("leave/days", *LEAVE, city.plan["key"]))
    second = draw.chance("leave/again", 0.5, city.plan["key"])
    middle = pl.col("los") // 2
    marked = city.plan.with_columns(
        idle_a=pl.when(leave).then(pl.col("los") // 4).otherwise("idle_a"),
        idle_b=pl.when(leave).then(pl.col("los") // 4 + length - 1).otherwise("idle_b"),
        idle_c=pl.when(leave & pl.Series(second)).then(middle + 4).otherwise("idle_c"),
        idle_d=pl.when(leave & pl.Series(second)).then(middle + 6).otherwise("idle_d"),
        planted=pl.col("planted") | leave,
    )
    chosen = marked.filter(marked["planted"] & ~city.plan["planted"])
    return replace(city, plan=marked).innocent_stays("psychiatric_leave", chosen)
