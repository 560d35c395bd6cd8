"""Unusual records, found without labels, by three PyOD families.

A forest (IForest) isolates odd combinations, histograms (HBOS) see odd values within a family of
features (``models/rarity.py``) and neighbours (KNN) see records without company. All of them
see only the suspicious side of a figure that has one. None looks at the batch it scores, unlike
ECOD and COPOD, so a record scores the same alone and in any company. Each raw score becomes a
percentile of the training distribution, and ``anomaly`` is the percentile of how unlikely the
two highest of them are together: ADBench finds no family best everywhere, a rank needs no unit,
and the third may be blind to a kind of record (docs/decisions/0010-detectors.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from pyod.models.iforest import IForest
from pyod.models.knn import KNN

from models.frames import SUBJECT, digest, hashes, in_key_order, sample, values_frame
from models.percentiles import Percentiles
from models.rarity import Rarity
from models.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.histogram import Fitted

IFOREST, HBOS_NAME, KNN_NAME = "iforest", "hbos", "knn"
DETECTORS = (IFOREST, HBOS_NAME, KNN_NAME)
ANOMALY = "anomaly"

# More rows change a percentile by less than 1/20,000 and cost time in proportion.
TRAINING_ROWS = 20_000
# Rows that KNN measures distances to. A sample finds outliers as well as all rows do (Sugiyama and
# Borgwardt 2013), and takes time in proportion to its size.
NEIGHBOUR_ROWS = 1_000
NEIGHBOURS = 5
# Nearer to 1 than this no percentile is believed, so that being unlikely stays finite.
LEAST_LEFT = 1e-12
# The sizes of the Isolation Forest paper (Liu, Ting and Zhou 2008: 256 rows a tree),
# with twice its trees for steadier ranks.
TREES = 200
ROWS_PER_TREE = 256
LEAST_ROWS = 2
# The family of columns whose feature names none.
OTHER_FAMILY = "other"


@dataclass(frozen=True)
class DetectorSet:
    """Fitted detectors with the frozen preprocessing and training distributions they need.

    ``near`` holds the training mean of each column's squared distance to the neighbour,
    against which an explanation is centred.
    """

    features: tuple[str, ...]
    scaling: Scaling
    forest: Fitted
    rarity: Rarity
    neighbours: Fitted
    percentiles: Mapping[str, Percentiles]
    near: tuple[float, ...]
    rows: int

    def raw(self, measured: pl.DataFrame) -> pl.DataFrame:
        """Raw scores, higher is more unusual: subject_id, iforest, hbos, knn."""
        scores = _raw(self.forest, self.rarity, self.neighbours, self.scaling.apply(measured))
        return values_frame(measured[SUBJECT], DETECTORS, scores)

    def score(self, measured: pl.DataFrame) -> pl.DataFrame:
        """Percentiles in (0, 1) of each row: subject_id, iforest, hbos, knn, anomaly."""
        raw = self.raw(measured)
        places = np.column_stack(
            [self.percentiles[name].of(raw[name].to_numpy()) for name in DETECTORS]
        )
        anomaly = self.percentiles[ANOMALY].of(self._joined(places))
        return values_frame(
            measured[SUBJECT], (*DETECTORS, ANOMALY), np.column_stack([places, anomaly])
        )

    def fingerprint(self) -> str:
        """A hash of everything that decides a score; equal for equal models."""
        trees = [part for tree in self.forest.estimators_ for part in _tree_parts(tree.tree_)]
        known = [*(p for _, p in sorted(self.percentiles.items())), *self.rarity.percentiles]
        knots = [np.array((one.scores, one.places)) for one in known]
        places = [np.array(self.scaling.centre), np.array(self.scaling.spread)]
        histogram = self.rarity.histogram
        fitted = [histogram.hist_, histogram.bin_edges_, neighbour_rows(self)]
        named = zip(self.scaling.columns, self.scaling.sides, self.rarity.families, strict=False)
        told = [f"{name} {side} {family}" for name, side, family in named]
        columns = self.scaling.columns if self.rarity.of_before else told
        return digest(["|".join(columns), *places, *trees, *fitted, *knots])

    def _joined(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        return highest(places) if self.rarity.of_before else unlikely(places)


def fit_detectors(
    measured: pl.DataFrame,
    features: Sequence[str],
    *,
    seed: int,
    sides: Mapping[str, int] | None = None,
    families: Mapping[str, str] | None = None,
) -> DetectorSet:
    """Fit the three families on (a bounded sample of) ``measured``.

    ``sides`` says of a column which side of its median is suspicious (1 above, -1 below; both if it
    is not named), ``families`` of which feature family it is. The order of the rows does not
    matter. Few rows, one feature or none that varies give detectors that find everything equally
    ordinary rather than an error.
    """
    training = _at_least(sample(measured, TRAINING_ROWS, seed))
    scaling = Scaling.fit(training, features, sides or {})
    values = scaling.apply(training)
    near = _near(training, seed)
    forest = _forest(values, seed)
    rarity = Rarity.fit(values, _families(scaling, families or {}))
    neighbours = _neighbours(values[near])
    raw = _raw(forest, rarity, neighbours, values)
    # A row that is its own neighbour lies at distance 0; PyOD's training scores leave it out.
    raw[near, DETECTORS.index(KNN_NAME)] = neighbours.decision_scores_
    return DetectorSet(
        features=tuple(features),
        scaling=scaling,
        forest=forest,
        rarity=rarity,
        neighbours=neighbours,
        percentiles=_percentiles(raw),
        near=_usual_distances(neighbours, values[near]),
        rows=training.height,
    )


def ordinary() -> DetectorSet:
    """Detectors that find every record equally ordinary: rules alone order a queue beside them."""
    return fit_detectors(pl.DataFrame(schema={SUBJECT: pl.String}), (), seed=0)


def _families(scaling: Scaling, named: Mapping[str, str]) -> list[str]:
    padding = [OTHER_FAMILY] * (scaling.width - len(scaling.columns))
    return [named.get(name, OTHER_FAMILY) for name in scaling.columns] + padding


def neighbour_rows(detectors: DetectorSet) -> NDArray[np.float64]:
    """The scaled rows KNN measures distances to, rows x columns."""
    return np.asarray(detectors.neighbours.tree_.data)


def neighbour_terms(neighbours: Fitted, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distance to the k-th neighbour by column; a row sums to the score squared."""
    _, index = neighbours.neigh_.kneighbors(values, n_neighbors=neighbours.n_neighbors)
    return _squares(neighbours, values, index)


