"""Payment standards set by experience: what a sample of honest stays was billed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import bill, goods, headers, standards, supply, uses
from synthetic.standards import GENEROSITY, Standards

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.state import City

SAMPLE = 80  # stays of each group
PRIOR = 8.0  # stays for which the expected cost counts, so that few stays move little
FEN = 100


def sample(city: City) -> pl.DataFrame:
    """Some honest stays of each group, drawn by key."""
    luck = pl.Series(city.world.draw.uniform("standards/sample", city.plan["key"]))
    rank = pl.col("luck").rank("ordinal").over("group")
    rows = city.plan.with_columns(luck=luck).filter(rank <= SAMPLE)
    return rows.drop("luck")


def _billed(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The sampled stays, ready to be settled, with the yuan that they cost."""
    world = city.world
    ready = headers.prepare(world, city.standards, rows)
    used = goods.honest(world, ready, uses.make(world, ready, city.wanted))
    traced, _ = supply.build(world, used)
    _, settled = bill.bill(world, ready, goods.charged(world, traced), city.lines)
    totals = settled.select("stay_id", yuan=pl.col("total_amount") / FEN)
    return ready.join(totals, on="stay_id")


def factors(city: City) -> Floats:
    """Billed over expected cost of each group, drawn towards 1 where few stays are seen."""
    rows = _billed(city, sample(city)).with_columns(expected=pl.col("standard") / GENEROSITY)
    sums = rows.group_by("group").agg(pl.col("yuan", "expected").sum(), n=pl.len()).sort("group")
    ratio = (sums["yuan"] / sums["expected"]).to_numpy()
    weight = sums["n"].to_numpy() / (sums["n"].to_numpy() + PRIOR)
    factor = np.ones(len(city.world.reference.groups))
    factor[sums["group"].to_numpy()] = 1 + (ratio - 1) * weight
    return factor


def calibrated(city: City) -> City:
    """The city with standards that follow its own honest bills."""
    made: Standards = standards.scaled(city.standards, factors(city), city.world.clock)
    return replace(city, standards=made)
