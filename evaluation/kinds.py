"""Which records a capacity reached in each city, and how planted subjects and innocents fared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.truth import join_truth
from models.capacity import RANDOM, Queue, Size, queue
from models.pooling import shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

# What orders the records, by the name of the queue; the first is the one under test.
QUEUES: Mapping[str, str] = {
    "jianbao": "margin",
    "detectors only": "anomaly",
    "rules only": "rule_hits",
    "largest amount": "whole_amount",
    "random": RANDOM,
}
OURS, *OTHERS = QUEUES
# Recall is told of these; sorting by amount and drawing lots are told once, in the summary.
ASKED_OF = tuple(name for name in QUEUES if name in {OURS, "rules only", "detectors only"})
TYPE = "subject_type"
CLUSTER = ("seed", "hospital_id")
NO_DIFFICULTY = 0  # of innocents


@dataclass(frozen=True)
class Kind:
    """The scored subjects of one kind in one city, in the order of ``subject_id``.

    ``rows`` are as ``evaluation.truth.join_truth`` makes them; ``key`` is the answer key of the
    kind, innocents with it; ``sizes`` are the capacities that are told, ``tested`` the one
    that stands for all; ``columns`` says which column orders each queue.
    """

    seed: int
    name: str
    rows: pl.DataFrame
    key: pl.DataFrame
    sizes: tuple[Size, ...]
    tested: Size
    columns: Mapping[str, str] = field(default_factory=lambda: QUEUES)

    @classmethod
    def of(
        cls,
        seed: int,
        records: pl.DataFrame,
        key: pl.DataFrame,
        name: str,
        sizes: tuple[Size, ...],
        tested: Size,
        columns: Mapping[str, str] = QUEUES,
    ) -> Kind:
        """The subjects of a kind with what is planted among them."""
        mine = records.filter(pl.col(TYPE) == name)
        told = key.filter(pl.col(TYPE) == name)
        rows = join_truth(mine, told.filter(~pl.col("innocent")))
        return cls(seed, name, rows, told, sizes, tested, columns)

    @property
    def calibrated(self) -> bool:
        """Whether a ranker gave any of them a probability; else rules and detectors order them."""
        return "score" in self.rows.columns and bool(self.rows["score"].count())

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """Every way of ordering them that is compared."""
        return {
            name: queue(self.rows, name, column, seed=self.seed)
            for name, column in self.columns.items()
        }

    def taken(self, name: str, size: Size) -> NDArray[np.float64]:
        """1 for each row that a capacity of a queue holds, else 0."""
        return self.queues[name].taken(size)


def picks(kind: Kind, queues: Sequence[str] = ASKED_OF) -> pl.DataFrame:
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
            queue=pl.lit(name), size=pl.lit(size, pl.Float64)
        )
        for name in queues
        for size in kind.sizes
    ]
    return pl.concat(parts).with_columns(pl.col("taken").fill_null(0.0))


def _flags(kind: Kind, name: str, size: Size) -> pl.DataFrame:
    return kind.rows.select("subject_id", taken=pl.Series(kind.taken(name, size)))


@dataclass(frozen=True)
class Hospitals:
    """All hospitals of all cities: what intervals draw from."""

    frame: pl.DataFrame  # seed, hospital_id, place

    @classmethod
    def of(cls, cities: Iterable[tuple[int, Sequence[pl.DataFrame]]]) -> Hospitals:
        """Every hospital that these frames of a city (its seed before them) name.

        Unknown ones are one.
        """
        named = [
            pl.concat([frame.select("hospital_id") for frame in frames])
            .unique()
            .select(pl.lit(seed).alias("seed"), "hospital_id")
            for seed, frames in cities
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
