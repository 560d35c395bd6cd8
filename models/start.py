"""Where the ranker starts: log-odds from rules and detectors, before a tree is grown.

On night one a queue is ordered by rule hits and detectors with weights that nobody learned
(``HIT`` for a rule, a third for each detector's log-odds). Audits then move these weights: a
logistic regression whose Gaussian prior has that order as its mean (maximum a posteriori; Gelman,
Jakulin, Pittau and Su 2008 give the case for informative priors on log-odds). A rule that auditors
keep refuting loses its weight, one that they never looked at keeps it. The trees are boosted from
here, so that a few hundred audits cannot make the queue forget what the rules say.

Every term is a column times a weight: what a record gets from each of them is exact, and is
explained as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# One rule hit lifts the median record to where the 99th percentile stands, so that records
# with a hit precede all but the most unusual ones without. A judgement.
HIT = float(np.log(99.0))
# How far audits are believed to lie from the prior, in log-odds: a rule of which nine of ten hits
# are refuted stands three deviations away, and takes about a dozen audits to get there.
HIT_DEVIATION, PLACE_DEVIATION = 1.5, 0.2
OFFSET_DEVIATION = 10.0
EDGE = 1e-6
# Far finer than a difference that orders a queue, and coarser than any noise of threads.
DECIMALS = 6


@dataclass(frozen=True)
class Start:
    """Weights of the rules (by hit) and of the detectors (by log-odds of their percentile).

    ``usual`` is the mean of each term over the records it was learned from, against which an
    explanation is centred.
    """

    rules: tuple[str, ...]
    detectors: tuple[str, ...]
    weights: tuple[float, ...]
    offset: float
    usual: tuple[float, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What it reads, in the order of the weights."""
        return (*self.rules, *self.detectors)

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Start:
        """Read it from its stored fields."""
        return cls(
            rules=tuple(record["rules"]),
            detectors=tuple(record["detectors"]),
            weights=tuple(record["weights"]),
            offset=float(record["offset"]),
            usual=tuple(record["usual"]),
        )

    def terms(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each of ``columns`` gives each row, in log-odds: rows x columns."""
        weights: NDArray[np.float64] = np.array(self.weights)
        return inputs(values, len(self.rules)) * weights

    def margin(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of each row before any tree; ``values`` holds ``columns``."""
        terms = self.terms(values)
        # Column by column: numpy adds up a single row in another order than many.
        return np.asarray(sum(terms.T, np.full(len(terms), self.offset)))

    @property
    def base(self) -> float:
        """The margin of a record that is usual in every term."""
        return self.offset + float(sum(self.usual))


def inputs(values: NDArray[np.float64], rules: int) -> NDArray[np.float64]:
    """Columns as the start reads them: hits, of which an unknown is silent, then log-odds."""
    hits, places = np.nan_to_num(values[:, :rules]), values[:, rules:]
    known = np.clip(np.where(np.isnan(places), 0.5, places), EDGE, 1.0 - EDGE)
    return np.hstack([hits, np.log(known / (1.0 - known))])


def prior(rules: Sequence[str], detectors: Sequence[str]) -> tuple[float, ...]:
    """The weights of night one."""
    return (*[HIT] * len(rules), *[1.0 / max(len(detectors), 1)] * len(detectors))


def fit_start(
    values: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    rules: Sequence[str],
    detectors: Sequence[str],
) -> Start:
    """Learn the weights from labelled rows; ``values`` holds the rules', then the detectors'.

    The loss is strictly convex, so that its minimum does not depend on where the search begins.
    """
    read = inputs(values, len(rules))
    mean = np.array([*prior(rules, detectors), -HIT])
    deviation = np.array(
        [HIT_DEVIATION] * len(rules) + [PLACE_DEVIATION] * len(detectors) + [OFFSET_DEVIATION]
    )
    design = np.hstack([read, np.ones((len(read), 1))])
    sign = np.where(labels == 1, 1.0, -1.0)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        signed = sign * (design @ point)
        pull = (point - mean) / deviation
        slope = -weights * sign / (1.0 + np.exp(np.clip(signed, -500, 500)))
        value = float(weights @ np.logaddexp(0.0, -signed)) + float(pull @ pull) / 2
        return value, design.T @ slope + pull / deviation

    found = np.round(minimize(loss, mean, jac=True, method="L-BFGS-B", tol=1e-10).x, DECIMALS)
    learned = tuple(float(one) for one in found[:-1])
    usual = np.round((read * found[:-1]).sum(axis=0) / max(len(read), 1), DECIMALS)
    return Start(
        tuple(rules), tuple(detectors), learned, float(found[-1]), tuple(float(x) for x in usual)
    )
