"""Columns of a subject as numbers: as they are, their last digits, their clocks, their ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

import numpy as np
import polars as pl

from bench.free_lunch.scoring import Floats

Columns: TypeAlias = Mapping[str, Floats]

FEN = 100
ROUND = {"1": 100, "10": 1_000, "100": 10_000}  # yuan, and the same in fen
MOST_ZEROS = 6
DAY = 86_400_000_000  # microseconds
MOST_DATES = 14  # lags are taken between the first so many dates


def as_numbers(frame: pl.DataFrame) -> dict[str, Floats]:
    """Every column of a frame in every form; columns that never vary are left out."""
    found: dict[str, Floats] = {}
    for series in frame.iter_columns():
        found.update(_forms(series))
    found.update(_lags(frame))
    return {name: values for name, values in found.items() if _varies(values)}


def _varies(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(len(known) < len(values) or known.min() < known.max())


def _forms(series: pl.Series) -> Iterator[tuple[str, Floats]]:
    name, kind = series.name, series.dtype
    if kind == pl.Boolean:
        yield name, _floats(series)
    elif kind.is_temporal():
        yield from _clocks(series)
    elif kind == pl.String:
        ranked = series.rank("dense")
        yield f"{name} (order)", _floats(ranked)
        often = series.to_frame().select(pl.len().over(name)).to_series()
        yield f"{name} (frequency)", _floats(often)
    elif kind.is_numeric():
        yield name, _floats(series)
        if kind.is_float():
            yield from _digits(name, _floats(series))


def _digits(name: str, values: Floats) -> Iterator[tuple[str, Floats]]:
    """What is left of an amount after whole yuan, tens and hundreds, and its closing zeros."""
    fen = np.rint(values * FEN)
    for said, step in ROUND.items():
        yield f"{name} (modulo {said})", np.mod(fen, step)
    zeros = sum((np.mod(fen, 10**power) == 0).astype(float) for power in range(1, MOST_ZEROS + 1))
    yield f"{name} (closing zeros)", np.where(np.isfinite(fen), zeros, np.nan)


def _clocks(series: pl.Series) -> Iterator[tuple[str, Floats]]:
    name, parts = series.name, series.dt
    yield f"{name} (day)", _days(series)
    yield f"{name} (weekday)", _floats(parts.weekday())
    yield f"{name} (day of month)", _floats(parts.day())
    if series.dtype == pl.Date:
        return
    yield f"{name} (hour)", _floats(parts.hour())
    yield f"{name} (minute)", _floats(parts.minute())
    yield f"{name} (second)", _floats(parts.second())


def _lags(frame: pl.DataFrame) -> Iterator[tuple[str, Floats]]:
    dated = [series for series in frame.iter_columns() if series.dtype.is_temporal()]
    days = {series.name: _days(series) for series in dated[:MOST_DATES]}
    for first, second in combinations(days, 2):
        yield f"{first} to {second}", days[second] - days[first]


def _days(series: pl.Series) -> Floats:
    return _floats(series.cast(pl.Datetime("us")).cast(pl.Int64)) / DAY


def _floats(series: pl.Series) -> Floats:
    return series.cast(pl.Float64).fill_null(np.nan).to_numpy()
