"""What the lake knew before a delivery: the facts that its rows are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.tables import BY_NAME

if TYPE_CHECKING:
    from claims.lake import Lake, Span


@dataclass(frozen=True)
class Known:
    """The lake without what this delivery will itself replace, and without the future."""

    lake: Lake
    span: Span | None

    def scan(self, name: str, *columns: str) -> pl.LazyFrame:
        """Rows of a table known before; an empty frame where there is no such table."""
        if self.span is None or not self.lake.has(name):
            return BY_NAME[name].empty().lazy().select(columns)
        until = pl.col("received_on") <= self.span.last
        return self.lake.scan(name).filter(until & ~self.span.expr()).select(columns)

    def stays(self, wanted: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """The newest version of these stays (``wanted`` has stay_id)."""
        names = list(dict.fromkeys(("stay_id", "received_on", *columns)))
        return (
            self.scan("stays", *names)
            .join(wanted.lazy().select("stay_id").unique(), on="stay_id", how="semi")
            .sort("received_on")
            .unique("stay_id", keep="last", maintain_order=True)
            .collect()
        )

    def any(self, name: str) -> bool:
        """Whether the table holds a single row."""
        first = BY_NAME[name].key[0]
        return not self.scan(name, first).head(1).collect().is_empty()

    def missing(self, name: str, key: str, values: pl.Series) -> pl.Series:
        """Those of the values that the key column of a table does not know."""
        asked = values.unique().alias(key).to_frame().lazy()
        return asked.join(self.scan(name, key), on=key, how="anti").collect().to_series()