def _squares(
    neighbours: Fitted, values: NDArray[np.float64], index: NDArray[np.int64]
) -> NDArray[np.float64]:
    reached = np.asarray(neighbours.tree_.data)[index[:, -1]]
    return np.asarray((values - reached) ** 2, dtype=np.float64)


def _raw(
    forest: Fitted, rarity: Rarity, neighbours: Fitted, values: NDArray[np.float64]
) -> NDArray[np.float64]:
    if not len(values):
        return np.zeros((0, len(DETECTORS)))
    return np.column_stack(
        [
            forest.decision_function(values),
            rarity.score(values),
            neighbours.decision_function(values),
        ]
    )


def unlikely(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """One over the product of the two smallest upper tails: Fisher's sum of logs, without a log.

    It rises as -log(1 - p) of the two highest percentiles added up does, in arithmetic that
    rounds a row alone as in any company.
    """
    left = np.sort(np.maximum(1.0 - places, LEAST_LEFT), axis=1)
    return np.asarray(1.0 / (left[:, 0] * left[:, 1]))


def highest(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest percentile, and a little of the mean: what was taken before ``unlikely``."""
    # Column by column, so that the order of additions is the same for one row and for many.
    total = places[:, 0] + places[:, 1] + places[:, 2]
    return np.asarray(places.max(axis=1) + 1e-3 * total / len(DETECTORS))


def _percentiles(raw: NDArray[np.float64]) -> dict[str, Percentiles]:
    fitted = {name: Percentiles.fit(raw[:, place]) for place, name in enumerate(DETECTORS)}
    places = [fitted[name].of(raw[:, place]) for place, name in enumerate(DETECTORS)]
    return fitted | {ANOMALY: Percentiles.fit(unlikely(np.column_stack(places)))}


def _usual_distances(neighbours: Fitted, values: NDArray[np.float64]) -> tuple[float, ...]:
    _, index = neighbours.neigh_.kneighbors(n_neighbors=neighbours.n_neighbors)
    return tuple(_squares(neighbours, values, index).mean(axis=0).tolist())


def _forest(values: NDArray[np.float64], seed: int) -> Fitted:
    rows = min(ROWS_PER_TREE, len(values))
    return IForest(n_estimators=TREES, max_samples=rows, random_state=seed, n_jobs=1).fit(values)


def _neighbours(values: NDArray[np.float64]) -> Fitted:
    # A ball tree adds up distances row by row; brute force would go through BLAS, whose
    # rounding depends on the size of the batch.
    nearest = min(NEIGHBOURS, len(values) - 1)
    return KNN(n_neighbors=nearest, algorithm="ball_tree", method="largest", n_jobs=1).fit(values)


def _near(training: pl.DataFrame, seed: int) -> NDArray[np.int64]:
    drawn = np.argsort(hashes(training[SUBJECT], seed + 1), kind="stable")[:NEIGHBOUR_ROWS]
    return np.sort(drawn)


def _at_least(training: pl.DataFrame) -> pl.DataFrame:
    if training.height >= LEAST_ROWS:
        return training
    missing = [f"~{number}" for number in range(LEAST_ROWS - training.height)]
    extra = pl.DataFrame({SUBJECT: missing}, schema={SUBJECT: pl.String})
    return in_key_order(pl.concat([training, extra], how="diagonal_relaxed"))


def _tree_parts(tree: Fitted) -> tuple[Fitted, ...]:
    return (
        tree.children_left,
        tree.children_right,
        tree.feature,
        tree.threshold,
        tree.n_node_samples,
    )
