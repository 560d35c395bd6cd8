"""Shares of several cities taken together, with the intervals that suit their numbers.

Cities are strata: each is drawn from by itself, and none lends its hospitals to another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.resampling import HIGH, LOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

REPLICATES = 1_000
NORMAL_QUANTILE = 1.959963984540054  # of 97.5%, for a two-sided 95%
# A percentile bootstrap over few hospitals, or of few cases, is narrower than it should be
# and has no width at all where nothing, or everything, was found. Judgements.
FEWEST_CASES, FEWEST_CLUSTERS = 50, 10
BOOTSTRAP, WILSON = "bootstrap", "Wilson"


@dataclass(frozen=True)
class Share:
    """A share with its 95% interval and how that was made; NaN where there are no cases."""

    part: float
    whole: float
    low: float
    high: float
    method: str

    @property
    def value(self) -> float:
        """The share itself."""
        return self.part / self.whole if self.whole > 0 else math.nan


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Wilson's 95% interval of a share (E. B. Wilson, JASA 22, 1927); NaN without cases."""
    if whole <= 0:
        return math.nan, math.nan
    square = NORMAL_QUANTILE**2 / whole
    share = part / whole
    middle = share + square / 2
    half = NORMAL_QUANTILE * math.sqrt(share * (1 - share) / whole + square / (4 * whole))
    low, high = ((middle + sign * half) / (1 + square) for sign in (-1, 1))
    return low if part > 0 else 0.0, high if part < whole else 1.0


def shares(
    part: NDArray[np.float64],
    whole: NDArray[np.float64],
    strata: Sequence[object],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[Share]:
    """One share a column, its parts and wholes given by cluster (rows) of a stratum.

    The interval draws whole clusters within each stratum. Below ``FEWEST_CASES`` cases or
    ``FEWEST_CLUSTERS`` clusters that hold any, or where none or all was found, it is
    Wilson's, which takes cases as independent.
    """
    low, high = _redrawn(part, whole, strata, replicates, seed)
    held = (whole > 0).sum(axis=0)
    return [
        _share(float(part[:, at].sum()), float(whole[:, at].sum()), int(held[at]),
               (float(low[at]), float(high[at])))
        for at in range(part.shape[1])
    ]  # fmt: skip


def _share(part: float, whole: float, clusters: int, drawn: tuple[float, float]) -> Share:
    few = whole < FEWEST_CASES or clusters < FEWEST_CLUSTERS
    if few or part <= 0 or part >= whole:
        return Share(part, whole, *wilson(part, whole), WILSON)
    return Share(part, whole, *drawn, BOOTSTRAP)


def cluster_counts(
    strata: Sequence[object], replicates: int, seed: int
) -> NDArray[np.float64]:  # draws x clusters
    """How often each cluster is drawn, as many as there are within each stratum."""
    names = np.array([str(one) for one in strata])
    random = np.random.default_rng(seed)
    counts = np.zeros((replicates, len(names)))
    for name in np.unique(names):
        inside = np.flatnonzero(names == name)
        even = np.full(len(inside), 1 / len(inside))
        counts[:, inside] = random.multinomial(len(inside), even, replicates)
    return counts


def _redrawn(
    part: NDArray[np.float64],
    whole: NDArray[np.float64],
    strata: Sequence[object],
    replicates: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts = cluster_counts(strata, replicates, seed)
    parts, wholes = counts @ part, counts @ whole
    drawn = np.divide(parts, wholes, out=np.full_like(parts, np.nan), where=wholes > 0)
    known = ~np.isnan(drawn).all(axis=0)
    low, high = (np.full(part.shape[1], np.nan) for _ in range(2))
    if known.any():
        low[known], high[known] = np.nanquantile(drawn[:, known], (LOW, HIGH), axis=0)
    return low, high
