"""Alerts as files other programs read: amounts in yuan, structures as JSON in CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.results import ALERTS
from claims.schema import FEN_PER_YUAN, MONEY

if TYPE_CHECKING:
    from pathlib import Path


def in_yuan(rows: pl.DataFrame) -> pl.DataFrame:
    """The same alerts with amounts as exact decimal yuan."""
    money = [column.name for column in ALERTS.columns if column.kind is MONEY]
    return rows.with_columns(
        (pl.col(name).cast(pl.Decimal(18, 2)) / pl.lit(FEN_PER_YUAN)).cast(pl.Decimal(18, 2))
        for name in money
    )


def export(rows: pl.DataFrame, form: str, out: Path) -> None:
    """Write alerts as 'csv' or 'parquet'."""
    exact = in_yuan(rows)
    if form == "parquet":
        exact.write_parquet(out)
        return
    lists = [name for name, dtype in exact.schema.items() if isinstance(dtype, pl.List)]
    exact.with_columns(
        pl.struct(pl.col(name)).struct.json_encode().alias(name) for name in lists
    ).write_csv(out)
