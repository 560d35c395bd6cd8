"""Small made-up measured frames, with a known cause of suspicion, for tests of ``models``."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from models.office_trail import By

FEATURES = ("x0", "x1", "x2", "x3", "x4")
RULES = ("rule_H01",)
FIRST_DAY = date(2024, 1, 1)
DAYS = 300
MISSING = 0.05
# Somebody who puts models in office.
SOMEBODY = By("somebody", datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC))


def records(size: int, seed: int = 0, hospitals: int = 20) -> pl.DataFrame:
    """Measured records; ``cause`` is 1 where x0 and x1 are high together, with noise."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(size, len(FEATURES)))
    cause = values[:, 0] + values[:, 1] + 0.7 * random.normal(size=size) > 1.4
    values[random.random(values.shape) < MISSING] = np.nan
    days = [FIRST_DAY + timedelta(int(day)) for day in random.integers(0, DAYS, size)]
    frame = {
        "subject_id": [f"s{number:05d}" for number in range(size)],
        "hospital_id": [f"h{number}" for number in random.integers(0, hospitals, size)],
        "person_id": [f"p{number}" for number in random.integers(0, size, size)],
        "event_on": days,
        "cause": cause.astype(np.int64),
        "rule_H01": (np.nan_to_num(values[:, 0]) > 1.5).astype(np.float64),
    }
    features = {name: values[:, place] for place, name in enumerate(FEATURES)}
    return pl.DataFrame(frame | features).with_columns(pl.col(FEATURES).fill_nan(None))


def audits(measured: pl.DataFrame, size: int, seed: int = 0) -> pl.DataFrame:
    """Labels of some records, equal to their cause."""
    chosen = measured.sample(size, seed=seed)
    return chosen.select(
        "subject_id", pl.col("cause").cast(pl.Int8).alias("label"), pl.lit(1.0).alias("weight")
    )


def shuffled_audits(measured: pl.DataFrame, size: int, seed: int = 0) -> pl.DataFrame:
    """Labels that have nothing to do with the records they are on."""
    taught = audits(measured, size, seed)
    order = np.random.default_rng(seed).permutation(size)
    return taught.with_columns(pl.Series("label", taught["label"].to_numpy()[order]))


def shuffled(frame: pl.DataFrame, seed: int = 1) -> pl.DataFrame:
    """The same rows in another order."""
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)
