"""Days in hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.cells import by_group, by_level, spread_in_cells
from synthetic.realism.measure import Values, measure, one

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts


@measure(
    "days_mean",
    why="The typical lengths of the groups (section 5.2) and their shares of the city's stays do "
    "not average to the city's published figure.",
)
def days_mean(facts: Facts) -> Values:
    """Mean days from admission to discharge, at least one, over all stays."""
    return one(facts.stays["days"].mean(), len(facts.stays))


@measure(
    "days_of_level",
    why="Length differs between levels by a fixed factor and by the groups each level takes, "
    "not by a figure published for that level.",
)
def days_of_level(facts: Facts) -> Values:
    """Mean days by level of the hospital."""
    return by_level(facts.stays, "days")


@measure(
    "days_sigma",
    why="Lengths are drawn with a fixed spread for each kind of care, and whole days widen or "
    "narrow it in short groups.",
)
def days_sigma(facts: Facts) -> Values:
    """Standard deviation of the logarithm of days within group and level, pooled."""
    return spread_in_cells(facts.stays, "days")


@measure(
    "days_rehabilitation",
    why="Rehabilitation begins from a typical length (21 days) that small houses stretch.",
)
def days_rehabilitation(facts: Facts) -> Values:
    """Mean days of rehabilitation (XR2) in hospitals below tertiary level."""
    rows = facts.stays.filter((pl.col("adrg") == "XR2") & (pl.col("level") != "3"))
    return one(rows["days"].mean(), len(rows))


@measure(
    "group_days",
    why="Means lie above typical lengths where the spread is wide or whole days are rounded up.",
)
def group_days(facts: Facts) -> Values:
    """Mean days of a group's tertiary stays; of all its stays where tertiary ones are few."""
    return by_group(facts.stays, "days", leveled=False)
