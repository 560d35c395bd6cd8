"""What held-out audits say about a ranking: margins by models that did not see the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.calibration import Calibration, fit_calibration
from models.quality import NAN, auc, auc_interval, average_precision, calibration_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.examples import Examples
    from models.groups import Fold

CHANCE = 0.5


class Learned(Protocol):
    """What learned from one side of a split."""

    def margins(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of rows of the examples' columns."""


@dataclass(frozen=True)
class Tried:
    """Held-out records: row, margin, label, weight and fold."""

    rows: NDArray[np.int64]
    margins: NDArray[np.float64]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    folds: NDArray[np.int64]


def tried_by(examples: Examples, folds: Sequence[Fold], learned: Sequence[Learned]) -> Tried:
    """Margins of each fold's tried rows by the model that learned from its other side."""
    parts = [np.zeros(0)]
    parts += [
        one.margins(examples.values[fold.tried]) for fold, one in zip(folds, learned, strict=True)
    ]
    rows = np.concatenate([np.zeros(0, np.int64), *[fold.tried for fold in folds]])
    return Tried(
        rows=rows,
        margins=np.concatenate(parts),
        labels=examples.labels[rows],
        weights=examples.weights[rows],
        folds=np.repeat(np.arange(len(folds)), [len(fold.tried) for fold in folds]),
    )


def of_audited(examples: Examples, tried: Tried) -> Tried:
    """What was tried of the audited records alone; of others nobody knows."""
    known = examples.audited[tried.rows]
    return Tried(
        tried.rows[known],
        tried.margins[known],
        tried.labels[known],
        tried.weights[known],
        tried.folds[known],
    )


def calibrate(examples: Examples, tried: Tried, *, informative: bool) -> Calibration:
    """The map from margin to probability; flat at the base rate when nothing was held out."""
    if not len(tried.rows):
        known = examples.audited
        flat = np.zeros(int(known.sum()))
        return fit_calibration(
            flat, examples.labels[known], examples.weights[known], informative=False
        )
    return fit_calibration(tried.margins, tried.labels, tried.weights, informative=informative)


def measure(examples: Examples, tried: Tried, seed: int) -> dict[str, float]:
    """Figures of the held-out records; empty when there are none. NaN where a class lacks."""
    if not len(tried.rows):
        return {}
    clusters = [examples.keys[row] for row in tried.rows.tolist()]
    low, high = auc_interval(tried.margins, tried.labels, clusters, seed=seed)
    return {
        "held_out": float(len(tried.labels)),
        "held_out_rate": float(tried.labels.mean()),
        "auprc": average_precision(tried.margins, tried.labels),
        "auc": auc(tried.margins, tried.labels),
        "auc_low": low,
        "auc_high": high,
        "calibration_error": _later_error(tried),
    }


def measure_new_hospitals(tried: Tried) -> dict[str, float]:
    """Figures of records in hospitals that their model had not seen; empty without any."""
    if not len(tried.rows):
        return {}
    return {
        "unseen_hospital_records": float(len(tried.rows)),
        "unseen_hospital_auprc": average_precision(tried.margins, tried.labels),
        "unseen_hospital_auc": auc(tried.margins, tried.labels),
    }


def _later_error(tried: Tried) -> float:
    """Error on the last fold of a map fitted on the folds before it; NaN for one fold."""
    last = tried.folds == tried.folds.max()
    if last.all():
        return NAN
    before = ~last
    fitted = fit_calibration(
        tried.margins[before], tried.labels[before], tried.weights[before], informative=True
    )
    return calibration_error(fitted.probability(tried.margins[last]), tried.labels[last])
