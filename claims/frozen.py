"""Standards as they were frozen, and which version of them a record may read.

A record reads the newest version frozen on or before its own night, so that no record is
ever part of what it is compared with. Where a whole extract is judged at once, each record
is told its version by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.standard_tables import FROZEN, STANDARD_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from claims.lake import Lake

VERSION_READ = "version_read"


@dataclass(frozen=True)
class Frozen:
    """Frozen tables by name, and the day of each version.

    ``named`` (subject_id, version_read) overrules the choice by night.
    """

    tables: Mapping[str, pl.LazyFrame]
    editions: Mapping[str, date]
    named: pl.DataFrame | None = None

    @classmethod
    def nothing(cls) -> Frozen:
        """No standard was ever frozen."""
        return cls({table.name: table.empty().lazy() for table in FROZEN}, {})

    @classmethod
    def of_frames(cls, *frames: pl.DataFrame, named: pl.DataFrame | None = None) -> Frozen:
        """Take frozen rows as they are, tables in the order of ``FROZEN``."""
        tables = {table.name: rows for table, rows in zip(FROZEN, frames, strict=True)}
        days = pl.concat([rows.select("version", "run_date") for rows in frames]).unique()
        return cls(
            {name: rows.lazy() for name, rows in tables.items()}, dict(days.iter_rows()), named
        )

    @classmethod
    def of(cls, lake: Lake, until: date, versions: Mapping[str, int]) -> Frozen:
        """Read what had been frozen by a night, tables pinned to Delta ``versions``."""
        tables = {
            table.name: lake.scan(table.name, versions.get(table.name))
            .filter(pl.col("run_date") <= until)
            .select(table.names)
            if lake.has(table.name)
            else table.empty().lazy()
            for table in FROZEN
        }
        days = tables[STANDARD_DAYS.name].select("version", "run_date").unique().collect()
        return cls(tables, dict(days.iter_rows()))

    def for_subjects(self, subjects: pl.LazyFrame) -> pl.LazyFrame:
        """Add ``version_read`` to subjects with ``as_of``; null before the first version."""
        if self.named is not None:
            return subjects.join(self.named.lazy(), on="subject_id", how="left")
        name = pl.lit(None, pl.String)
        for version, on in sorted(self.editions.items(), key=lambda item: (item[1], item[0])):
            name = pl.when(pl.col("as_of") >= on).then(pl.lit(version)).otherwise(name)
        return subjects.with_columns(name.alias(VERSION_READ))

    def rows(self, table: str, subjects: pl.LazyFrame) -> pl.LazyFrame:
        """Rows of a frozen table in the versions that these subjects read.

        ``subjects`` as made by ``for_subjects``; the column ``version`` becomes theirs.
        """
        read = subjects.select(VERSION_READ).unique().collect()[VERSION_READ].drop_nulls()
        rows = self.tables[table].filter(pl.col("version").is_in(read.to_list()))
        return rows.rename({"version": VERSION_READ})
