"""Means by level and by group, and spreads inside group and level."""

from __future__ import annotations

import polars as pl

from synthetic.realism.measure import Measured, Values, one

LEAST = 30  # records below which a figure is called too few
SMALLEST_CELL = 5
# Cost of a level over the tertiary one (dossier, heading of 5.2).
LEVEL_COST = {"3": 1.0, "2": 0.7, "1": 0.55, "0": 0.55}


def printed(value: float) -> float:
    """A value as the page prints and judges it."""
    return float(f"{value:.3g}")


def by_level(stays: pl.DataFrame, name: str) -> Values:
    """Mean of a column by level of the hospital."""
    means = stays.group_by("level").agg(pl.col(name).mean(), n=pl.len()).sort("level")
    return {level: Measured(value, n) for level, value, n in means.iter_rows()}


def spread_in_cells(stays: pl.DataFrame, name: str) -> Values:
    """Standard deviation of the logarithm within group and level, pooled over the cells."""
    cells = stays.filter(pl.col(name) > 0).group_by("adrg", "level").agg(
        variance=pl.col(name).log().var(), n=pl.len()
    )  # fmt: skip
    cells = cells.filter(pl.col("n") >= SMALLEST_CELL).sort("adrg", "level")
    free = pl.col("n") - 1
    pooled = cells.select((pl.col("variance") * free).sum() / free.sum()).item()
    return one(None if pooled is None else pooled**0.5, int(cells["n"].sum()))


def by_group(stays: pl.DataFrame, name: str, *, leveled: bool) -> Values:
    """Mean of a group's tertiary stays; of all its stays where tertiary ones are few.

    ``leveled`` divides stays of lower levels by the factor of their cost.
    """
    return {adrg: Measured(mean, n) for adrg, mean, _, n in groups(stays, name, leveled=leveled)}


def groups(stays: pl.DataFrame, name: str, *, leveled: bool) -> list[tuple[str, float, float, int]]:
    """Group, mean, median and number of records, by group."""
    factor = pl.col("level").replace_strict(LEVEL_COST, default=1.0, return_dtype=pl.Float64)
    value = pl.col(name) / factor if leveled else pl.col(name)
    few = ((pl.col("level") == "3").sum() < LEAST).over("adrg")
    rows = stays.filter(pl.col("adrg").is_not_null()).with_columns(value=value)
    rows = rows.filter(few | (pl.col("level") == "3"))
    table = rows.group_by("adrg").agg(
        mean=pl.col("value").mean(), median=pl.col("value").median(), n=pl.len()
    )
    return table.sort("adrg").rows()
