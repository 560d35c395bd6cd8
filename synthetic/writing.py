"""Frames to Parquet in the contract's import format, the same bytes for the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.schema import (
    FEN_PER_YUAN,
    MONEY,
    QUANTITY,
    THOUSANDTHS_PER_UNIT,
    Column,
    Table,
)

if TYPE_CHECKING:
    from pathlib import Path

MONEY_TYPE = pl.Decimal(18, 2)
QUANTITY_TYPE = pl.Decimal(18, 3)
ROWS_PER_GROUP = 250_000


def _value(column: Column, frame: pl.DataFrame) -> pl.Expr:
    """One column in import format; whole numbers are fen and thousandths, floats are yuan."""
    if column.name not in frame.columns:
        return _cast(column, pl.lit(None)).alias(column.name)
    value = pl.col(column.name)
    whole = frame.schema[column.name].is_integer()
    if column.kind is MONEY and whole:
        value = value / FEN_PER_YUAN
    if column.kind is QUANTITY and whole:
        value = value / THOUSANDTHS_PER_UNIT
    return _cast(column, value).alias(column.name)


def _cast(column: Column, value: pl.Expr) -> pl.Expr:
    if column.kind is MONEY:
        return value.cast(MONEY_TYPE)
    if column.kind is QUANTITY:
        return value.cast(QUANTITY_TYPE)
    return value.cast(column.kind.lake)


def conform(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns in declared order and import types, sorted by the table's key."""
    strange = set(frame.columns) - set(table.names)
    if strange:
        raise ValueError(f"{table.name} has columns outside the contract: {sorted(strange)}")
    return frame.select(_value(column, frame) for column in table.columns).sort(table.key)


def write(frame: pl.DataFrame, path: Path) -> int:
    """Write one Parquet file and give its number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(
        path, compression="zstd", compression_level=3, row_group_size=ROWS_PER_GROUP
    )
    return len(frame)


class Parts:
    """A table delivered in parts: one file, or a folder of files where there are many."""

    def __init__(self, out: Path, table: Table, *, many: bool) -> None:
        """Prepare to write ``table`` below ``out``."""
        self.out, self.table, self.many = out, table, many
        self.files = 0
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Write the next part."""
        name = (
            f"{self.table.name}/part-{self.files:05d}.parquet"
            if self.many
            else f"{self.table.name}.parquet"
        )
        self.rows += write(conform(self.table, frame), self.out / name)
        self.files += 1
