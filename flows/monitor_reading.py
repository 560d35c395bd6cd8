"""What the watch on drift compares: published nights, and what the models in office learned from.

The reference is measured and scored once for each model and kept as table
``reference_<entity>``: every record of the year before its training, each as of the night it
was first judged, by the model itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from claims.history import History
from claims.lake import Span
from claims.results import SCORES
from features.catalogue import CATALOGUES
from features.declaration import VERSUS_PEERS
from features.papers import SETTLE_DAYS
from flows.judging import base_measures, compared_in_time
from flows.training import frozen_standards, subjects_of_history
from models.drift_frames import Seen
from models.frames import NIGHT, sample

if TYPE_CHECKING:
    from claims.lake import Lake
    from flows.published import Published
    from models.bundle import Bundle

YEAR = 365
# Tenths of 20,000 records are known to a fiftieth of their size; more cost time alone.
REFERENCE_ROWS = 20_000
SCORE_COLUMNS = ("margin", "anomaly")
MODEL = "model_version"


@dataclass(frozen=True)
class Window:
    """The recent nights, first and last, and the newest published night whose tables are read."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many nights it has."""
        return (self.last - self.first).days + 1

    @classmethod
    def until(cls, last: date, days: int) -> Window:
        """The window of so many nights that ends on one."""
        return cls(last - timedelta(days=days - 1), last)


@dataclass(frozen=True)
class Watched:
    """One kind of subject: its model, its reference, and what nights published about it."""

    entity: str
    bundle: Bundle
    reference: pl.DataFrame
    shown: Published

    @property
    def names(self) -> list[str]:
        """Features the model reads, without their distances from peers."""
        catalogue = CATALOGUES[self.entity]
        return [
            name
            for name in self.bundle.features
            if name in catalogue and not name.endswith(VERSUS_PEERS)
        ]

    @cached_property
    def arrived(self) -> pl.DataFrame:
        """Published records since the training, each on the night it was first judged.

        With the scores of the model in office, null where another one scored.
        """
        rows = self.shown.rows(f"features_{self.entity}").filter(
            pl.col("run_date") > self.bundle.trained_as_of
        )
        first = rows.sort("run_date").unique("subject_id", keep="first", maintain_order=True)
        mine = pl.col(MODEL) == self.bundle.version
        scored = self.scored.select(
            "subject_id", "run_date", *(pl.when(mine).then(name).alias(name) for name in
                                        SCORE_COLUMNS)
        )  # fmt: skip
        return (
            first.filter(_newly_come(self.entity, self._stays()))
            .collect()
            .join(scored, on=["subject_id", "run_date"], how="left")
            .with_columns(pl.col("run_date").alias(NIGHT))
        )

    def _stays(self) -> pl.DataFrame:
        rows = self.shown.rows("stays").group_by("stay_id").agg(pl.col("received_on").min())
        return rows.filter(pl.col("received_on") > self.bundle.trained_as_of).collect()

    @cached_property
    def scored(self) -> pl.DataFrame:
        """Rows of table `scores` since the training."""
        rows = self.shown.rows(SCORES.name).filter(
            (pl.col("subject_type") == self.entity)
            & (pl.col("run_date") > self.bundle.trained_as_of)
        )
        return rows.collect()

    def seen(self, window: Window) -> Seen:
        """Reference, records since, and those of the window."""
        recent = self.arrived.filter(pl.col(NIGHT).is_between(window.first, window.last))
        since = self.arrived.filter(pl.col(NIGHT) < window.first)
        columns = [name for name in self.reference.columns if name in self.arrived.columns]
        return Seen(
            self.entity, self.reference, since.select(columns), recent.select(columns), window.days
        )


def _newly_come(entity: str, stays: pl.DataFrame) -> pl.Expr:
    """Records that came on their night, not older ones that were opened again."""
    if entity == "ledger":
        month = pl.col("subject_id").str.split("|").list.last() + "-01"
        settled = month.str.to_date().dt.month_end() + pl.duration(days=SETTLE_DAYS)
        return settled == pl.col("run_date")
    stay = pl.col("subject_id").str.split("|").list.first()
    return stay.is_in(stays["stay_id"].implode())


def watched(shown: Published, bundles: dict[str, Bundle]) -> list[Watched]:
    """Every kind of subject that has a model in office and was published."""
    published = {item["table"] for item in shown.manifest["versions"]}
    return [
        Watched(entity, bundle, reference_of(shown.lake, entity, bundle), shown)
        for entity, bundle in bundles.items()
        if f"features_{entity}" in published
    ]


def reference_of(lake: Lake, entity: str, bundle: Bundle) -> pl.DataFrame:
    """What a model learned from, scored by it; measured at the first call and kept."""
    table = f"reference_{entity}"
    if lake.has(table):
        held = lake.scan(table).filter(pl.col(MODEL) == bundle.version).collect()
        if held.height:
            return held
    rows = _measured(lake, entity, bundle).with_columns(
        pl.lit(bundle.version).alias(MODEL), pl.lit(bundle.trained_as_of).alias("run_date")
    )
    lake.replace(table, rows, Span.night(bundle.trained_as_of), keys=["run_date", "subject_id"])
    return rows


def _measured(lake: Lake, entity: str, bundle: Bundle) -> pl.DataFrame:
    history = History.of(lake, bundle.trained_as_of)
    since = bundle.trained_as_of - timedelta(days=YEAR)
    subjects = subjects_of_history(history)[entity].filter(pl.col("as_of") > since)
    base = base_measures(history, entity, sample(subjects, REFERENCE_ROWS, 0))
    standards = frozen_standards(lake, bundle.trained_as_of).filter(pl.col("entity") == entity)
    compared = compared_in_time(history, entity, base, standards).frame
    scores = bundle.score(compared).select("subject_id", *SCORE_COLUMNS)
    return base.join(scores, on="subject_id")
