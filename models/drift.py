"""How far a distribution has moved, whether chance explains it, and since when.

The population stability index (PSI) adds (q - p) ln(q / p) over bins that are tenths of the
reference. Between two samples of one population of sizes n and m it is about 1/n + 1/m times
a chi-square of as many degrees as there are bins, less one (Yurdakul and Naranjo 2020), so
that few records need a larger PSI to say anything. Beside it stands a test of SciPy:
Kolmogorov and Smirnov's, or chi-square's where a value has few levels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from models.drift_limits import limit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

BINS = 10
# Half a record in every bin: an empty one would make the index infinite.
SMOOTHING = 0.5
STEADY, WATCH, MOVED, FEW = "steady", "watch", "moved", "few"
VERDICTS = (STEADY, WATCH, MOVED, FEW)
FEWEST_WINDOWS = 3


@dataclass(frozen=True)
class Figure:
    """One thing that was compared, and what came of it.

    ``reference`` and ``recent`` are what a reader is shown (a mean, a share, a count);
    ``distance`` is what is held against ``bound``, the least that would have been told;
    ``since`` is the night on which it changed, of what did.
    """

    part: str
    entity: str
    name: str
    reference: float | None
    recent: float | None
    distance: float | None
    bound: float | None
    p_value: float | None
    n_reference: int
    n_recent: int
    verdict: str
    since: date | None = None


@dataclass(frozen=True)
class Scale:
    """The bins of a reference: values up to each edge, and above the last."""

    edges: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Scale:
        """Tenths of the values; every value by itself where there are few."""
        distinct = np.unique(values)
        if len(distinct) <= BINS:
            return cls(distinct[:-1])
        cuts = np.quantile(values, np.arange(1, BINS) / BINS)
        return cls(np.unique(cuts))

    def places(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The bin of each value, from 0."""
        return np.searchsorted(self.edges, values, side="left")

    def counts(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many values each bin holds."""
        return np.bincount(self.places(values), minlength=len(self.edges) + 1)


def psi(reference: NDArray[np.int64], recent: NDArray[np.int64]) -> float:
    """Population stability index of two counts over the same bins."""
    p, q = ((one + SMOOTHING) / (one + SMOOTHING).sum() for one in (reference, recent))
    return float(np.sum((q - p) * np.log(q / p)))


def psi_of_chance(bins: int, reference: int, recent: int) -> float:
    """The PSI that two samples of one population exceed once in a thousand times."""
    if bins < 2:  # noqa: PLR2004 - a constant has no distribution
        return 0.0
    cut = stats.chi2.ppf(1 - limit("level"), bins - 1)
    return float(cut * (1 / reference + 1 / recent))


def p_value(reference: NDArray[np.float64], recent: NDArray[np.float64]) -> float:
    """Chance of so large a difference between two samples of one population."""
    if len(np.unique(np.concatenate([reference, recent]))) > BINS:
        return float(stats.ks_2samp(reference, recent, method="asymp").pvalue)
    scale = Scale.of(np.concatenate([reference, recent]))
    table = np.vstack([scale.counts(reference), scale.counts(recent)])
    held = table[:, table.sum(axis=0) > 0]
    return 1.0 if held.shape[1] < 2 else float(stats.chi2_contingency(held).pvalue)  # noqa: PLR2004


def corrected(figures: Sequence[Figure]) -> list[Figure]:
    """The same with Holm's correction: the chance that any of them is so far out by chance."""
    tested = [at for at, one in enumerate(figures) if one.p_value is not None]
    order = sorted(tested, key=lambda at: (figures[at].p_value, at))
    found, running = list(figures), 0.0
    for turn, at in enumerate(order):
        value = figures[at].p_value or 0.0
        running = max(running, min(1.0, value * (len(order) - turn)))
        found[at] = replace(figures[at], p_value=running)
    return found


def usual(distances: Sequence[float]) -> float:
    """How far past windows strayed by themselves: their largest, and three deviations.

    Zero where there are too few windows to know.
    """
    if len(distances) < FEWEST_WINDOWS:
        return 0.0
    spread = float(np.mean(distances) + limit("usual_spread") * np.std(distances, ddof=1))
    return max(*distances, spread)


def verdict(
    distance: float, watch: float, moved: float, *, least: float = 0.0, p: float | None = None
) -> str:
    """Whether a distance is told: beyond a line, beyond what is usual, and not by chance."""
    if distance < least or (p is not None and p >= limit("level")):
        return STEADY
    if distance >= moved:
        return MOVED
    return WATCH if distance >= watch else STEADY


def changed_on(nights: Sequence[date], values: NDArray[np.float64]) -> date | None:
    """First night of the later of the two parts into which a series falls best.

    ``nights`` and ``values`` go record by record; the cut is the one that leaves least
    variance inside both parts (one change of the mean, by least squares).
    """
    days, place = np.unique(np.array(nights, dtype="datetime64[D]"), return_inverse=True)
    if len(days) < 2:  # noqa: PLR2004 - one night has no before
        return None
    sums = np.cumsum(np.bincount(place, weights=values))
    counts = np.cumsum(np.bincount(place)).astype(float)
    before, after = counts[:-1], counts[-1] - counts[:-1]
    gap = sums[:-1] / before - (sums[-1] - sums[:-1]) / after
    found: date = days[int(np.argmax(gap**2 * before * after)) + 1].item()
    return found
