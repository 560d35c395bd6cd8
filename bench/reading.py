"""Count what is read from the delivered tables: rows and bytes that the lake hands out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from polars.io.plugins import register_io_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from claims.history import History


@dataclass
class Tally:
    """By table: how often it was opened, the rows and the bytes that came out."""

    opened: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Count a frame that was read, and hand it on."""
        for counts, more in (
            (self.opened, 1),
            (self.rows, frame.height),
            (self.size, int(frame.estimated_size())),
        ):
            counts[name] = counts.get(name, 0) + more
        return frame


def watched(history: History, tally: Tally) -> History:
    """The same knowledge, counting what is read of it.

    Conditions and columns that a reader asks for still reach the files, so that what is
    counted is what they let through.
    """
    tables = {name: _watched(name, rows, tally) for name, rows in history.tables.items()}
    return replace(history, tables=tables)


def _watched(name: str, rows: pl.LazyFrame, tally: Tally) -> pl.LazyFrame:
    def read(
        columns: list[str] | None, asked: pl.Expr | None, most: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        del batch
        found = rows if asked is None else rows.filter(asked)
        found = found if columns is None else found.select(columns)
        yield tally.add(name, (found if most is None else found.head(most)).collect())

    return register_io_source(read, schema=rows.collect_schema())
