"""A classifier on marks that should mean nothing, and how often chance does as well as it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from bench.free_lunch.marks import Marks
    from bench.free_lunch.scoring import Flags, Floats, Whole

FOLDS = 3
SHUFFLES = 1_999


@dataclass(frozen=True)
class Guess:
    """Area under the ROC curve out of fold, and the share of shuffles that do as well."""

    name: str
    rows: int
    guilty_owners: int
    area: float
    p_value: float


def guess(group: Marks, seed: int = 0) -> Guess:
    """Learn in two thirds of the places and guess in the rest; then shuffle the guilty.

    Labels are shuffled among owners within each fold, against the guesses as they stand, so
    that rows which are guilty together stay together.
    """
    fold = _folds(group.place)
    score = _out_of_fold(group, fold, seed)
    owners, owner = np.unique(group.owner.to_numpy().astype(str), return_inverse=True)
    first = np.zeros(len(owners), dtype=np.int64)
    first[owner] = fold
    rows = np.bincount(owner).astype(np.float64)
    ranks = np.bincount(owner, weights=score).astype(np.float64)
    label = np.zeros(len(owners), dtype=np.bool_)
    label[owner] = group.guilty
    mine = _area(label, ranks, rows)
    rng = np.random.default_rng(seed)
    parts = [np.flatnonzero(first == one) for one in range(FOLDS)]
    shuffled = [_area(_shuffle(label, parts, rng), ranks, rows) for _ in range(SHUFFLES)]
    as_well = sum(area >= mine for area in shuffled)
    share = (1 + as_well) / (1 + SHUFFLES)
    return Guess(group.name, len(owner), int(label.sum()), mine, share)


def _folds(places: pl.Series) -> Whole:
    named = places.cast(pl.String).fill_null("")
    of = {
        name: blake2b(name.encode(), digest_size=4, salt=b"folds").digest()[0] % FOLDS
        for name in named.unique()
    }
    return named.replace_strict(of, return_dtype=pl.Int64).to_numpy()


def _out_of_fold(group: Marks, fold: Whole, seed: int) -> Floats:
    """Guesses as ranks among what is alike in each fold, from 0 to 1."""
    matrix = np.column_stack([values.astype(np.float64) for values in group.columns.values()])
    score = np.full(len(fold), 0.5)
    for one in range(FOLDS):
        inside, learned = fold == one, fold != one
        if not inside.any() or len(np.unique(group.guilty[learned])) == 1:
            continue
        model = HistGradientBoostingClassifier(
            max_iter=40, max_leaf_nodes=15, early_stopping=False, random_state=seed
        )
        with threadpool_limits(limits=1):
            model.fit(matrix[learned], group.guilty[learned])
            told = model.predict_proba(matrix[inside])[:, 1]
        score[inside] = _ranks(told, group.alike.filter(pl.Series(inside)))
    return score


def _ranks(values: Floats, alike: pl.Series) -> Floats:
    """Mid-ranks between 0 and 1 among what is alike, so that ties stand together."""
    rows = pl.DataFrame({"value": values, "alike": alike.fill_null("")})
    rank = (pl.col("value").rank("average") - 0.5) / pl.len()
    return rows.select(rank.over("alike")).to_series().to_numpy()


def _area(label: Flags, ranks: Floats, rows: Floats) -> float:
    """How far the guilty stand above the rest, 0.5 where not at all."""
    if not label.any() or label.all():
        return 0.5
    mine = ranks[label].sum() / rows[label].sum()
    rest = ranks[~label].sum() / rows[~label].sum()
    # Of ranks that are spread evenly, means that differ by d mean an area of 0.5 + d.
    return float(0.5 + mine - rest)


def _shuffle(label: Flags, parts: list[Whole], rng: np.random.Generator) -> Flags:
    turned = label.copy()
    for rows in parts:
        turned[rows] = label[rng.permutation(rows)]
    return turned
