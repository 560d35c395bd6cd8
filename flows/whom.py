"""Whom an evaluation is about: what scored the records of each kind, of which nights and data."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

from evaluation.kinds import TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.storing import Data
    from flows.published import Published

PACKAGE = "jianbao"


def whom(
    shown: Published, scores: pl.DataFrame, entities: Sequence[str], command: str
) -> dict[str, Any]:
    """What ``evaluation.figures.About`` is told of it; ``scores`` are those that are evaluated."""
    mine = scores.filter(pl.col(TYPE).is_in(entities))
    return {
        "scored_by": scored_by(mine, entities),
        "nights": _nights(mine),
        "data_version": shown.manifest["data_version"],
        "package": version(PACKAGE),
        "command": command,
    }


def scored_by(scores: pl.DataFrame, entities: Sequence[str]) -> list[Data]:
    """A row a kind and model: records, and how many of them have a probability."""
    counted = scores.group_by(TYPE, version="model_version").agg(
        records=pl.len(), with_probability=pl.col("score").count()
    )
    rows = counted.sort("records", "version", descending=[True, False]).to_dicts()
    return [row for entity in entities for row in rows if row[TYPE] == entity]


def _nights(scores: pl.DataFrame) -> Data:
    nights = scores["run_date"].unique().sort()
    if nights.is_empty():
        return {"first": None, "last": None, "number": 0}
    first, last = nights[0], nights[-1]
    return {"first": first.isoformat(), "last": last.isoformat(), "number": len(nights)}
