"""Stays kept on after what the illness needed: who can be kept, and what then happens in bed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import effort

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.state import City
    from synthetic.world import World

QUIET_AFTER = 12  # days without another stay, counted from the end of the longest extension
FEW_NIGHTS = 4  # shorter stays have no last third to speak of
# Nights over the mean below which 95 and 88 of 100 stays end, in units of the spread.
Z95, Z88 = 1.645, 1.175


def usual_length(world: World, plan: pl.DataFrame, z: float) -> Floats:
    """Nights below which a share of honest stays of the group and level end."""
    group = plan["group"].to_numpy()
    structure = world.group_values("structure")[group]
    sigma = np.array([effort.DAYS_SIGMA.get(s, effort.DAYS_SIGMA_ELSE) for s in structure])
    factor = np.array(
        [effort.LEVEL_DAYS[name] for name in world.level(plan["hospital"].to_numpy())]
    )
    factor = np.where(np.isin(structure, effort.FIXED_DAYS), 1.0, factor)
    mean = world.group_values("los")[group] * factor
    length: Floats = mean * np.exp(z * sigma - sigma**2 / 2)
    return length


def daily_cost(world: World, plan: pl.DataFrame) -> Floats:
    """Planned spending of a day over that of the group's usual day at that level."""
    group = plan["group"].to_numpy()
    level = np.array([effort.LEVEL_COST[name] for name in world.level(plan["hospital"].to_numpy())])
    usual = world.group_values("cost_k")[group] * 1000 * level / world.group_values("los")[group]
    relative: Floats = plan["spend"].to_numpy() / np.maximum(plan["los"].to_numpy(), 1) / usual
    return relative


def keepable(city: City, structures: tuple[str, ...], longest: int) -> pl.DataFrame:
    """Untouched stays of persons who would be at home for ``longest`` more days, with ``day``."""
    plan = city.plan.sort("person", "admit", "key")
    end = pl.col("admit") + pl.col("los")
    crowded = (pl.col("person") == pl.col("person").shift(-1)) & (
        pl.col("admit").shift(-1) < end + longest + QUIET_AFTER
    )
    fit = ~crowded.fill_null(value=False) & ~pl.col("planted") & (pl.col("link") == -1)
    fit &= (pl.col("idle_a") < 0) & (pl.col("part") == 0) & (pl.col("source") == pl.col("key"))
    fit &= pl.col("structure").is_in(structures) & (pl.col("los") >= FEW_NIGHTS)
    fit &= end + longest + 1 < city.world.clock.days
    return plan.filter(fit).with_columns(day=pl.col("admit"))


def kept(rows: pl.DataFrame, extra: pl.Series) -> pl.DataFrame:
    """The same stays with so many days added; the treatment that was needed stays as it was."""
    return rows.with_columns(
        needed=pl.col("los"), extra=extra, los=pl.col("los") + extra, planted=pl.lit(value=True)
    )
