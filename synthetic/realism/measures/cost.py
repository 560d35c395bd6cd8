"""Yuan a stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.cells import by_group, by_level, spread_in_cells
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

FEN = 100
HIGH, LOW = 2.0, 0.5
SKEWED = (
    "Cost is log-normal and the standard is its mean, so that more stays lie below half than above "
    "twice of it; the two proposed shares do not fit one log-normal."
)


def _yuan(facts: Facts) -> pl.DataFrame:
    return facts.stays.with_columns(yuan=pl.col("total_amount") / FEN)


@measure(
    "cost_mean",
    why="It follows from the cost of the groups and their shares of the city's stays.",
)
def cost_mean(facts: Facts) -> Values:
    """Mean total fee over all stays."""
    return one(_yuan(facts)["yuan"].mean(), len(facts.stays))


@measure(
    "cost_of_level",
    why="Factors by level (lower than the dossier's cost for tertiary, higher than its 0.7 and "
    "0.55 below) meet another mix of groups at each level.",
)
def cost_of_level(facts: Facts) -> Values:
    """Mean total fee by level of the hospital."""
    return by_level(_yuan(facts), "yuan")


@measure("cost_variation", why="The mix of cheap and dear groups is wider or narrower than theirs.")
def cost_variation(facts: Facts) -> Values:
    """Standard deviation of the total fee over its mean."""
    yuan = _yuan(facts)["yuan"]
    spread, mean = yuan.std(), yuan.mean()
    if not isinstance(spread, float) or not isinstance(mean, float):
        return {}
    return {"": Measured(spread / mean, len(yuan))}


@measure(
    "cost_sigma",
    why="Consumables come in whole units at fixed prices, which holds the spread of dear "
    "operations down.",
)
def cost_sigma(facts: Facts) -> Values:
    """Standard deviation of the logarithm of the fee within group and level, pooled."""
    return spread_in_cells(_yuan(facts), "yuan")


def _beyond(facts: Facts, found: pl.Expr) -> Values:
    rows = facts.stays.filter(pl.col("payment_standard") > 0)
    times = rows.select(hit=found).to_series()
    return ratio(int(times.sum()), len(rows))


TIMES = pl.col("total_amount") / pl.col("payment_standard")


@measure(
    "cost_high_ratio",
    why=SKEWED,
)
def cost_high_ratio(facts: Facts) -> Values:
    """Share of stays whose fee is above twice their payment standard."""
    return _beyond(facts, TIMES > HIGH)


@measure(
    "cost_low_ratio",
    why=SKEWED,
)
def cost_low_ratio(facts: Facts) -> Values:
    """Share of stays whose fee is below half of their payment standard."""
    return _beyond(facts, TIMES < LOW)


@measure(
    "cost_rehabilitation",
    why="A published stay is of one province's county hospitals; ours starts from a Shanghai "
    "value times the factor of the level.",
)
def cost_rehabilitation(facts: Facts) -> Values:
    """Mean fee of rehabilitation (XR2) in hospitals below tertiary level."""
    rows = _yuan(facts).filter((pl.col("adrg") == "XR2") & (pl.col("level") != "3"))
    return one(rows["yuan"].mean(), len(rows))


@measure("cost_coronary_stent", why="Stent, balloons and services do not add up to it.")
def cost_coronary_stent(facts: Facts) -> Values:
    """Median fee of a coronary stenting (FM1)."""
    rows = _yuan(facts).filter(pl.col("adrg") == "FM1")
    return one(rows["yuan"].median(), len(rows))


@measure(
    "group_cost",
    why="Services make up the group's cost beside its goods; where goods before their cut, or one "
    "operation's price, are nearly the whole cost, services are not planned below a quarter of it.",
)
def group_cost(facts: Facts) -> Values:
    """Mean fee of a group's tertiary stays.

    Where these are few, of all its stays, each over the factor of its level.
    """
    return by_group(_yuan(facts), "yuan", leveled=True)
