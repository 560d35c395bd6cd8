"""How rare a record's figures are, family by family of features, from PyOD's histograms.

A stay has hundreds of figures, and one that is odd in its coding alone is ordinary in all the
others, which drown it in a sum over everything. So the terms of HBOS are added up within each
family (cost, coding, presence ...), each sum becomes a percentile of the training records,
and the family in which a record stands highest speaks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyod.models.hbos import HBOS

from models.histogram import Fitted, mean_terms, terms, total
from models.percentiles import Percentiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST_BINS, MOST_BINS = 3, 20
# What the mean of all families adds to the highest: it orders records of equal height, and is far
# less than what one training record moves a percentile, so that it orders no others.
TIE = 1e-9
# Training records that a family's percentiles keep one by one at the upper end, and as many below.
KNOTS = 250


@dataclass(frozen=True)
class Rarity:
    """A fitted histogram, the family of each of its columns, and how rare each family's sums are.

    ``percentiles`` has one distribution a family, in the order of ``names``, and none in a model of
    before families spoke, which adds up all its columns. ``usual`` is the mean of each column's
    term over the training rows, against which an explanation is centred.
    """

    histogram: Fitted
    families: tuple[str, ...]
    percentiles: tuple[Percentiles, ...]
    usual: tuple[float, ...]

    @classmethod
    def fit(cls, values: NDArray[np.float64], families: Sequence[str]) -> Rarity:
        """Learn from scaled training rows (rows x columns); ``families`` names each column's."""
        # The square root of n is the usual rule for few rows.
        bins = max(LEAST_BINS, min(MOST_BINS, int(len(values) ** 0.5)))
        histogram = HBOS(n_bins=bins).fit(values)
        sums = _sums(terms(histogram, values), families)
        found = tuple(Percentiles.fit(column, knots=KNOTS) for column in sums.T)
        usual = tuple(mean_terms(histogram, values).tolist())
        return cls(histogram, tuple(families), found, usual)

    @property
    def names(self) -> tuple[str, ...]:
        """Each family once, in the order of their first columns."""
        return tuple(dict.fromkeys(self.families))

    @property
    def of_before(self) -> bool:
        """Whether the model was stored before families spoke: it adds up all its columns."""
        return not self.percentiles

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The highest percentile of any family; equals are ordered by the mean of all."""
        parts = terms(self.histogram, values)
        if self.of_before:
            return total(parts)
        places = self._places(parts)
        return np.asarray(places.max(axis=1) + TIE * total(places) / places.shape[1])

    def leading(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The place among ``names`` of the family that speaks for each row."""
        return self._leading(terms(self.histogram, values))

    def told(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each leading family's terms add up to: the quantity that an explanation adds up to.

        Its percentile is the height of the row: within a family one rises with the other.
        """
        parts = terms(self.histogram, values)
        sums = _sums(parts, self.families)
        return np.asarray(sums[np.arange(len(values)), self._leading(parts)])

    def pushes(
        self, values: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Centred terms of the leading family, 0 elsewhere (rows x columns), and each row's base.

        The family's sum is additive, so that these are its exact Shapley values.
        """
        parts = terms(self.histogram, values)
        place = {name: number for number, name in enumerate(self.names)}
        of_column = np.array([place[name] for name in self.families])
        mine = of_column == self._leading(parts)[:, None]
        usual = np.array(self.usual)
        return np.where(mine, parts - usual, 0.0), total(np.where(mine, usual, 0.0))

    def _leading(self, parts: NDArray[np.float64]) -> NDArray[np.int64]:
        if self.of_before:
            return np.zeros(len(parts), dtype=np.int64)
        return np.asarray(self._places(parts).argmax(axis=1))

    def _places(self, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = _sums(parts, self.families)
        found = [known.of(column) for known, column in zip(self.percentiles, sums.T, strict=True)]
        return np.column_stack(found)


def _sums(parts: NDArray[np.float64], families: Sequence[str]) -> NDArray[np.float64]:
    """Terms added up within each family, rows x families."""
    named = np.array(families)
    return np.column_stack([total(parts[:, named == name]) for name in dict.fromkeys(families)])
