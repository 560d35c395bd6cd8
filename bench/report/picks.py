"""Which records a capacity reached in each city, and how planted subjects and innocents fared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.report.asked import sizes, tested
from flows.evaluate import QUEUES
from models.capacity import Queue, queue
from models.evaluation import join_truth
from models.pooling import shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bench.report.results import Result

OURS, *OTHERS = QUEUES
# Recall is told of these; sorting by amount and drawing lots are told once, in the summary.
ASKED_OF = tuple(name for name in QUEUES if name in {OURS, "rules only", "detectors only"})
TYPE = "subject_type"
CLUSTER = ("seed", "hospital_id")
NO_DIFFICULTY = 0  # of innocents


@dataclass(frozen=True)
class Kind:
    """The scored subjects of one kind in one city, in the order of ``subject_id``."""

    seed: int
    name: str
    rows: pl.DataFrame  # as ``models.evaluation.join_truth`` makes them
    key: pl.DataFrame

    @classmethod
    def of(cls, result: Result, name: str) -> Kind:
        """The subjects of a kind with what is planted among them."""
        mine = result.records.filter(pl.col("subject_type") == name)
        key = result.key.filter(pl.col("subject_type") == name)
        return cls(result.seed, name, join_truth(mine, key.filter(~pl.col("innocent"))), key)

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """Every way of ordering them that is compared."""
        return {
            name: queue(self.rows, name, column, seed=self.seed)
            for name, column in QUEUES.items()
        }  # fmt: skip

    @property
    def sizes(self) -> tuple[float, ...]:
        """Capacities at which they are told."""
        return sizes(self.name, self.rows.height)

    @property
    def tested(self) -> float:
        """The capacity at which they are tested."""
        return tested(self.name, self.rows.height)

    def taken(self, name: str, size: float) -> NDArray[np.float64]:
        """1 for each row that a capacity of a queue holds, else 0."""
        return self.queues[name].taken(size)


def ranked_kinds(results: Sequence[Result]) -> list[str]:
    """Kinds of subjects that a queue orders in every city, and in which anything is planted."""
    ranked = [set(one.records.drop_nulls("margin")["subject_type"]) for one in results]
    planted = {kind for one in results for kind in one.key.filter(~pl.col("innocent"))[TYPE]}
    return sorted(set.intersection(planted, *ranked), key=_as_told)


def _as_told(name: str) -> tuple[int, str]:
    known = ("stay", "use", "ledger")
    return (known.index(name) if name in known else len(known), name)


def picks(kind: Kind) -> pl.DataFrame:
    """One row a subject of the key, queue and size: whether it was reached (``taken``).

    A planted subject that was never scored was never reached.
    """
    named = kind.key.with_columns(
        seed=pl.lit(kind.seed),
        difficulty=pl.col("difficulty").fill_null(NO_DIFFICULTY),
        scored=pl.col("subject_id").is_in(kind.rows["subject_id"].implode()),
    )
    parts = [
        named.join(_flags(kind, name, size), on="subject_id", how="left").with_columns(
            queue=pl.lit(name), size=pl.lit(size)
        )
        for name in ASKED_OF
        for size in kind.sizes
    ]
    return pl.concat(parts).with_columns(pl.col("taken").fill_null(0.0))


def _flags(kind: Kind, name: str, size: float) -> pl.DataFrame:
    return kind.rows.select("subject_id", taken=pl.Series(kind.taken(name, size)))


@dataclass(frozen=True)
class Hospitals:
    """All hospitals of all cities: what intervals draw from."""

    frame: pl.DataFrame  # seed, hospital_id, place

    @classmethod
    def of(cls, results: Sequence[Result]) -> Hospitals:
        """Every hospital that a record or a line of the key names; unknown ones are one."""
        named = [
            pl.concat([result.records.select("hospital_id"), result.key.select("hospital_id")])
            .unique()
            .select(pl.lit(result.seed).alias("seed"), "hospital_id")
            for result in results
        ]
        return cls(pl.concat(named).sort(*CLUSTER).with_row_index("place"))

    @property
    def strata(self) -> list[int]:
        """The city of each hospital."""
        return self.frame["seed"].to_list()

    def shares(self, rows: pl.DataFrame, by: Sequence[str], part: str) -> pl.DataFrame:
        """Share of ``part`` (0 or 1 a row) by the columns ``by``, with its interval.

        ``rows`` has ``seed`` and ``hospital_id``. Adds found, of, share, low, high, method.
        """
        cells = rows.select(by).unique().sort(by, nulls_last=True).with_row_index("cell")
        placed = (
            rows.join(cells, on=list(by), nulls_equal=True)
            .join(self.frame, on=CLUSTER, nulls_equal=True)
            .group_by("place", "cell")
            .agg(found=pl.col(part).sum(), of=pl.len())
        )
        found, of = (self._matrix(placed, name, cells.height) for name in ("found", "of"))
        told = shares(found, of, self.strata)
        return cells.drop("cell").with_columns(
            found=pl.Series([round(one.part) for one in told], dtype=pl.Int64),
            of=pl.Series([round(one.whole) for one in told], dtype=pl.Int64),
            share=pl.Series([one.value for one in told], dtype=pl.Float64),
            low=pl.Series([one.low for one in told], dtype=pl.Float64),
            high=pl.Series([one.high for one in told], dtype=pl.Float64),
            method=pl.Series([one.method for one in told], dtype=pl.String),
        )

    def _matrix(self, placed: pl.DataFrame, name: str, cells: int) -> NDArray[np.float64]:
        values = np.zeros((self.frame.height, cells))
        values[placed["place"].to_numpy(), placed["cell"].to_numpy()] = placed[name].to_numpy()
        return values
