"""Preprocessing frozen when a detector set is fitted: impute, centre, scale, bound, take a side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.frames import matrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

# A normal variable has an interquartile range of 1.349 standard deviations.
IQR_PER_DEVIATION = 1.349
# Distance, in spreads, that no value can exceed; a judgement: beyond ten spreads more
# distance says no more about a record, but would stretch histograms and distances.
BOUND = 10.0
# A column that varies less than this, relative to its size, is a constant in disguise.
CONSTANT = 1e-12
# shap cannot explain a forest of one column, so a constant column keeps it company.
LEAST_WIDTH = 2


@dataclass(frozen=True)
class Scaling:
    """Centre, spread and suspicious side of each usable column; constant and empty ones are out.

    A side is 1 where only what lies above the centre is suspicious, -1 below, 0 both.
    """

    columns: tuple[str, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    sides: tuple[int, ...]

    @classmethod
    def fit(cls, frame: pl.DataFrame, columns: Sequence[str], sides: Mapping[str, int]) -> Scaling:
        """Measure medians and spreads on the training rows; a column without a side has both."""
        values = matrix(frame, columns)
        found = [
            (name, *location, _side(values[:, place] - location[0], sides.get(name, 0)))
            for place, name in enumerate(columns)
            if (location := _location(values[:, place])) is not None
        ]
        parts = zip(*found, strict=True) if found else ((), (), (), ())
        return cls(*(tuple(part) for part in parts))

    @property
    def width(self) -> int:
        """Columns of the transformed matrix: the usable ones, and padding up to two."""
        return max(len(self.columns), LEAST_WIDTH)

    def apply(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """Values in spreads from the median, increasing, inside (-BOUND, BOUND); 0 off the side.

        The soft bound z / (1 + |z| / BOUND) keeps extremes apart, where clipping would tie
        exactly those records that matter, and uses only exactly rounded arithmetic, so
        that a row's value never depends on its neighbours in the batch.
        """
        values = matrix(frame, self.columns)
        scaled = (values - np.array(self.centre)) / np.array(self.spread)
        bounded = scaled / (1.0 + np.abs(scaled) / BOUND)
        known = np.where(np.isnan(bounded), 0.0, bounded)
        sides = np.array(self.sides)
        known = np.where(sides * known < 0, 0.0, known)
        padding = np.zeros((frame.height, self.width - len(self.columns)))
        return np.ascontiguousarray(np.hstack([known, padding]))


def _side(distances: NDArray[np.float64], declared: int) -> int:
    """The declared side, or both where no training value lies on it: nothing would be left."""
    return declared if (declared * distances > 0).any() else 0


def _location(values: NDArray[np.float64]) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return None
    low, centre, high = (float(q) for q in np.quantile(known, (0.25, 0.5, 0.75)))
    deviation = float(np.std(known))
    if deviation <= CONSTANT * max(1.0, abs(centre)):
        return None
    # A flag or a rare count has no interquartile range; its deviation serves instead.
    spread = (high - low) / IQR_PER_DEVIATION
    return centre, spread if spread > CONSTANT * max(1.0, abs(centre)) else deviation
