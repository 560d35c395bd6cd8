"""The lake: one Delta table a contract table, replaced night by night, readable by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from deltalake import DeltaTable

from claims.errors import LakeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

MONTH = "night_month"
DEFAULT_RETENTION_DAYS = 3650


@dataclass(frozen=True)
class Span:
    """The rows one write owns: nights from ``first`` to ``last``, of one source or of all."""

    column: str
    first: date
    last: date
    source: str | None = None

    @classmethod
    def night(cls, on: date, column: str = "run_date", source: str | None = None) -> Span:
        """The span of a single night."""
        return cls(column, on, on, source)

    def expr(self) -> pl.Expr:
        """The span as a Polars condition."""
        inside = pl.col(self.column).is_between(self.first, self.last)
        return inside if self.source is None else inside & (pl.col("source") == self.source)

    def sql(self) -> str:
        """The span as Delta's own condition; the months let whole files be passed over."""
        parts = [
            f"{MONTH} >= '{self.first:%Y-%m}'",
            f"{MONTH} <= '{self.last:%Y-%m}'",
            f"{self.column} >= '{self.first}'",
            f"{self.column} <= '{self.last}'",
        ]
        if self.source is not None:
            quoted = self.source.replace("'", "''")
            parts.append(f"source = '{quoted}'")
        return " AND ".join(parts)


@dataclass(frozen=True)
class Lake:
    """A folder (or object-store address) of Delta tables.

    Every table has one date column that names its night: ``received_on`` for what is
    delivered, ``run_date`` for what is written by a run. A hidden column holds its month,
    by which the files are parted.
    """

    root: str
    retention_days: int = DEFAULT_RETENTION_DAYS

    @classmethod
    def at(cls, root: Path | str, retention_days: int = DEFAULT_RETENTION_DAYS) -> Lake:
        """Open the lake at a folder or address; nothing is created before the first write."""
        return cls(str(root), retention_days)

    def path(self, table: str) -> str:
        """Address of one table."""
        return f"{self.root}/{table}"

    def has(self, table: str) -> bool:
        """Whether anything was ever written to the table."""
        return DeltaTable.is_deltatable(self.path(table))

    def version(self, table: str) -> int | None:
        """Newest version of the table, None when there is none."""
        return DeltaTable(self.path(table)).version() if self.has(table) else None

    def versions(self, tables: Iterable[str]) -> dict[str, int]:
        """Newest version of each of these tables that exists."""
        found = ((name, self.version(name)) for name in tables)
        return {name: version for name, version in found if version is not None}

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Read a table lazily, as it is or as it was at a version.

        Raises LakeError when the table or the version does not exist.
        """
        if not self.has(table):
            raise LakeError(
                f"The lake at {self.root} has no table '{table}'.",
                "Run `jianbao ingest` or `jianbao nightly` first.",
            )
        return pl.scan_delta(self.path(table), version=version).drop(MONTH)

    def replace(self, table: str, rows: pl.DataFrame, span: Span, *, keys: Iterable[str]) -> bool:
        """Replace all rows inside ``span`` by ``rows``, in one commit.

        ``keys`` are the columns that order the rows, so that the same rows always make the
        same bytes. Nothing is committed, and False is returned, when the lake holds
        exactly these rows already. Raises ValueError for rows outside the span, which no
        later run could replace.
        """
        strays = rows.filter(~span.expr()).height
        if strays:
            raise ValueError(f"table {table}: {strays} rows lie outside {span}")
        order = list(keys)
        ordered = rows.sort(order, maintain_order=True)
        if self._holds(table, ordered, span, order):
            return False
        parted = ordered.with_columns(pl.col(span.column).dt.strftime("%Y-%m").alias(MONTH))
        if self.has(table):
            parted.write_delta(
                self.path(table),
                mode="overwrite",
                delta_write_options={"predicate": span.sql(), "schema_mode": "merge"},
            )
        else:
            parted.write_delta(self.path(table), delta_write_options=self._creation())
        return True

    def _holds(self, table: str, rows: pl.DataFrame, span: Span, order: list[str]) -> bool:
        if not self.has(table):
            return False
        held = self.scan(table).filter(span.expr()).collect()
        same_shape = held.height == rows.height and set(held.columns) >= set(rows.columns)
        return same_shape and held.select(rows.columns).sort(order, maintain_order=True).equals(
            rows
        )

    def _creation(self) -> dict[str, object]:
        keep = f"interval {self.retention_days} days"
        return {
            "partition_by": [MONTH],
            "configuration": {
                "delta.logRetentionDuration": keep,
                "delta.deletedFileRetentionDuration": keep,
            },
        }
