"""A made-up training set with audits over time, for tests of what is said of a model."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.labels import EVERYTHING
from models.preparing import Recipe
from models.training_set import TrainingSet
from tests.records import DAYS, FEATURES, FIRST_DAY, RULES, audits, records

if TYPE_CHECKING:
    from datetime import date

AS_OF = FIRST_DAY + timedelta(days=DAYS + 60)
SEED = 7
# Days from an event to the decision about it.
DELAY = 30


def audited_set(size: int = 3_000, audited: int = 900, seed: int = 3) -> TrainingSet:
    """Records of which some were audited a month after their event."""
    measured = records(size, seed=seed)
    return training_set(measured, decided(measured, audits(measured, audited, seed)))


def decided(measured: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Labels with the columns that ``models.labels`` gives."""
    days = measured.select("subject_id", decided_on=pl.col("event_on").dt.offset_by(f"{DELAY}d"))
    return labels.join(days, on="subject_id").with_columns(
        known_on=pl.col("decided_on").dt.offset_by("1d"),
        first_known_on=pl.col("decided_on").dt.offset_by("1d"),
        scheme=pl.when(pl.col("label") == 1).then(pl.lit("H01")),
        selected_by=pl.lit("rule"),
        audited_schemes=pl.lit(EVERYTHING),
    )


def training_set(measured: pl.DataFrame, labels: pl.DataFrame, as_of: date = AS_OF) -> TrainingSet:
    """Of these records and labels."""
    return TrainingSet(
        "hospitalization", "stay", measured.drop("cause"), labels, FEATURES, RULES, as_of
    )


def recipe(training: TrainingSet, seed: int = SEED) -> Recipe:
    """How it is trained on."""
    return Recipe(
        training.scenario,
        training.entity,
        training.features,
        training.rule_columns,
        seed,
        1,
        training.as_of,
    )


@cache
def usual_set() -> TrainingSet:
    """The same set for many tests; nobody changes it."""
    return audited_set()


def noise(labels: pl.DataFrame, seed: int = 0) -> pl.DataFrame:
    """The same labels on other records."""
    order = np.random.default_rng(seed).permutation(labels.height)
    return labels.with_columns(pl.Series("label", labels["label"].to_numpy()[order]))
