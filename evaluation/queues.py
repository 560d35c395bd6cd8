"""What each way of ordering records yields, pooled over cities, and how far ours is ahead.

Intervals draw hospitals within cities, the same for every queue, and rank each draw anew:
differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.kinds import CLUSTER, OURS
from models.capacity import RANDOM, places
from models.pooling import BOOTSTRAP, WILSON, cluster_counts, wilson
from models.quality import auc_of, average_precision_of
from models.resampling import interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from evaluation.kinds import Hospitals, Kind
    from models.capacity import Size

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

REPLICATES = 200
PROMISED = "expected_recovery"
LEAST = -float(np.finfo(np.float64).max)  # where a score is unknown


@dataclass(frozen=True)
class Drawn:
    """The subjects of a kind in all cities, and how often each counts in every draw."""

    kinds: Sequence[Kind]
    hospitals: Hospitals
    replicates: int = REPLICATES
    seed: int = 0

    def counts(self) -> Iterator[list[Whole]]:
        """Multiplicities of the rows of each city, draw by draw; the first is no draw."""
        drawn = cluster_counts(self.hospitals.strata, self.replicates, self.seed).astype(np.int64)
        rows = [self._places(kind) for kind in self.kinds]
        yield [np.ones(len(place), dtype=np.int64) for place in rows]
        for one in drawn:
            yield [one[place] for place in rows]

    def _places(self, kind: Kind) -> Whole:
        placed = kind.rows.select("hospital_id", seed=pl.lit(kind.seed, pl.Int64)).join(
            self.hospitals.frame.with_columns(pl.col("seed").cast(pl.Int64)),
            on=list(CLUSTER), how="left", nulls_equal=True, maintain_order="left",
        )  # fmt: skip
        return placed["place"].to_numpy().astype(np.int64)

    def values(self, measure: Callable[[list[Whole]], Floats]) -> Floats:
        """A measure for all cities: its value in the first row, its draws below."""
        return np.array([measure(counts) for counts in self.counts()])


def at_capacity(drawn: Drawn, sizes: Sequence[Size]) -> pl.DataFrame:
    """By queue and size: cases, then precision, recall, and amounts recovered and promised.

    Precision has its lead of ours over it (``ahead``, paired), and so has what is recovered.
    ``recovered`` is a share of all that is planted, ``recovery`` and ``expected`` are in fen;
    ``expected`` is what the scores promised of the same cases, null where they promise none.
    """
    names = list(drawn.kinds[0].columns)
    found = drawn.values(
        lambda counts: np.array([_yields(drawn, name, sizes, counts) for name in names])
    )
    first = names.index(OURS)
    rows = [
        _row(drawn, name, size, found[:, place, :, at], found[:, first, :, at])
        for place, name in enumerate(names)
        for at, size in enumerate(sizes)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


PRECISION, RECALL, RECOVERY, EXPECTED = range(4)


def _yields(drawn: Drawn, name: str, sizes: Sequence[Size], counts: list[Whole]) -> Floats:
    """Pooled precision, recall, amount recovered and amount expected: 4 x sizes."""
    room, planted = np.zeros(len(sizes)), 0.0
    sums = np.zeros((3, len(sizes)))
    for kind, times in zip(drawn.kinds, counts, strict=True):
        if not times.any():
            continue
        one = kind.queues[name]
        room += np.array([places(size, float(times.sum())) for size in sizes])
        sums += one.sums([one.true, one.amount, _promised(kind)], sizes, times)
        planted += float(times @ one.true)
    recall = sums[0] / planted if planted else np.full(len(sizes), np.nan)
    return np.array([sums[0] / np.maximum(room, 1.0), recall, sums[1], sums[2]])


def _promised(kind: Kind) -> Floats:
    """What the score of each record promises, in fen; nothing where none is known."""
    if PROMISED not in kind.rows.columns:
        return np.zeros(kind.rows.height)
    return kind.rows[PROMISED].fill_null(0).cast(pl.Float64).to_numpy()


def _promises(kinds: Sequence[Kind]) -> bool:
    return all(PROMISED in one.rows.columns and one.rows[PROMISED].count() for one in kinds)


def _row(drawn: Drawn, name: str, size: Size, found: Floats, ours: Floats) -> dict[str, object]:
    kinds = drawn.kinds
    cases = sum(int(places(size, kind.rows.height)) for kind in kinds)
    low, high, method = _interval(found[:, PRECISION], cases)
    whole = sum(float(kind.queues[name].amount.sum()) for kind in kinds)
    promised = found[:, EXPECTED] if _promises(kinds) else np.full(len(found), np.nan)
    return {
        "subject_type": kinds[0].name,
        "queue": name,
        "size": float(size),
        "cases": cases,
        **_told("precision", found[:, PRECISION]),
        "low": low,
        "high": high,
        "method": method,
        **_told("ahead", ours[:, PRECISION] - found[:, PRECISION]),
        **_told("recall", found[:, RECALL]),
        "recovered": _ratio(float(found[0, RECOVERY]), whole),
        **_told("recovery", found[:, RECOVERY]),
        **_told("expected", promised),
        **_told("recovery_ahead", ours[:, RECOVERY] - found[:, RECOVERY]),
    }


def _told(name: str, values: Floats) -> dict[str, object]:
    """The figure itself (the first is no draw) and its interval."""
    low, high = interval(values[1:].tolist())
    return {name: float(values[0]), f"{name}_low": low, f"{name}_high": high}


def _interval(drawn: Floats, cases: int) -> tuple[float, float, str]:
    """Of the draws; Wilson's where none or all is planted, as draws have no width there."""
    value = float(drawn[0])
    if 0 < value < 1:
        return (*interval(drawn[1:].tolist()), BOOTSTRAP)
    return (*wilson(value * cases, cases), WILSON)


