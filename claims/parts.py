"""A large extract taken in part by part: so many of its months together as fit into memory.

Each part lands as a night does, held against what landed before it; so whoever sends a child
months before its stay finds it in quarantine first, and released with the stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.files import suffix_of
from claims.nights import NIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

# Rows of all tables together; with their checks and suites they take about 3 GB.
ROWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Nights:
    """Nights from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def within(self) -> pl.Expr:
        """Condition on rows: received on one of these nights."""
        return pl.col(NIGHT).is_between(self.first, self.last)


def parts_of(files: Iterable[Path], at_once: int) -> list[Nights]:
    """Parts of these files by whole months, in order of time; none where they are to be read whole.

    Only Parquet can be parted, and only where every row says its night: what does not is told
    from the events of all the others. Few rows need no parting.
    """
    counted = [_of_file(file) for file in files]
    if not counted or any(rows is None for rows in counted):
        return []
    months = (
        pl.concat([rows for rows in counted if rows is not None])
        .group_by("month")
        .agg(pl.col("rows").sum(), pl.col("first").min(), pl.col("last").max())
        .sort("month")
    )
    if months["rows"].sum() <= at_once:
        return []
    return _gathered(months, at_once)


def _of_file(file: Path) -> pl.DataFrame | None:
    """Rows, first and last night of each month; None where the file cannot be parted."""
    if suffix_of(file) != ".parquet":
        return None
    try:
        rows = pl.scan_parquet(file, glob=False)
        if rows.collect_schema().get(NIGHT) != pl.Date:
            return None
        found = rows.select(NIGHT).group_by(month=pl.col(NIGHT).dt.truncate("1mo")).agg(
            rows=pl.len(), first=pl.col(NIGHT).min(), last=pl.col(NIGHT).max()
        ).collect()  # fmt: skip
    except (pl.exceptions.PolarsError, OSError):
        return None  # whoever reads it says what is wrong with it
    return None if found["month"].null_count() else found


def _gathered(months: pl.DataFrame, at_once: int) -> list[Nights]:
    """As many months together as hold at most so many rows, and at least one."""
    parts: list[Nights] = []
    held = at_once + 1
    for rows, first, last in months.select("rows", "first", "last").iter_rows():
        if held + rows > at_once:
            parts.append(Nights(first, last))
            held = rows
        else:
            parts[-1] = Nights(parts[-1].first, last)
            held += rows
    return parts
