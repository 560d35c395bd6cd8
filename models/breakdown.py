"""Who is asked and how honest the probabilities are: alert rates and reliability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.frames import SUBJECT
from models.quality import calibration_error

if TYPE_CHECKING:
    from models.capacity import Queue, Size


def alert_rates(joined: pl.DataFrame, one: Queue, size: Size, by: str) -> pl.DataFrame:
    """Alerts and false alarms of a queue by a column (level, district, scheme)."""
    worked = joined.select(by, "true", pl.Series("worked", one.taken(size)))
    return (
        worked.group_by(by)
        .agg(
            pl.len().alias("records"),
            pl.col("worked").sort().sum().alias("alerts"),
            pl.col("worked").sort().mean().alias("alert_rate"),
            (pl.col("worked") * (1 - pl.col("true"))).sort().sum().alias("false_alarms"),
        )
        .sort(by)
    )


def reliability(joined: pl.DataFrame, score: str, bins: int = 10) -> tuple[pl.DataFrame, float]:
    """Predicted against observed rates in bins of equal size, and the calibration error."""
    known = joined.filter(pl.col(score).is_not_null()).sort(score, SUBJECT)
    parts = np.array_split(np.arange(known.height), min(bins, max(known.height, 1)))
    number = np.concatenate([np.full(len(part), place) for place, part in enumerate(parts)])
    table = (
        known.with_columns(pl.Series("bin", number.astype(np.int64)))
        .group_by("bin")
        .agg(
            pl.len().alias("records"),
            pl.col(score).sort().mean().alias("predicted"),
            pl.col("true").mean().alias("observed"),
        )
        .sort("bin")
    )
    labels = known["true"].to_numpy().astype(np.int64)
    return table, calibration_error(known[score].to_numpy(), labels, bins)
