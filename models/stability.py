"""How steady an explanation is: which of its strongest families remain under small changes.

An explanation that changes when the record hardly does explains little (Alvarez-Melis and
Jaakkola 2018). Every figure of a record is moved by up to a tenth of a spread, a few times over,
by draws that depend on the record alone; the figure is the mean part of the five strongest
families that are among the five strongest again (the agreement of Krishna and others 2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.explain import LEADING, by_family, explain
from models.frames import SUBJECT, hashes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.bundle import Bundle

# Five times each alert is what costs: a night's 80 alerts make 400 records to explain.
REPEATS = 5
# In spreads: far less than the one spread from which a figure counts as telling.
STEP = 0.1
STRONGEST = 5
SEPARATOR = "~"
DECIMALS = 6


def stability(
    bundle: Bundle, rows: pl.DataFrame, families: Mapping[str, str], suffix: str
) -> dict[str, float]:
    """Part of each record's strongest families that remain, 0 to 1, by subject.

    ``families`` maps model columns to families; ``suffix`` ends the columns that are a
    figure's distance from peers, which moves with its figure.
    """
    if rows.is_empty():
        return {}
    moved = pl.concat([nudged(bundle, rows, turn, suffix) for turn in range(REPEATS)])
    first = _strongest(explain(bundle, rows), families)
    again = _strongest(explain(bundle, moved), families)
    return {
        subject: _kept(
            first.get(subject, set()),
            [again.get(_name(subject, turn), set()) for turn in range(REPEATS)],
        )
        for subject in rows[SUBJECT]
    }


def nudged(bundle: Bundle, rows: pl.DataFrame, turn: int, suffix: str) -> pl.DataFrame:
    """The rows with every figure moved a little; each draw depends on its record alone."""
    scaling = bundle.detectors.scaling
    spread = dict(zip(scaling.columns, scaling.spread, strict=True))
    draws: dict[str, pl.Series] = {}
    columns = []
    # A column that tonight lacks is unknown, as it is to the model.
    for name in scaling.columns:
        if name not in rows.columns:
            continue
        plain = name.removesuffix(suffix)
        if plain not in draws:
            draws[plain] = _draw(rows[SUBJECT], f"{plain}{SEPARATOR}{turn}")
        step = STEP if name != plain else STEP * spread[name]
        columns.append((pl.col(name) + step * draws[plain]).alias(name))
    renamed = pl.Series(SUBJECT, [_name(subject, turn) for subject in rows[SUBJECT]])
    return rows.with_columns(columns).with_columns(renamed)


def _name(subject: str, turn: int) -> str:
    return f"{subject}{SEPARATOR}{turn}"


def _draw(subjects: pl.Series, salt: str) -> pl.Series:
    """A number in [-1, 1) a record."""
    drawn = hashes([f"{subject}{SEPARATOR}{salt}" for subject in subjects], 0)
    return pl.Series(drawn.astype(np.float64) / 2.0**63 - 1.0)


def _strongest(contributions: pl.DataFrame, families: Mapping[str, str]) -> dict[str, set[str]]:
    """The families that push the margin most, by subject; no key where nothing pushes."""
    leading = contributions.filter(pl.col("source").is_in(LEADING))
    ranked = (
        by_family(leading, families)
        .filter(pl.col("contribution") > 0)
        .sort([SUBJECT, "contribution", "family"], descending=[False, True, False])
        .group_by(SUBJECT, maintain_order=True)
        .agg(pl.col("family").head(STRONGEST))
    )
    return {subject: set(names) for subject, names in ranked.iter_rows()}


def _kept(first: set[str], again: list[set[str]]) -> float:
    if not first:
        return 1.0
    return round(float(np.mean([len(first & other) / len(first) for other in again])), DECIMALS)
