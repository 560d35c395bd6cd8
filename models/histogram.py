"""The additive terms of PyOD's HBOS, one a column, read from its fitted histograms.

PyOD adds up the terms inside compiled code and returns only the sum. The sum here equals
its ``decision_function`` (a test holds it); the terms are what an explanation needs, and
reading them spares the night the compilation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A fitted detector; PyOD ships no types.
Fitted = Any


def terms(histogram: Fitted, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each column adds to PyOD's score, rows x columns; higher is rarer."""
    columns = range(values.shape[1])
    return np.column_stack([_column_terms(histogram, values[:, place], place) for place in columns])


def total(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row sums, added column by column so that they do not depend on the batch."""
    score = np.zeros(len(parts))
    for place in range(parts.shape[1]):
        score = score + parts[:, place]
    return score


def mean_terms(histogram: Fitted, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean term of each column over the training rows: the base of an explanation."""
    return np.asarray(terms(histogram, values).mean(axis=0), dtype=np.float64)


def _column_terms(
    histogram: Fitted, column: NDArray[np.float64], place: int
) -> NDArray[np.float64]:
    edges, heights = histogram.bin_edges_[:, place], histogram.hist_[:, place]
    rarity = -np.log2(heights + histogram.alpha)
    bins = np.digitize(column, edges, right=True)
    inside = np.clip(bins, 1, len(heights)) - 1
    # A value just outside the training range counts as the outermost bin; one further
    # away, by more than ``tol`` of a bin, as the rarest.
    slack = histogram.tol * np.array([edges[1] - edges[0], edges[-1] - edges[-2]])
    far = (edges[0] - column > slack[0]) | (column - edges[-1] > slack[1])
    outside = (bins == 0) | (bins == len(heights) + 1)
    return np.asarray(np.where(outside & far, rarity.max(), rarity[inside]))
