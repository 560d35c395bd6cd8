"""Would more audits help: the ranker taught anew by fewer of them, and tried on the same records.

Detectors and background stand still, so that only the number of audits changes. Subsamples are
nested: within a draw, more audits are the fewer ones and others. The records that are tried lie
in groups (person, stay, ledger) of which nothing was learned, and the key says what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.bundle import prior_margin
from models.capacity import Queue, queue
from models.frames import SUBJECT, hashes
from models.preparing import ground
from models.quality import average_precision_of
from models.train import taught

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.preparing import Recipe

PARTS = (1 / 8, 1 / 4, 1 / 2, 1.0)
DRAWS = 3
HEAD = 0.01  # of the records tried, for precision
SCHEMA = {
    "audits": pl.Int64(),
    "confirmed": pl.Int64(),
    "draw": pl.Int64(),
    "auprc": pl.Float64(),
    "precision": pl.Float64(),
}


@dataclass(frozen=True)
class Trial:
    """What is learned from and what is tried, measured alike.

    ``learn``: rows to learn from, audited or not. ``tried``: rows with ``true`` (0/1),
    ``amount`` and ``stands_for``, the whole number of records that each stands for.
    """

    learn: pl.DataFrame
    tried: pl.DataFrame
    labels: pl.DataFrame
    recipe: Recipe


def curve(trial: Trial, draws: int = DRAWS) -> pl.DataFrame:
    """One row a draw and number of audits, columns as ``SCHEMA``; 0 audits is rules and detectors.

    What has too few audits of either class to teach a ranker has no row.
    """
    on = ground(trial.learn, trial.labels, trial.recipe)
    known = trial.labels.join(on.audited, on=SUBJECT, how="semi")
    places = on.detectors.score(trial.tried).drop(SUBJECT)
    tried = trial.tried.drop(places.columns, strict=False).hstack(places)
    rows = [(0, 0, 0, *_tried(tried, prior_margin(tried, trial.recipe.rule_columns)))]
    for draw, chosen in _subsamples(known, draws):
        ranker = taught(on, chosen, trial.recipe)
        if ranker is not None:
            confirmed = int(chosen["label"].sum())
            rows.append((chosen.height, confirmed, draw, *_tried(tried, ranker.margin(tried))))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _subsamples(labels: pl.DataFrame, draws: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Nested parts of the audits, draw by draw; all of them once, because draws agree there."""
    for draw in range(draws):
        ordered = labels[np.argsort(hashes(labels[SUBJECT], draw), kind="stable")]
        for part in PARTS:
            if part < 1 or draw == 0:
                yield draw, ordered.head(round(part * labels.height))


def _tried(tried: pl.DataFrame, margin: NDArray[np.float64]) -> tuple[float, float]:
    """AUPRC, and precision of the head, each record counted as often as it stands for others."""
    times = tried["stands_for"].to_numpy().astype(np.int64)
    true = tried["true"].to_numpy().astype(np.int64)
    one: Queue = queue(tried.with_columns(margin=pl.Series(margin)), "", "margin", seed=0)
    return average_precision_of(margin, true)(times), float(one.precisions([HEAD], times)[0])
