"""Bootstrap intervals that draw whole hospitals, or persons.

Records inside one are not independent: a campaign is one decision of one hospital,
however many its stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

LOW, HIGH = 0.025, 0.975


def draws(
    clusters: Sequence[str | None], replicates: int, seed: int
) -> Iterator[NDArray[np.int64]]:
    """How often each row counts in each replicate: its cluster's number of draws.

    Rows of an unknown cluster (null) share one.
    """
    names = np.array([str(cluster) for cluster in clusters])
    found, place = np.unique(names, return_inverse=True)
    random = np.random.default_rng(seed)
    for _ in range(replicates):
        drawn = random.integers(0, len(found), len(found))
        yield np.bincount(drawn, minlength=len(found))[place]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95% percentile interval; NaN replicates (a class was missing) are left out."""
    known = np.array(values, dtype=float)
    known = known[~np.isnan(known)]
    if known.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, (LOW, HIGH))
    return float(low), float(high)


def bootstrap(
    measure: Callable[[NDArray[np.int64]], float],
    clusters: Sequence[str | None],
    *,
    replicates: int,
    seed: int,
) -> tuple[float, float]:
    """95% interval of a measure that takes row multiplicities."""
    return interval([measure(counts) for counts in draws(clusters, replicates, seed)])
