"""What an id, a place in a file and an amount might betray, as expressions on a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.free_lunch.scoring import Floats

MODULI = (2, 3, 7, 10, 16, 100, 1_000)
ID_DIGITS = 15
DIGITS = r"(\d+)"


def number(column: str) -> list[pl.Expr]:
    """The number in an id, what is left of it by small divisors, and its digits."""
    text = pl.col(column).str.extract(DIGITS)
    number = text.cast(pl.Int64, strict=False)
    digits = text.str.zfill(ID_DIGITS)
    return [
        number.alias(f"{column} number"),
        *((number % by).alias(f"{column} modulo {by}") for by in MODULI),
        *(
            digits.str.slice(at, 1).cast(pl.Int64, strict=False).alias(f"{column} digit {at}")
            for at in range(ID_DIGITS)
        ),
    ]


def _jitter(rows: pl.DataFrame, seed: int) -> Floats:
    return np.random.default_rng(seed).random(len(rows))


def placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with their place in the file, and among those received on the same night."""
    numbered = rows.with_row_index("row").with_columns(luck=pl.Series(_jitter(rows, 1)))
    within = (pl.int_range(pl.len()).over("received_on") + pl.col("luck")) / pl.len().over(
        "received_on"
    )
    return numbered.with_columns(within=within, size=pl.lit(len(rows)))


def order() -> list[pl.Expr]:
    """Places that ``placed`` has found."""
    share = (pl.col("row") / pl.col("size")).alias("place in file")
    return [share, (pl.col("row") % 2).alias("odd row"), pl.col("within").alias("place in night")]


def against_time(rows: pl.DataFrame, owner: str, moment: str) -> pl.DataFrame:
    """How much later a row stands in the file than in time, among the rows of its owner."""
    mine = rows.with_columns(other=pl.Series(_jitter(rows, 2)))
    number = pl.len().over(owner)
    listed = (pl.int_range(pl.len()).over(owner) + pl.col("luck")) / number
    # Seconds and a part of one, so that rows of the same second stand in random order.
    since = pl.col(moment).dt.epoch("s") + pl.col("other")
    timed = (since.rank("ordinal").over(owner) - pl.col("other")) / number
    return mine.with_columns(listed=listed, late=listed - timed)


def last_digits(*amounts: str) -> Iterator[pl.Expr]:
    """The last digit and the last two of amounts, in fen."""
    for name in amounts:
        fen = (pl.col(name) * 100).round().cast(pl.Int64)
        yield (fen % 10).alias(f"{name} last digit")
        yield (fen % 100).alias(f"{name} last two digits")
