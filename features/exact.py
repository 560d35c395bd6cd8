"""Division that gives the same digits alone, in a batch and on any number of threads.

Polars divides a column by a plain number as a product with its reciprocal, but a single row
truly: 15267 fen are 152.67 yuan alone and 152.67000000000002 in company. How many rows stand
together depends on the batch and, behind a filter, on the number of threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def divided(value: pl.Expr, by: float) -> pl.Expr:
    """A finite value over a plain number, in its unit, rounded once as Python does it."""
    # Zero times the value makes the divisor a column of its own, row for row. A constant
    # written any other way (repeat, when ... otherwise) is folded back into one number.
    return value / (value * 0.0 + by)
