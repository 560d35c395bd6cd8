"""Days of a stay on which only tablets are given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_NIGHTS = 8
RUN = (2, 5)  # days of watching before discharge
WEEKLY_SHARE = 0.4  # of them, stays whose tablets are billed once for all days


@lookalike(
    name="oral_therapy", resembles=("H02",), stage="care", share=0.012, eye=10.0,
    title_en="oral therapy under observation", title_zh="口服药物观察",
)  # fmt: skip
def oral_therapy(city: City, dose: Dose) -> City:
    """The dose of a new tablet is found under observation; nothing else is billed.

    Where the tablets are billed once for several days, those days look empty.
    """
    draw = city.world.draw
    structure = city.world.group_values("structure")[city.plan["group"].to_numpy()]
    fit = (pl.col("los") >= LEAST_NIGHTS) & ~pl.col("planted") & pl.Series(structure == "medical")
    rows = city.plan.filter(fit)
    chosen = draw.luckiest("oral/luck", rows, dose.subjects).select("key", "los")
    run = draw.between("oral/run", *RUN, chosen["key"])
    begin = np.maximum(
        chosen["los"].to_numpy() - run - draw.between("oral/end", 1, 2, chosen["key"]), 1
    )
    days = chosen.select("key").with_columns(
        begin=pl.Series(begin),
        end=pl.Series(begin + run - 1),
        daily=pl.Series(~draw.chance("oral/weekly", WEEKLY_SHARE, chosen["key"])),
    )
    joined = city.plan.join(days, on="key", how="left", maintain_order="left")
    marked = joined.with_columns(
        idle_a=pl.coalesce("begin", "idle_a"),
        idle_b=pl.coalesce("end", "idle_b"),
        token=pl.coalesce("daily", "token"),
        planted=pl.col("planted") | pl.col("begin").is_not_null(),
    ).select(city.plan.columns)
    mine = marked.join(days.select("key"), on="key", how="semi")
    return replace(city, plan=marked).innocent_stays("oral_therapy", mine)
