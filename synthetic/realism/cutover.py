"""Billed units and fen of each generic by month, and how far the month is from its price cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

HALF_YEAR = 6
FEWEST_MONTHS = 3


def monthly(facts: Facts) -> pl.DataFrame:
    """Key, month, units (thousandths), units of selected products, fen, stays, offset.

    ``offset`` counts months from the cut: 0 is the month of the cut itself, null no cut.
    """
    chosen = pl.col("units").filter("selected").sum()
    sums = facts.items.group_by("key", "month").agg(
        pl.col("units", "fen").sum(), selected_units=chosen
    )
    stays = facts.stays.group_by(month=pl.col("admitted").dt.month_start()).agg(stays=pl.len())
    dated = sums.join(stays, on="month").join(facts.cuts, on="key", how="left")
    return dated.with_columns(offset=_months("month") - _months("cut")).sort("key", "month")


def _months(name: str) -> pl.Expr:
    return pl.col(name).dt.year().cast(pl.Int64) * 12 + pl.col(name).dt.month()


def around_cuts(facts: Facts) -> pl.DataFrame:
    """The months of generics whose price was cut inside the window."""
    return monthly(facts).filter(pl.col("offset").is_not_null())


def half_years(facts: Facts) -> pl.DataFrame:
    """One row a generic: sums of the six months before and after its cut, side by side."""
    rows = around_cuts(facts).filter(pl.col("offset").abs().is_between(1, HALF_YEAR))
    sides = [
        rows.filter(pl.col("offset") * side > 0)
        .group_by("key")
        .agg(pl.col("units", "selected_units", "fen", "stays").sum(), months=pl.len())
        .filter((pl.col("months") >= FEWEST_MONTHS) & (pl.col("units") > 0))
        for side in (-1, 1)
    ]
    return sides[0].join(sides[1], on="key", suffix="_after").sort("key")
