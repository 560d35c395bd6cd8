"""A straight line through the last months that one odd month cannot bend, and where it leads.

The slope is the median of the slopes between all pairs of months (Theil and Sen); its
interval is the one of Sen (Journal of the American Statistical Association 63, 1968), from
the distribution of Kendall's statistic. The next month is projected with the slope's interval
and the scatter of the months about the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST_MONTHS = 6
# Two-sided 90%.
LEVEL, Z = 0.90, 1.645


@dataclass(frozen=True)
class Trend:
    """Slope a month with its interval, and the value to be expected at a later month."""

    slope: float
    slope_low: float
    slope_high: float
    projected: float
    low: float
    high: float

    def leads(self, *, down: bool) -> bool:
        """Whether the slope goes one way beyond its own uncertainty."""
        return self.slope_high < 0 if down else self.slope_low > 0


def trend(values: Mapping[int, float], at: int) -> Trend | None:
    """The trend of values by the number of their month; None for fewer than six."""
    if len(values) < FEWEST_MONTHS:
        return None
    x = np.array(sorted(values), dtype=float)
    y = np.array([values[int(place)] for place in x])
    slopes = np.sort([(y[b] - y[a]) / (x[b] - x[a]) for a, b in combinations(range(len(x)), 2)])
    slope = float(np.median(slopes))
    low, high = _interval(slopes, len(x))
    rest = y - slope * x
    level = float(np.median(rest))
    scatter = np.quantile(rest - level, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    ahead = at - float(np.median(x))
    middle = level + slope * at
    return Trend(
        slope, low, high, middle,
        middle - (slope - low) * ahead + float(scatter[0]),
        middle + (high - slope) * ahead + float(scatter[1]),
    )  # fmt: skip


def _interval(slopes: np.ndarray[tuple[int], np.dtype[np.float64]], n: int) -> tuple[float, float]:
    """Sen's interval of the slope: order statistics of the slopes between pairs."""
    spread = Z * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    first = max(int(np.floor((len(slopes) - spread) / 2)), 1)
    return float(slopes[first - 1]), float(slopes[len(slopes) - first])
