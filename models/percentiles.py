"""A raw score's place among the training records, strictly increasing and never 0 or 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Knots kept of a long distribution: so many of the upper tail, where alerts are chosen, and as many
# spread over the rest. A judgement: enough that no interpolation is seen.
KNOTS = 1000
# Both tails of a distribution share this many decimals of a percentile with the batch-free
# arithmetic above it; rounding hides what is below.
DECIMALS = 12


@dataclass(frozen=True)
class Percentiles:
    """The training distribution of one score as knots (score, percentile)."""

    scores: tuple[float, ...]
    places: tuple[float, ...]
    scale: float

    @classmethod
    def fit(cls, scores: NDArray[np.float64], *, knots: int = KNOTS) -> Percentiles:
        """Take the mid-rank of each distinct training score; keep at most twice ``knots``."""
        distinct, counts = np.unique(scores, return_counts=True)
        below = np.cumsum(counts) - counts
        places = (below + 0.5 * counts) / scores.size
        kept = _knots(distinct.size, knots)
        width = float(distinct[-1] - distinct[0])
        return cls(
            tuple(distinct[kept].tolist()),
            tuple(places[kept].tolist()),
            width if width > 0 else 1.0,
        )

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Percentiles in (0, 1); beyond the training range they approach 0 and 1, never tie.

        The tails are hyperbolas, 1 - (1 - p) / (1 + distance): unlike an exponential they
        stay below 1 for any score a double can hold apart.
        """
        knots, places = np.array(self.scores), np.array(self.places)
        inside = np.interp(scores, knots, places)
        over = np.maximum(scores - knots[-1], 0.0) / self.scale
        under = np.maximum(knots[0] - scores, 0.0) / self.scale
        above = 1.0 - (1.0 - places[-1]) / (1.0 + over)
        below = places[0] / (1.0 + under)
        result = np.where(over > 0, above, np.where(under > 0, below, inside))
        return np.asarray(np.round(result, DECIMALS))


def _knots(size: int, most: int) -> NDArray[np.int64]:
    body = max(size - most, 0)
    spaced = np.unique(np.linspace(0, max(body - 1, 0), most).astype(np.int64))
    return np.unique(np.concatenate([spaced, np.arange(body, size)]))
