"""What each figure adds to each detector, and how loud each detector speaks for a record.

Each detector is taken apart into a quantity of its own that rises with its score; contributions
and base add up to it, and nothing is left over:

* ``iforest``: minus the mean path length, by ``shap.TreeExplainer``; positive means more unusual;
* ``hbos``: the rarity of the feature family that speaks for the record, a sum over the family's
  columns, whose Shapley values are the centred terms;
* ``knn``: the squared distance to the k-th neighbour, a sum over the columns, centred likewise.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from models.detectors import DETECTORS, HBOS_NAME, IFOREST, KNN_NAME, LEAST_LEFT, neighbour_terms
from models.histogram import total

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from models.detectors import DetectorSet
    from models.histogram import Fitted

# The paper gives two rows a case of their own.
PAIR = 2
# How many detectors decide how unusual a record is: two together, the highest in models of before.
TOGETHER, ALONE = 2, 1


def detector_pushes(
    detectors: DetectorSet, rows: pl.DataFrame
) -> tuple[dict[str, NDArray[np.float64]], dict[str, float | NDArray[np.float64]]]:
    """What each column adds to each detector (rows x scaled columns), and the bases, by name."""
    values = detectors.scaling.apply(rows)
    near = np.array(detectors.near)
    forest, forest_base = _forest_pushes(detectors.forest.detector_, values)
    rare, rare_base = detectors.rarity.pushes(values)
    pushes = {
        IFOREST: forest,
        HBOS_NAME: rare,
        KNN_NAME: neighbour_terms(detectors.neighbours, values) - near,
    }
    width = len(detectors.scaling.columns)
    narrowed = {name: push[:, :width] for name, push in pushes.items()}
    far_base = float(near[:width].sum())
    return narrowed, {IFOREST: forest_base, HBOS_NAME: rare_base, KNN_NAME: far_base}


def voices(detectors: DetectorSet, placed: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Part of each detector in how unusual a record is, 0 to 1 by row; the parts add up to 1.

    ``placed`` has a percentile a detector. ``anomaly`` rests on the smallest upper tails, two of
    them (one in a model of before), whose -log add up; the others do not speak.
    """
    places = np.column_stack([placed[name].to_numpy() for name in DETECTORS])
    left = np.maximum(1.0 - places, LEAST_LEFT)
    rank = np.argsort(np.argsort(left, axis=1, kind="stable"), axis=1, kind="stable")
    speaking = rank < (ALONE if detectors.rarity.of_before else TOGETHER)
    loud = np.where(speaking, -np.log(left), 0.0)
    summed = total(loud)[:, None]
    even = speaking / speaking.sum(axis=1, keepdims=True)
    # At the very bottom of all distributions nobody says anything, and those who would, equally.
    parts = np.where(summed > 0, loud / np.where(summed > 0, summed, 1.0), even)
    return dict(zip(DETECTORS, parts.T, strict=True))


def quantities(detectors: DetectorSet, rows: pl.DataFrame) -> Mapping[str, NDArray[np.float64]]:
    """What the contributions to each detector and their base add up to, from its scores alone."""
    values = detectors.scaling.apply(rows)
    return {
        IFOREST: path_lengths(detectors, rows),
        HBOS_NAME: detectors.rarity.told(values),
        KNN_NAME: np.asarray(detectors.neighbours.decision_function(values) ** 2),
    }


def path_lengths(detectors: DetectorSet, rows: pl.DataFrame) -> NDArray[np.float64]:
    """Minus the forest's mean path length, from its score: what ``iforest`` adds up to."""
    forest = detectors.forest.detector_
    values = detectors.scaling.apply(rows)
    return np.asarray(np.log2(-forest.score_samples(values)) * _usual_path(forest.max_samples_))


def _usual_path(rows: int) -> float:
    """Mean path of an unsuccessful search among n rows (Liu, Ting and Zhou 2008, equation 1)."""
    if rows <= 1:
        return 0.0
    if rows == PAIR:
        return 1.0
    return float(2.0 * (np.log(rows - 1.0) + np.euler_gamma) - 2.0 * (rows - 1.0) / rows)


def _forest_pushes(
    forest: Fitted, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    explainer = _shap().TreeExplainer(forest)
    lengths = explainer.shap_values(values, check_additivity=False)
    return -np.asarray(lengths), -float(np.ravel(explainer.expected_value)[0])


def _shap() -> Fitted:
    # Imported here: it takes half a second and warns about matplotlib's future, neither of
    # which concerns a run that explains nothing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap  # noqa: PLC0415
    return shap
