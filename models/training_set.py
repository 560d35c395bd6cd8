"""What a model is trained on: measured records, what audits said of them, and the columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from models.frames import NIGHT, SUBJECT
from models.groups import EVENT, group_keys

if TYPE_CHECKING:
    from datetime import date

KEY = "group_key"


@dataclass(frozen=True)
class TrainingSet:
    """Records of one entity as of a night, each as it was first to be judged.

    ``measured`` has one row a record: ``subject_id``, ``hospital_id``, ``person_id``,
    ``group_id`` (the computed group of the person, null where there is none), ``event_on``, the
    features and the rule hits. ``labels`` is as ``models.labels`` makes it; ``left_open`` is how
    many refutations are none of them, because a rule suspects what nobody looked for.
    """

    scenario: str
    entity: str
    measured: pl.DataFrame
    labels: pl.DataFrame
    features: tuple[str, ...]
    rule_columns: tuple[str, ...]
    as_of: date
    left_open: int = 0

    @property
    def audited(self) -> pl.DataFrame:
        """Labels of the records that are here."""
        return self.labels.join(self.measured.select(SUBJECT), on=SUBJECT, how="semi")

    def counts(self) -> dict[str, float]:
        """Records, labels and confirmed ones among them, and refutations that left open."""
        known = self.audited
        return {
            "records": float(self.measured.height),
            "labels": float(known.height),
            "confirmed": float(known["label"].sum() or 0),
            "left_open": float(self.left_open),
        }

    def selection(self) -> dict[str, int]:
        """How many labels there are by what chose the record for its audit."""
        by = self.audited.group_by(pl.col("selected_by").fill_null("unknown")).len()
        return dict(sorted(by.iter_rows()))


@dataclass(frozen=True)
class Later:
    """A training set as it was on an earlier day, and the audits that became known after it.

    ``tried`` holds the measured rows of those audits with ``label``, ``weight``,
    ``scheme`` and ``selected_by``; nobody of their persons and groups is among the earlier records.
    """

    earlier: TrainingSet
    tried: pl.DataFrame
    cut: date


def keyed(training: TrainingSet) -> pl.DataFrame:
    """Subject and group key of every record."""
    keys = group_keys(training.measured, training.entity)
    return training.measured.select(SUBJECT, pl.Series(KEY, keys))


def split(training: TrainingSet, cut: date) -> Later:
    """Part a training set at a day: what was known by then, and what audits said later.

    An audit is known when its outcome was received, however early it was decided.
    """
    keys = keyed(training)
    late = training.audited.filter(pl.col("known_on") >= cut)
    tried = training.measured.join(
        late.select(SUBJECT, "label", "weight", "scheme", "selected_by"), on=SUBJECT
    )
    theirs = keys.join(tried.select(SUBJECT), on=SUBJECT, how="semi").select(KEY)
    apart = keys.join(theirs, on=KEY, how="anti")
    known = training.measured.join(apart, on=SUBJECT, how="semi")
    # Neither what had not happened by then, nor what nobody had been told yet.
    for day in (EVENT, NIGHT):
        if day in known.columns:
            known = known.filter(pl.col(day).is_null() | (pl.col(day) < cut))
    early = training.labels.filter(pl.col("known_on") < cut)
    return Later(replace(training, measured=known, labels=early, as_of=cut), tried, cut)
