"""How values lay before and how they lie now, in bins that both share: what a picture shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.drift import BINS
from models.frames import matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.drift_frames import Seen

# Bars of a small picture; what lies beyond the outermost hundredths stands in its end bars, since
# one far value would press all others into one.
BARS, ENDS = 24, (0.01, 0.99)


@dataclass(frozen=True)
class Shape:
    """Shares of records by bin, of the reference and of the recent ones; each adds up to one.

    ``first`` and ``last`` are the values at the outer ends.
    """

    part: str
    entity: str
    name: str
    first: float
    last: float
    before: tuple[float, ...]
    now: tuple[float, ...]


def shape(seen: Seen, part: str, name: str) -> Shape | None:
    """The shape of one column; None where either side has no value."""
    held, came = (_known(matrix(rows, [name])) for rows in (seen.reference, seen.recent))
    if not len(held) or not len(came):
        return None
    cuts, first, last = _cuts(np.concatenate([held, came]))
    before, now = (_shares(cuts, values) for values in (held, came))
    return Shape(part, seen.entity, name, first, last, before, now)


def _known(column: NDArray[np.float64]) -> NDArray[np.float64]:
    return column[~np.isnan(column)]


def _cuts(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float]:
    """Where one bin ends and the next begins, and the ends: few values have a bin each."""
    distinct = np.unique(values)
    if len(distinct) <= BINS:
        return (distinct[1:] + distinct[:-1]) / 2, float(distinct[0]), float(distinct[-1])
    low, high = np.quantile(values, ENDS)
    if low == high:
        low, high = distinct[0], distinct[-1]
    return np.linspace(low, high, BARS + 1)[1:-1], float(low), float(high)


def _shares(cuts: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, ...]:
    places = np.searchsorted(cuts, values, side="right")
    counts = np.bincount(places, minlength=len(cuts) + 1)
    return tuple((counts / len(values)).tolist())
