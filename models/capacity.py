"""What a team of a given size would have found, had it worked down a queue.

A capacity is a share of the records (a float below 1) or a number of cases. Ties in a
queue are broken by a hash of the subject, which favours nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.frames import SUBJECT, hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

RANDOM = "random"
Size = float | int


def places(size: Size, records: float) -> float:
    """Cases that a capacity allows among this many records, at least one."""
    if isinstance(size, float):
        return max(1.0, math.ceil(size * records))
    return min(float(size), records)


@dataclass(frozen=True)
class Queue:
    """Records in the order of one score, with what is true of them.

    ``place`` holds the row numbers, first in the queue first; None stands for a random
    queue, whose expected figures are exact. ``true`` and ``amount`` are in row order.
    """

    name: str
    place: NDArray[np.int64] | None
    true: NDArray[np.float64]
    amount: NDArray[np.float64]

    def taken(self, size: Size, counts: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """How often each row is worked on (row order), with row multiplicities if given."""
        times = self._ones if counts is None else counts.astype(np.float64)
        room = places(size, float(times.sum()))
        if self.place is None:
            return np.asarray(times * (room / max(float(times.sum()), 1.0)))
        ordered = times[self.place]
        before = np.cumsum(ordered) - ordered
        worked = np.zeros(len(times))
        worked[self.place] = np.clip(room - before, 0.0, ordered)
        return worked

    def precisions(
        self, sizes: Sequence[Size], counts: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Share of the worked cases that are true, one a size, in one pass down the queue."""
        times = self._ones if counts is None else counts.astype(np.float64)
        records = float(times.sum())
        if self.place is None:
            share = float(times @ self.true) / records if records else math.nan
            return np.full(len(sizes), share)
        room = np.array([places(size, records) for size in sizes])
        return np.asarray(self.sums([self.true], sizes, counts)[0] / np.maximum(room, 1.0))

    def sums(
        self,
        values: Sequence[NDArray[np.float64]],
        sizes: Sequence[Size],
        counts: NDArray[np.int64] | None = None,
    ) -> NDArray[np.float64]:
        """Sum over the worked cases of each of these (row order): values x sizes."""
        times = self._ones if counts is None else counts.astype(np.float64)
        records = float(times.sum())
        room = np.array([places(size, records) for size in sizes])
        if self.place is None:
            whole = np.array([float(times @ one) for one in values])
            return np.asarray(whole[:, None] * (room / max(records, 1.0)))
        ordered = times[self.place]
        worked = np.concatenate([[0.0], np.cumsum(ordered)])
        # Between two places of the queue a row that counts several times is taken in part.
        totals = [
            np.interp(room, worked, np.concatenate([[0.0], np.cumsum(ordered * one[self.place])]))
            for one in values
        ]
        return np.array(totals)

    def recall(self, size: Size, counts: NDArray[np.int64] | None = None) -> float:
        """Share of the true cases that are worked; NaN when there are none."""
        times = self._ones if counts is None else counts.astype(np.float64)
        found, total = float(self.taken(size, counts) @ self.true), float(times @ self.true)
        return found / total if total > 0 else math.nan

    def recovery(self, size: Size, counts: NDArray[np.int64] | None = None) -> float:
        """Planted amount among the worked cases, in the unit of the answer key (fen)."""
        return float(self.taken(size, counts) @ self.amount)

    @cached_property
    def _ones(self) -> NDArray[np.float64]:
        return np.ones(len(self.true))


def queue(joined: pl.DataFrame, name: str, column: str, *, seed: int) -> Queue:
    """The queue by falling ``column``; nulls come last. ``joined`` has ``true`` and ``amount``."""
    true = joined["true"].to_numpy().astype(np.float64)
    amount = joined["amount"].to_numpy().astype(np.float64)
    if column == RANDOM:
        return Queue(name, None, true, amount)
    values = joined[column].cast(float).fill_null(-math.inf).to_numpy()
    place = np.lexsort((hashes(joined[SUBJECT], seed), -values))
    return Queue(name, place, true, amount)