def areas(drawn: Drawn) -> pl.DataFrame:
    """By queue: area under the precision-recall curve, mean of the cities, and our lead."""
    measures = {
        name: _measures(drawn.kinds, column)
        for name, column in drawn.kinds[0].columns.items()
        if column != RANDOM
    }  # fmt: skip
    found = drawn.values(
        lambda counts: np.array([_mean(mine, counts) for mine in measures.values()])
    )
    ours = found[:, list(measures).index(OURS)]
    rows = [_area(name, found[:, at], ours) for at, name in enumerate(measures)]
    return pl.DataFrame(rows).select(
        pl.lit(drawn.kinds[0].name).alias("subject_type"), pl.all()
    )  # fmt: skip


def auc(drawn: Drawn) -> dict[str, object]:
    """AUC of our queue with its interval, mean of the cities: for a footnote."""
    column = drawn.kinds[0].columns[OURS]
    measures = _measures(drawn.kinds, column, auc_of)
    return _told("auc", drawn.values(lambda counts: np.array(_mean(measures, counts))))


def _area(name: str, drawn: Floats, ours: Floats) -> dict[str, object]:
    low, high = interval(drawn[1:].tolist())
    ahead_low, ahead_high = interval((ours - drawn)[1:].tolist())
    return {
        "queue": name,
        "area": float(drawn[0]),
        "low": low,
        "high": high,
        "ahead": float(ours[0] - drawn[0]),
        "ahead_low": ahead_low,
        "ahead_high": ahead_high,
    }


def _measures(
    kinds: Sequence[Kind],
    column: str,
    measure_of: Callable[[Floats, Whole], Callable[[Whole], float]] = average_precision_of,
) -> list[Callable[[Whole], float]]:
    return [
        measure_of(
            kind.rows[column].cast(pl.Float64).fill_null(LEAST).to_numpy(),
            kind.rows["true"].to_numpy().astype(np.int64),
        )
        for kind in kinds
    ]


def _mean(measures: Sequence[Callable[[Whole], float]], counts: list[Whole]) -> float:
    values = [measure(times) for measure, times in zip(measures, counts, strict=True)]
    known = [one for one in values if not np.isnan(one)]
    return float(np.mean(known)) if known else float("nan")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
