"""How old somebody was on a day, and the band that is told of an age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.exact import divided
from features.stay_frames import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping


def years(born: str, on: str) -> pl.Expr:
    """Years from one day to another; null where either is unknown."""
    lived = pl.col(on).cast(pl.Date) - pl.col(born).cast(pl.Date)
    return divided(lived.dt.total_days(), DAYS_PER_YEAR)


def band(age: pl.Expr, names: Mapping[int, str]) -> pl.Expr:
    """The name of the band of an age; ``names`` by the age from which each begins, ascending.

    Null below the first, and for an age that is unknown.
    """
    named = pl.lit(None, pl.String)
    for start, name in names.items():
        named = pl.when(age >= start).then(pl.lit(name)).otherwise(named)
    return named
