"""Audited records as arrays, and how they are parted into learning and trying.

Beside them may stand a *background*: records that nobody audited, which teach as negatives. A
few in a hundred of them are none (what is called positive and unlabelled learning; Elkan and
Noto 2008), but a model that has seen audited records alone knows only what makes suspicious
records differ from each other, and not what the city looks like. Nothing is measured on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.frames import SUBJECT, in_key_order, matrix
from models.groups import EVENT, Fold, forward_folds, group_folds, group_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLOCKS = 4
# A side of a split with fewer of either class teaches or measures nothing.
LEAST_OF_A_CLASS = 10


@dataclass(frozen=True)
class Examples:
    """Labelled rows in key order, then those of the background in theirs, as arrays.

    ``audited`` says which is which.
    """

    values: NDArray[np.float64]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    keys: list[str]
    days: pl.Series
    hospitals: list[str | None]
    audited: NDArray[np.bool_]


def examples_of(
    measured: pl.DataFrame,
    labels: pl.DataFrame,
    columns: Sequence[str],
    entity: str,
    background: pl.DataFrame | None = None,
) -> Examples:
    """The labelled rows of ``measured``, and the background; an absent column is unknown."""
    taught = labels.select(SUBJECT, "label", "weight")
    rows = in_key_order(measured.join(taught, on=SUBJECT, how="inner"))
    audited = rows.height
    if background is not None:
        rows = pl.concat([rows, _negatives(background, rows)], how="diagonal_relaxed")
    return Examples(
        values=matrix(rows, columns),
        labels=rows["label"].cast(pl.Int64).to_numpy(),
        weights=rows["weight"].to_numpy(),
        keys=group_keys(rows, entity),
        days=_column(rows, EVENT, pl.Date()),
        hospitals=_column(rows, "hospital_id", pl.String()).to_list(),
        audited=np.arange(rows.height) < audited,
    )


def _negatives(background: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    given = [name for name in like.columns if name in background.columns]
    return in_key_order(background.select(given)).with_columns(
        pl.lit(0, like.schema["label"]).alias("label"), pl.lit(1.0).alias("weight")
    )


def _column(rows: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Series:
    given = name in rows.columns
    return rows[name] if given else pl.Series(name, [None] * rows.height, dtype=dtype)


def fewest_of_a_class(examples: Examples) -> int:
    """Audits of the rarer outcome."""
    positives, known = int(examples.labels.sum()), int(examples.audited.sum())
    return min(positives, known - positives)


def folds_of(examples: Examples, seed: int) -> tuple[list[Fold], bool]:
    """Forward folds in time, or folds by group where time cannot part the labels."""
    forward = [
        fold
        for fold in forward_folds(examples.days, examples.keys, BLOCKS)
        if _teaches(examples, fold)
    ]
    if forward:
        return forward, True
    grouped = group_folds(examples.keys, BLOCKS, seed)
    return [fold for fold in grouped if _teaches(examples, fold)], False


def hospital_folds(examples: Examples, seed: int) -> list[Fold]:
    """Folds whose tried side lies in hospitals, and holds groups, that the other side lacks."""
    names = [str(name) for name in examples.hospitals]
    keys = np.array(examples.keys)
    folds = [
        Fold(fold.learn[~np.isin(keys[fold.learn], keys[fold.tried])], fold.tried)
        for fold in group_folds(names, BLOCKS, seed)
    ]
    return [fold for fold in folds if _teaches(examples, fold)]


def _teaches(examples: Examples, fold: Fold) -> bool:
    """Whether both sides hold enough audits of each class; the background is no audit."""
    sides = (side[examples.audited[side]] for side in (fold.learn, fold.tried))
    counts = [np.bincount(examples.labels[side], minlength=2) for side in sides]
    return bool(min(counts[0].min(), counts[1].min()) >= LEAST_OF_A_CLASS)
