"""From margin to probability by a strictly monotone map, so that calibrating ties nothing.

With s the logistic function of the margin m, logit p = a ln s - b ln(1 - s) + c (beta
calibration, Kull et al. 2017). a = b is Platt's a m + c, used below BETA_FROM labels
because it has one parameter less to get wrong. Both slopes are kept positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

# From so many labels on; below them Platt.
BETA_FROM = 1000
# The slope that remains when the margins carry no information: probabilities close to the
# base rate, and still in the order of the margins.
LEAST_SLOPE = 0.05
# Weak shrinkage, so that margins that separate the classes do not give an endless slope.
INVERSE_PENALTY = 10.0
DECIMALS = 12


@dataclass(frozen=True)
class Calibration:
    """The map's kind (platt, beta) and its parameters."""

    kind: str
    low: float
    high: float
    offset: float

    def probability(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities in the order of the margins, told to ``DECIMALS``.

        A logit beyond 27 on either side is told as certain; queues order by the margin itself.
        """
        logit = self.low * _log_s(margins) + self.high * _minus_log_rest(margins) + self.offset
        if self.kind == "platt":
            logit = self.low * margins + self.offset
        return np.round(1.0 / (1.0 + np.exp(-logit)), DECIMALS)


def fit_calibration(
    margins: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    informative: bool,
) -> Calibration:
    """Fit the map on margins of models that did not see these labels.

    ``informative`` false says that the margins rank no better than chance; the slope is
    then held at LEAST_SLOPE.
    """
    rate = float(np.average(labels, weights=weights))
    if not informative:
        return _flat(margins, weights, rate)
    if len(labels) >= BETA_FROM:
        fitted = _beta(margins, labels, weights)
        if fitted is not None:
            return fitted
    slope, offset = _logistic(margins[:, None], labels, weights)
    if slope[0] < LEAST_SLOPE:
        return _flat(margins, weights, rate)
    return Calibration("platt", float(slope[0]), float(slope[0]), offset)


def _flat(margins: NDArray[np.float64], weights: NDArray[np.float64], rate: float) -> Calibration:
    bounded = min(max(rate, 1e-6), 1 - 1e-6)
    centre = float(np.average(margins, weights=weights))
    offset = float(np.log(bounded / (1 - bounded))) - LEAST_SLOPE * centre
    return Calibration("platt", LEAST_SLOPE, LEAST_SLOPE, offset)


def _beta(
    margins: NDArray[np.float64], labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> Calibration | None:
    parts = np.column_stack([_log_s(margins), _minus_log_rest(margins)])
    slopes, offset = _logistic(parts, labels, weights)
    if slopes.min() < LEAST_SLOPE:
        return None
    return Calibration("beta", float(slopes[0]), float(slopes[1]), offset)


def _logistic(
    parts: NDArray[np.float64], labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    model.fit(parts, labels, sample_weight=weights)
    return np.asarray(model.coef_[0]), float(model.intercept_[0])


def _log_s(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    return -np.logaddexp(0.0, -margins)


def _minus_log_rest(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.logaddexp(0.0, margins)
