"""How well an order agrees with labels: AUPRC first, AUC for the footnote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import roc_auc_score

from models.resampling import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

REPLICATES = 200
NAN = float("nan")


def auc(
    scores: NDArray[np.float64], labels: NDArray[np.int64], counts: NDArray[np.int64] | None = None
) -> float:
    """Chance that a positive outranks a negative; NaN when a class is missing."""
    if not _both(labels, counts):
        return NAN
    return float(roc_auc_score(labels, scores, sample_weight=counts))


def auc_of(
    scores: NDArray[np.float64], labels: NDArray[np.int64]
) -> Callable[[NDArray[np.int64]], float]:
    """AUC as a function of row multiplicities, sorted once for many draws; half for a tie."""
    place = np.argsort(scores, kind="stable")
    ordered = scores[place]
    first_of_tie = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))

    def measure(counts: NDArray[np.int64]) -> float:
        if not _both(labels, counts):
            return NAN
        up = np.add.reduceat(counts[place] * labels[place], first_of_tie)
        down = np.add.reduceat(counts[place] * (1 - labels[place]), first_of_tie)
        below = np.cumsum(down) - down / 2
        return float(up @ below / (float(up.sum()) * float(down.sum())))

    return measure


def average_precision(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Area under precision and recall (AUPRC); NaN when a class is missing."""
    return average_precision_of(scores, labels)(np.ones(len(labels), dtype=np.int64))


def average_precision_of(
    scores: NDArray[np.float64], labels: NDArray[np.int64]
) -> Callable[[NDArray[np.int64]], float]:
    """AUPRC as a function of row multiplicities, sorted once for many draws.

    Equal to scikit-learn's ``average_precision_score``; ties count as one step.
    """
    place = np.argsort(-scores, kind="stable")
    ordered = scores[place]
    last_of_tie = np.append(ordered[1:] != ordered[:-1], True)

    def measure(counts: NDArray[np.int64]) -> float:
        weight = counts[place]
        if not _both(labels, counts):
            return NAN
        found = np.cumsum(weight * labels[place])[last_of_tie]
        seen = np.cumsum(weight)[last_of_tie]
        steps = np.diff(found, prepend=0)
        return float(np.sum(steps * found / np.maximum(seen, 1)) / found[-1])

    return measure


def auc_interval(
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
    clusters: Sequence[str | None],
    *,
    seed: int,
    replicates: int = REPLICATES,
) -> tuple[float, float]:
    """95% bootstrap interval of the AUC over clusters."""
    return bootstrap(
        lambda counts: auc(scores, labels, counts), clusters, replicates=replicates, seed=seed
    )


def calibration_error(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], bins: int = 10
) -> float:
    """Expected calibration error: mean |observed - predicted| over bins of equal size."""
    if len(labels) == 0:
        return NAN
    parts = np.array_split(np.argsort(probabilities, kind="stable"), min(bins, len(labels)))
    gaps = [abs(labels[part].mean() - probabilities[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(labels))


def weighted_calibration_error(
    probabilities: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    bins: int = 10,
) -> float:
    """The same where a record stands for as many as its weight; NaN where nothing has any."""
    if weights.sum() <= 0:
        return NAN
    parts = np.array_split(np.argsort(probabilities, kind="stable"), min(bins, len(labels)))
    gaps = [abs(weights[part] @ (labels[part] - probabilities[part])) for part in parts]
    return float(sum(gaps) / weights.sum())


def _both(labels: NDArray[np.int64], counts: NDArray[np.int64] | None) -> bool:
    held = labels if counts is None else labels[counts > 0]
    return bool(held.size) and 0 < held.sum() < held.size
