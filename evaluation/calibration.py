"""Are the probabilities honest: what was said beside what was so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.queues import REPLICATES
from models.quality import calibration_error
from models.resampling import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evaluation.kinds import Hospitals, Kind

    Measure = Callable[[NDArray[np.float64], NDArray[np.int64]], float]

SCORE = "score"
BINS = 10


def reliability(kind: Kind, hospitals: Hospitals, bins: int = BINS) -> pl.DataFrame:
    """Said and seen in bins that each hold the same sum of probabilities, low scores first.

    Bins of equal numbers would put all that matters into the last one, because few records
    are planted. Columns: bin, predicted, found, of, share (seen), low, high, method.
    """
    known = _scored(kind.rows)
    if known.is_empty():
        return pl.DataFrame()
    said = known[SCORE].to_numpy()
    before = np.cumsum(said) - said
    number = np.minimum((before / max(said.sum(), 1e-12) * bins).astype(np.int64), bins - 1)
    binned = known.with_columns(
        bin=pl.Series(number), seed=pl.lit(kind.seed), subject_type=pl.lit(kind.name)
    )
    mean = binned.group_by("bin").agg(predicted=pl.col(SCORE).sort().mean())
    seen = hospitals.shares(binned, ("subject_type", "bin"), "true")
    return seen.join(mean, on="bin").sort("bin")


def honesty(kind: Kind, replicates: int = REPLICATES) -> dict[str, object]:
    """Brier score, calibration error, mean said and seen, with intervals over hospitals.

    ``brier_of_rate`` is the Brier score of saying the same rate of every record: what a
    probability must beat. Empty where no record has a probability.
    """
    known = _scored(kind.rows)
    if known.is_empty():
        return {}
    said, true = known[SCORE].to_numpy(), known["true"].to_numpy().astype(np.int64)
    rate = float(true.mean())
    figures: dict[str, object] = {
        "subject_type": kind.name, "records": known.height,
        "said": float(said.mean()), "seen": rate, "brier_of_rate": rate * (1 - rate),
    }  # fmt: skip
    for name, measure in (("brier", brier), ("error", calibration_error)):
        low, high = _drawn(measure, said, true, known["hospital_id"].to_list(), replicates)
        figures |= {name: measure(said, true), f"{name}_low": low, f"{name}_high": high}
    return figures


def brier(said: NDArray[np.float64], true: NDArray[np.int64]) -> float:
    """Mean squared distance of the probability from what was so (G. W. Brier, 1950)."""
    return float(np.mean((said - true) ** 2)) if len(said) else float("nan")


def _scored(rows: pl.DataFrame) -> pl.DataFrame:
    if SCORE not in rows.columns:
        return rows.clear()
    return rows.filter(pl.col(SCORE).is_not_null()).sort(SCORE, "subject_id")


def _drawn(
    measure: Measure,
    said: NDArray[np.float64],
    true: NDArray[np.int64],
    clusters: list[str | None],
    replicates: int,
) -> tuple[float, float]:
    def again(counts: NDArray[np.int64]) -> float:
        rows = np.repeat(np.arange(len(said)), counts)
        return measure(said[rows], true[rows])

    return bootstrap(again, clusters, replicates=replicates, seed=0)
