"""A person leaves against advice and comes back as an emergency some days later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.keys import SECOND_PART

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (6, 30)
GAP = (1, 7)
QUIET_AFTER = 30
STRUCTURES = ("medical", "surgical")


@lookalike(
    name="left_and_returned", resembles=("H01",), stage="care", share=0.004, eye=16.0,
    title_en="left against advice and came back", title_zh="自动出院后再入院",
)  # fmt: skip
def left_and_returned(city: City, dose: Dose) -> City:
    """Two stays of one illness with a short gap, but nobody at the hospital wanted the gap.

    The first part ends at any cost, not where the payment standard is met.
    """
    draw = city.world.draw
    fit = _candidates(city)
    chosen = draw.luckiest("returned/luck", fit, dose.subjects)
    key, nights = chosen["key"].to_numpy(), chosen["los"].to_numpy()
    cut = 2 + draw.below("returned/cut", np.maximum(nights - 3, 1), key)
    gap = draw.between("returned/gap", *GAP, key)
    first = chosen.with_columns(
        los=pl.Series(cut),
        part=pl.lit(1, pl.Int64),
        planted=pl.lit(value=True),
        against=pl.lit(value=True),
    )
    second = chosen.with_columns(
        key=pl.col("key") + SECOND_PART,
        part=pl.lit(2, pl.Int64),
        admit=pl.col("admit") + pl.Series(cut + gap),
        los=pl.col("los") - pl.Series(cut),
        first_day=pl.Series(cut),
        emergency=pl.Series(draw.chance("returned/emergency", 0.7, key)),
        planted=pl.lit(value=True),
    )
    rest = city.plan.join(chosen.select("key"), on="key", how="anti")
    columns = city.plan.columns
    whole = pl.concat([rest, first.select(columns), second.select(columns)])
    city = replace(city, plan=whole.sort("chain", "admit", "key"))
    return city.innocent_stays("left_and_returned", second)


def _candidates(city: City) -> pl.DataFrame:
    plan = city.plan.sort("person", "admit")
    structure = city.world.group_values("structure")[plan["group"].to_numpy()]
    end = pl.col("admit") + pl.col("los")
    crowded = (pl.col("person") == pl.col("person").shift(-1)) & (
        pl.col("admit").shift(-1) < end + QUIET_AFTER
    )
    fit = pl.col("los").is_between(*NIGHTS) & ~pl.col("planted") & (pl.col("link") == -1)
    fit &= ~crowded.fill_null(value=False) & (end + GAP[1] + 2 < city.world.clock.days)
    return plan.filter(fit & pl.Series(np.isin(structure, STRUCTURES)))
