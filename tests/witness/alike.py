"""How alike the bills of some stays are, counted on delivered fee lines."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.unit.synthetic_city import Delivery, least, most


def vectors(city: Delivery, stays: pl.Series) -> pl.DataFrame:
    """Net units and yuan by stay and item of some stays; what was taken back is left out."""
    lines = city.table("fee_lines").filter(pl.col("stay_id").is_in(stays.implode()))
    net = lines.group_by("stay_id", "item_code").agg(
        units=pl.col("quantity").sum(), yuan=pl.col("amount").sum()
    )
    return net.filter(pl.col("units") != 0).sort("stay_id", "item_code")


def cosines(city: Delivery, stays: pl.Series) -> np.ndarray:
    """Cosine of the fee vectors of every two of some stays."""
    wide = vectors(city, stays).pivot("item_code", index="stay_id", values="yuan").fill_null(0)
    matrix = wide.drop("stay_id").to_numpy().astype(np.float64)
    matrix = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    upper: np.ndarray = (matrix @ matrix.T)[np.triu_indices(len(matrix), 1)]
    return upper


def apart(city: Delivery, one: str, two: str) -> int:
    """Number of items, with their units, that only one of two bills has."""
    both = vectors(city, pl.Series([one, two]))
    rows = {
        stay: set(both.filter(pl.col("stay_id") == stay).select("item_code", "units").rows())
        for stay in (one, two)
    }
    return len(rows[one] ^ rows[two])


def span(days: pl.Series) -> float:
    """Days from the first to the last of some moments or dates."""
    whole = days.dt.epoch("d")
    return most(whole) - least(whole)
