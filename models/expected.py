"""How well the queue does before anybody has looked, and how well it did once they have.

Confidence-based performance estimation (CBPE, as NannyML has it): where probabilities are
calibrated, a record of probability p is confirmed in p of all cases, so that the labels that
are not there yet have an expectation. Of the queue, that of the confirmed is the sum of its
probabilities. Intervals draw labels from the probabilities.

It assumes that probabilities still mean what they meant. What no audit has met (a new scheme)
is not in them: there it stays too calm, and only labels tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.pooling import wilson
from models.resampling import HIGH, LOW

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 500


@dataclass(frozen=True)
class Estimate:
    """A figure of the queue with its 95% interval, and how many records it rests on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Expected:
    """What is to be expected of scored records, of which some were handed over.

    ``precision`` of what was handed over, ``found`` the part of all that would be confirmed
    which is among it, ``auc`` the chance that a record to be confirmed outranks another.
    """

    precision: Estimate
    found: Estimate
    auc: Estimate


def expected(
    probabilities: NDArray[np.float64], handed: NDArray[np.bool_], seed: int
) -> Expected | None:
    """Expected precision, recall and AUC; None where nothing was handed over or nothing scored."""
    known = ~np.isnan(probabilities)
    p, mine = probabilities[known], handed[known]
    if not mine.any():
        return None
    drawn = np.random.default_rng(seed).random((DRAWS, len(p))) < p
    inside, all_of_them = drawn[:, mine].sum(axis=1), drawn.sum(axis=1)
    n = int(mine.sum())
    return Expected(
        _estimate(float(p[mine].mean()), inside / n, n),
        _estimate(float(p[mine].sum() / p.sum()), inside / np.maximum(all_of_them, 1), len(p)),
        _estimate(expected_auc(p), np.array([_auc(p, one) for one in drawn]), len(p)),
    )


def _estimate(value: float, drawn: NDArray[np.float64], n: int) -> Estimate:
    low, high = (float(one) for one in np.nanquantile(drawn, (LOW, HIGH)))
    return Estimate(value, low, high, n)


def expected_auc(p: NDArray[np.float64]) -> float:
    """Expected pairs in right order over expected pairs: labels are independent draws of p."""
    order = np.argsort(p, kind="stable")
    q = p[order]
    groups = np.cumsum(np.concatenate([[0], np.diff(q) > 0]))
    negatives = np.bincount(groups, weights=1 - q)
    positives = np.bincount(groups, weights=q)
    below = np.cumsum(negatives) - negatives
    squares = np.bincount(groups, weights=q * (1 - q))
    # Of a tie half counts; a record makes no pair with itself.
    right = float(positives @ below + ((positives * negatives) - squares).sum() / 2)
    pairs = float(q.sum() * (1 - q).sum() - (q * (1 - q)).sum())
    return right / pairs if pairs > 0 else float("nan")


def _auc(p: NDArray[np.float64], label: NDArray[np.bool_]) -> float:
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    up = int(label.sum())
    if up in (0, len(p)):
        return float("nan")
    return float((ranks[label].sum() - up * (up + 1) / 2) / (up * (len(p) - up)))


def realised(labels: NDArray[np.int64]) -> Estimate | None:
    """Share of decided records that was confirmed, with Wilson's interval; None without any."""
    if not len(labels):
        return None
    low, high = wilson(float(labels.sum()), float(len(labels)))
    return Estimate(float(labels.mean()), low, high, len(labels))
