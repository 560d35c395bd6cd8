"""What each way of ordering records yields, pooled over cities, and how far ours is ahead.

Intervals draw hospitals within cities, the same for every queue, and rank each draw anew:
differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.report.picks import CLUSTER, OURS
from flows.evaluate import QUEUES
from models.capacity import RANDOM, places
from models.evaluation import REPLICATES
from models.pooling import BOOTSTRAP, WILSON, cluster_counts, wilson
from models.quality import average_precision_of
from models.resampling import interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from bench.report.picks import Hospitals, Kind

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

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


def at_capacity(drawn: Drawn, sizes: Sequence[float]) -> pl.DataFrame:
    """By queue and size: cases, precision, how far ours is ahead (paired), recall, recovery."""
    found = drawn.values(
        lambda counts: np.array([_precision(drawn, name, sizes, counts) for name in QUEUES])
    )
    first = list(QUEUES).index(OURS)
    rows = [
        _row(drawn.kinds, name, size, found[:, place, at], found[:, first, at])
        for place, name in enumerate(QUEUES)
        for at, size in enumerate(sizes)
    ]
    return pl.DataFrame(rows)


def _precision(drawn: Drawn, name: str, sizes: Sequence[float], counts: list[Whole]) -> Floats:
    """Pooled share of the worked cases that are planted, one a size."""
    found, room = np.zeros(len(sizes)), np.zeros(len(sizes))
    for kind, times in zip(drawn.kinds, counts, strict=True):
        if not times.any():
            continue
        mine = np.array([places(size, float(times.sum())) for size in sizes])
        found += kind.queues[name].precisions(sizes, times) * mine
        room += mine
    return found / np.maximum(room, 1.0)


def _row(
    kinds: Sequence[Kind], name: str, size: float, drawn: Floats, ours: Floats
) -> dict[str, object]:
    ahead_low, ahead_high = interval((ours - drawn)[1:].tolist())
    cases = sum(int(places(size, kind.rows.height)) for kind in kinds)
    low, high, method = _interval(drawn, cases)
    queues = [kind.queues[name] for kind in kinds]
    reached = sum(float(one.taken(size) @ one.true) for one in queues)
    recovered = sum(one.recovery(size) for one in queues)
    return {
        "subject_type": kinds[0].name,
        "queue": name,
        "size": size,
        "cases": cases,
        "precision": float(drawn[0]),
        "low": low,
        "high": high,
        "method": method,
        "ahead": float(ours[0] - drawn[0]),
        "ahead_low": ahead_low,
        "ahead_high": ahead_high,
        "recall": _ratio(reached, sum(float(one.true.sum()) for one in queues)),
        "recovered": _ratio(recovered, sum(float(one.amount.sum()) for one in queues)),
    }


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
        for name, column in QUEUES.items()
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


def _measures(kinds: Sequence[Kind], column: str) -> list[Callable[[Whole], float]]:
    return [
        average_precision_of(
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
