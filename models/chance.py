"""Whether something is found better than by chance, over several cities.

Two questions. Of the planted subjects, did a capacity of so many records hold more than
drawing as many records at random would (exact)? And does the whole ranking put them above
the others? Both are asked within each city, because cities differ in size, and summed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import hypergeom, norm, rankdata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Stratum:
    """One city: how many records, how many of them are taken, how many are planted."""

    population: int
    taken: int
    planted: int

    @property
    def expected(self) -> float:
        """Planted records among the taken if these are drawn at random."""
        return self.planted * self.taken / self.population if self.population else 0.0


@dataclass(frozen=True)
class Ranked:
    """How far the planted stand above the others: area under the ROC curve, z, one-sided p."""

    area: float
    z: float
    p_value: float


def at_least(found: int, strata: Iterable[Stratum]) -> float:
    """Chance of ``found`` or more planted among the taken, drawn at random in each city.

    Exact: the distribution of a sum of independent hypergeometric numbers.
    """
    total = np.ones(1)
    for one in strata:
        number = np.arange(one.planted + 1)
        total = np.convolve(total, hypergeom.pmf(number, one.population, one.planted, one.taken))
    return float(min(1.0, total[max(found, 0) :].sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values of Holm's step-down (S. Holm, Scand. J. Statist. 6, 1979), in order."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.zeros(len(order))
    reached = 0.0
    for step, place in enumerate(order):
        reached = max(reached, (len(order) - step) * p_values[place])
        adjusted[place] = min(1.0, reached)
    return [float(one) for one in adjusted]


def ranked_above(strata: Iterable[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> Ranked:
    """Wilcoxon's rank sum over strata of (scores, planted), as van Elteren weighs them.

    Mid-ranks for ties, normal approximation with the variance of ties (Ph. van Elteren, Bull.
    ISI 37, 1960: weights 1/(N + 1)). The area weighs each stratum by its planted.
    """
    above = variance = areas = planted = 0.0
    for scores, flags in strata:
        size, mine = len(flags), int(flags.sum())
        if mine in {0, size}:
            continue
        ranks = rankdata(scores)
        excess = float(ranks[flags].sum()) - mine * (size + 1) / 2
        above += excess / (size + 1)
        variance += _variance(ranks, mine) / (size + 1) ** 2
        areas += mine * (0.5 + excess / (mine * (size - mine)))
        planted += mine
    if not variance > 0:
        return Ranked(areas / planted if planted else math.nan, math.nan, 1.0)
    z = above / math.sqrt(variance)
    return Ranked(areas / planted, z, float(norm.sf(z)))


def _variance(ranks: NDArray[np.float64], mine: int) -> float:
    """Variance of the rank sum of ``mine`` rows drawn at random, given these ranks."""
    size = len(ranks)
    spread = float(((ranks - (size + 1) / 2) ** 2).sum())
    return mine * (size - mine) * spread / (size * (size - 1))
