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
# Records drawn at a time: beside the scores themselves, so many numbers are in memory, of
# however large a city.
BLOCK = 65_536


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
    probabilities: NDArray[np.float64], handed: NDArray[np.bool_], seed: int, block: int = BLOCK
) -> Expected | None:
    """Expected precision, recall and AUC; None where nothing was handed over or nothing scored.

    ``block`` records are drawn at a time, which changes no figure.
    """
    known = ~np.isnan(probabilities)
    p, mine = probabilities[known], handed[known]
    if not mine.any():
        return None
    inside, all_of_them, ranks = _drawn(p, mine, seed, block)
    n = int(mine.sum())
    return Expected(
        _estimate(float(p[mine].mean()), inside / n, n),
        _estimate(float(p[mine].sum() / p.sum()), inside / np.maximum(all_of_them, 1), len(p)),
        _estimate(expected_auc(p), _aucs(ranks, all_of_them, len(p)), len(p)),
    )


def _drawn(
    p: NDArray[np.float64], mine: NDArray[np.bool_], seed: int, block: int
) -> NDArray[np.float64]:
    """Of each draw of labels: confirmed among the handed over, confirmed, sum of their ranks."""
    ranks = np.empty(len(p), dtype=np.int64)
    ranks[np.argsort(p, kind="stable")] = np.arange(1, len(p) + 1)
    random = np.random.default_rng(seed)
    sums = np.zeros((3, DRAWS))
    # The generator goes on from block to block, so that their size moves no number of it.
    for draw in range(DRAWS):
        for first in range(0, len(p), block):
            part = slice(first, first + block)
            label = random.random(len(p[part])) < p[part]
            sums[:, draw] += (label & mine[part]).sum(), label.sum(), ranks[part][label].sum()
    return sums


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


def _aucs(ranks: NDArray[np.float64], up: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """AUC of each draw, of the sum of the ranks of its confirmed ones; NaN without both labels."""
    pairs = up * (size - up)
    right = ranks - up * (up + 1) / 2
    with np.errstate(invalid="ignore"):
        return np.asarray(right / pairs, dtype=np.float64)


def realised(labels: NDArray[np.int64]) -> Estimate | None:
    """Share of decided records that was confirmed, with Wilson's interval; None without any."""
    if not len(labels):
        return None
    low, high = wilson(float(labels.sum()), float(len(labels)))
    return Estimate(float(labels.mean()), low, high, len(labels))
