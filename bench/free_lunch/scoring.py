"""Area under the precision-recall curve of one column, used in the best way it can be used.

The area is average precision. Rows of equal value come in random order, so each tie counts
with its expectation over all orders (in closed form, not by drawing): a column that says the
same of everybody is worth what chance is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

BINS = 20  # bins of a number, for use in any shape
OWN_BINS = 300  # with at most so many values, each is a bin of its own
FREQUENT = 5  # with more, those that are so frequent in both halves are
PRIOR = 20.0  # records by which the rate of a bin is drawn to the rate of all


@dataclass(frozen=True)
class Ways:
    """What a column is worth: largest first, smallest first, or in any shape."""

    up: float
    down: float
    shape: float

    @property
    def best(self) -> float:
        """The best of the three."""
        return max(self.up, self.down, self.shape)

    @property
    def threshold(self) -> float:
        """The better of the two directions: what a threshold can do."""
        return max(self.up, self.down)

    @property
    def way(self) -> str:
        """Name of the best way."""
        named = {"high": self.up, "low": self.down, "any shape": self.shape}
        return max(named, key=lambda name: named[name])


def average_precision(guilty: Floats, others: Floats) -> float:
    """Expected average precision when the largest value comes first."""
    return _ranked(guilty, np.sort(others))


def _ranked(guilty: Floats, others: Floats) -> float:
    """The same for others that are sorted upwards."""
    if not len(guilty):
        return 0.0
    values, hits = np.unique(guilty, return_counts=True)
    reached = np.searchsorted(others, values, side="right")
    tied = reached - np.searchsorted(others, values, side="left")
    return _of_ties(hits[::-1], tied[::-1], (len(others) - reached)[::-1])


def _of_ties(hits: Whole, tied: Whole, above: Whole) -> float:
    """Average precision of groups of ties, best first.

    Each group has ``hits`` guilty and ``tied`` other rows, and ``above`` others before it.
    With P guilty and N rows before a group of n rows, p of them guilty, the expected sum of
    precision at its guilty rows is p/n times the sum over j = 1..n of
    (P + 1 + (j - 1)(p - 1)/(n - 1)) / (N + j).
    """
    before = np.cumsum(hits) - hits
    rows, size = above + before, hits + tied
    harmonic = _harmonic(int((rows + size).max()).bit_length())
    inverse = harmonic[rows + size] - harmonic[rows]
    rest = (hits - 1) / np.maximum(size - 1, 1)
    inside = (before + 1) * inverse + rest * (size - (rows + 1) * inverse)
    return float((hits / size * inside).sum() / hits.sum())


@cache
def _harmonic(bits: int) -> Floats:
    """Sums of 1, 1/2, 1/3 and so on: of no summand, of one, up to as many as fit the bits."""
    return np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, 1 << bits))])


@dataclass(frozen=True)
class Ranking:
    """One column, sorted once for the innocent and binned once for all.

    ``clean`` marks the rows of innocents, ``half`` the rows of one half of the places.
    """

    values: Floats
    bins: Whole
    half: Flags
    order: Whole  # rows of innocents, by value, unknown ones first
    others: Floats  # their values, and below the same from the other end
    turned: Floats
    clean: tuple[Whole, Whole]  # innocents by bin, in the half and outside it

    @classmethod
    def of(cls, values: Floats, clean: Flags, half: Flags) -> Ranking:
        """Sort and bin a column; what is unknown stands last from both ends."""
        known = np.where(np.isfinite(values), values, -np.inf)
        rows = np.flatnonzero(clean)
        order = rows[np.argsort(known[rows], kind="stable")]
        bins = _bins(known, half)
        width = int(bins.max()) + 1
        counted = (_counts(bins, clean & half, width), _counts(bins, clean & ~half, width))
        return cls(known, bins, half, order, known[order], _turned(known[order]), counted)

    def ways(self, guilty: Flags) -> Ways:
        """What the column is worth against these guilty rows."""
        return self._ways(np.flatnonzero(guilty), self.others, self.turned, self.clean)

    def by_luck(self, guilty: Flags) -> Ways:
        """What it is worth against rows that were taken from the innocents."""
        others = self.values[self.order[~guilty[self.order]]]
        width = len(self.clean[0])
        gone = (_counts(self.bins, guilty & half, width) for half in (self.half, ~self.half))
        inside, outside = (every - taken for every, taken in zip(self.clean, gone, strict=True))
        return self._ways(np.flatnonzero(guilty), others, _turned(others), (inside, outside))

    def _ways(
        self, rows: Whole, others: Floats, turned: Floats, clean: tuple[Whole, Whole]
    ) -> Ways:
        mine = self.values[rows]
        return Ways(
            _ranked(mine, others),
            _ranked(np.where(np.isfinite(mine), -mine, -np.inf), turned),
            self._shape(rows, clean),
        )

    def _shape(self, rows: Whole, clean: tuple[Whole, Whole]) -> float:
        """Rates of bins learned on one half of the places and read on the other, both ways."""
        width, inside = len(clean[0]), self.half[rows]
        first, second = (
            np.bincount(self.bins[part], minlength=width) for part in (rows[inside], rows[~inside])
        )
        found = _binned([first, clean[0]], [second, clean[1]]) * int(second.sum())
        found += _binned([second, clean[1]], [first, clean[0]]) * int(first.sum())
        return found / max(len(rows), 1)


def _counts(bins: Whole, rows: Flags, width: int) -> Whole:
    return np.bincount(bins[rows], minlength=width).astype(np.int64)


def _turned(others: Floats) -> Floats:
    """Sorted values from the other end; what is unknown still comes last."""
    unknown = int(np.searchsorted(others, -np.inf, side="right"))
    return np.concatenate([others[:unknown], -others[unknown:][::-1]])


def _bins(values: Floats, half: Flags) -> Whole:
    """A bin for each value that is frequent, and bins of equal size for the rest.

    Of many values those are frequent that both halves have often. Equal amounts of one ring would
    else have a bin of their own of which the other half knows nothing, and stand before all that
    it knows to be innocent: that is to count records which are alike, and no column does it.
    """
    present, place = np.unique(values, return_inverse=True)
    frequent = np.ones(len(present), dtype=np.bool_)
    if len(present) > OWN_BINS:
        counts = [np.bincount(place[rows], minlength=len(present)) for rows in (half, ~half)]
        often = np.minimum(*counts)
        frequent = (often >= FREQUENT) & (np.argsort(np.argsort(-often)) < OWN_BINS)
        frequent |= np.isneginf(present)  # what is unknown
    own = np.where(frequent, np.cumsum(frequent) - 1, -1)[place]
    rest = values[own < 0]
    edges = np.quantile(rest, np.linspace(0, 1, BINS + 1)[1:-1]) if len(rest) else np.zeros(0)
    shared = int(frequent.sum()) + np.searchsorted(edges, values, side="right")
    return np.where(own < 0, shared, own).astype(np.int64)


def _binned(learned: list[Whole], read: list[Whole]) -> float:
    (hits, others), (mine, rest) = learned, read
    if not mine.sum() or not hits.sum():
        return 0.0
    base = hits.sum() / (hits.sum() + others.sum())
    rate = (hits + PRIOR * base) / (hits + others + PRIOR)
    _, level = np.unique(-rate, return_inverse=True)
    guilty = np.bincount(level, weights=mine).astype(np.int64)
    tied = np.bincount(level, weights=rest).astype(np.int64)
    above = np.cumsum(tied) - tied
    there = guilty > 0
    return _of_ties(guilty[there], tied[there], above[there])
