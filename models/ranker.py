"""The ranker: LightGBM on features, detector percentiles and rule hits, taught by audits.

Its trees are boosted from log-odds that rules and detectors give (``models.start``), and learn from
audited records beside a background of unaudited ones (``models.examples``).

Depth and leaves are bounded, because SHAP's cost grows with both. Rows are sorted by key,
seed and thread count fixed, and the model is read back from its own text, so that a
trained model and a stored one are the same thing.

The calibration comes from margins of models that did not see the record: each block of
time is tried by a model of the blocks before it, without the persons and groups of the
block. The final model then learns from every label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from models.detectors import DETECTORS
from models.examples import Examples, examples_of, folds_of, hospital_folds
from models.frames import RULE_PREFIX, matrix
from models.held_out import (
    CHANCE,
    calibrate,
    measure,
    measure_new_hospitals,
    of_audited,
    tried_by,
)
from models.start import Start, fit_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from models.calibration import Calibration

MINIMUM = 100
# DESIGN section 9: 2,000 rows x 200 trees x 31 leaves at depth 6 explain in 1.6 s.
# The number is fixed: from a hundred confirmed audits no held-out figure can tell 25 trees from
# 100, and on a development city more of the planted stood in front with 50 than with none.
DEPTH, LEAVES, TREES = 5, 15, 50
LEARNING_RATE = 0.05
# Below this, threads wait for each other longer than they work: on a busy machine with two
# cores 4,000 rows took ten times as long with two threads as with one, 200,000 half as long.
# The number of threads does not change the model.
THREADS_FROM = 100_000
# Margins are rounded here, far below any difference that orders a queue.
DECIMALS = 9
THREADS = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)


def few_threads(rows: int) -> dict[str, Any]:
    """Settings for predicting few rows; empty where all cores are worth their while."""
    return {} if rows >= THREADS_FROM else {"num_threads": 1}


@dataclass(frozen=True)
class Ranker:
    """A trained ranker: its start, LightGBM's text, the calibration, what was measured, and notes.

    ``measures`` holds figures of held-out records only (see ``models.held_out``).
    """

    columns: tuple[str, ...]
    start: Start
    text: str
    calibration: Calibration
    measures: Mapping[str, float]
    notes: tuple[str, ...]

    @cached_property
    def booster(self) -> lgb.Booster:
        """The model, read from its text."""
        return lgb.Booster(model_str=self.text)

    def margin(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """Log-odds before calibration, one a row; SHAP values add up to it."""
        if frame.is_empty():
            return np.zeros(0)
        grown = self.booster.predict(
            matrix(frame, self.columns), raw_score=True, **few_threads(frame.height)
        )
        begun = self.start.margin(matrix(frame, self.start.columns))
        return np.asarray(np.round(begun + np.asarray(grown), DECIMALS), dtype=np.float64)

    def contributions(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """Exact SHAP values of each column, and the base last: rows x (columns + 1).

        Those of the trees, and the centred terms of the start, which is additive.
        """
        values = matrix(frame, self.columns)
        grown = self.booster.predict(values, pred_contrib=True, **few_threads(frame.height))
        found = np.array(grown, dtype=np.float64)
        begun = self.start.terms(matrix(frame, self.start.columns)) - np.array(self.start.usual)
        for name, given in zip(self.start.columns, begun.T, strict=True):
            found[:, self.columns.index(name)] += given
        found[:, -1] += self.start.base
        return found

    def probability(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """Calibrated probability that an audit would confirm, in the order of the margin."""
        return self.calibration.probability(self.margin(frame))


@dataclass(frozen=True)
class Grown:
    """A start and the trees boosted from it, on arrays of the examples' columns."""

    start: Start
    places: tuple[int, ...]
    booster: lgb.Booster

    def margins(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of these rows."""
        grown = self.booster.predict(values, raw_score=True, num_threads=1)
        begun = self.start.margin(values[:, self.places])
        return np.asarray(begun + np.asarray(grown), dtype=np.float64)


def train_ranker(
    measured: pl.DataFrame,
    labels: pl.DataFrame,
    columns: Sequence[str],
    *,
    background: pl.DataFrame | None = None,
    seed: int,
    threads: int,
    minimum: int = MINIMUM,
    entity: str = "",
    directions: Mapping[str, int] | None = None,
) -> Ranker | None:
    """Train on the labelled rows of ``measured``; None below ``minimum`` of either class.

    ``columns`` may name features, detector percentiles and rule hits, all of them in
    ``measured``, and in ``background``: unaudited records, which teach as negatives.
    ``directions`` forces a column to push up (1) or down (-1) only.
    """
    examples = examples_of(measured, labels, columns, entity, background)
    positives, known = int(examples.labels.sum()), int(examples.audited.sum())
    if min(positives, known - positives) < minimum:
        return None
    parameters = _parameters(examples, columns, seed, threads, directions or {})
    folds, in_time = folds_of(examples, seed)
    learned = [_train(examples, columns, fold.learn, parameters) for fold in folds]
    tried = of_audited(examples, tried_by(examples, folds, learned))
    measures = measure(examples, tried, seed)
    apart = hospital_folds(examples, seed)
    strangers = [_train(examples, columns, fold.learn, parameters) for fold in apart]
    among_strangers = tried_by(examples, apart, strangers)
    measures |= measure_new_hospitals(of_audited(examples, among_strangers))
    informative = measures.get("auc_low", 0.0) > CHANCE
    model = _train(examples, columns, np.arange(len(examples.labels)), parameters)
    return Ranker(
        columns=tuple(columns),
        start=model.start,
        text=_text(model.booster),
        calibration=calibrate(examples, tried, informative=informative),
        measures=measures
        | {"trees": float(TREES), "labels": float(known)}
        | {"background": float(len(examples.labels) - known)},
        notes=_notes(measures, in_time=in_time, informative=informative),
    )


def _parameters(
    examples: Examples,
    columns: Sequence[str],
    seed: int,
    threads: int,
    directions: Mapping[str, int],
) -> dict[str, Any]:
    return {
        "objective": "binary",
        "max_depth": DEPTH,
        "num_leaves": LEAVES,
        "learning_rate": LEARNING_RATE,
        # A fortieth of the labels keeps a leaf from being one hospital's anecdote.
        "min_data_in_leaf": max(5, min(50, len(examples.labels) // 40)),
        "lambda_l2": 1.0,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "monotone_constraints": [directions.get(name, 0) for name in columns],
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }


def _train(
    examples: Examples,
    columns: Sequence[str],
    rows: NDArray[np.int64],
    parameters: Mapping[str, Any],
) -> Grown:
    start, places = _start(examples, columns, rows)
    threads = parameters["num_threads"] if len(rows) >= THREADS_FROM else 1
    settings = {**parameters, "num_threads": threads}
    # LightGBM forbids some characters in names; ours go by place and stay in ``columns``.
    data = lgb.Dataset(
        examples.values[rows],
        examples.labels[rows],
        weight=examples.weights[rows],
        init_score=start.margin(examples.values[rows][:, places]),
        feature_name=[f"c{place}" for place in range(examples.values.shape[1])],
        params=settings,
    )
    return Grown(start, tuple(places), lgb.train(settings, data, num_boost_round=TREES))


def _start(
    examples: Examples, columns: Sequence[str], rows: NDArray[np.int64]
) -> tuple[Start, list[int]]:
    rules = [name for name in columns if name.startswith(RULE_PREFIX)]
    detectors = [name for name in columns if name in DETECTORS]
    places = [list(columns).index(name) for name in (*rules, *detectors)]
    values = examples.values[rows][:, places]
    labels, weights = examples.labels[rows], examples.weights[rows]
    return fit_start(values, labels, weights, rules, detectors), places


def _text(model: lgb.Booster) -> str:
    # The number of threads is written into the text, though it changes nothing else in it.
    return THREADS.sub("", model.model_to_string())


def _notes(measures: Mapping[str, float], *, in_time: bool, informative: bool) -> tuple[str, ...]:
    notes = []
    if "auc" not in measures:
        notes.append("No split leaves enough of both classes; the ranking is untested.")
    elif not informative:
        notes.append("On held-out audits the ranking is no better than chance.")
    if not in_time:
        notes.append("Event days cannot part the labels; held out by group, not forward in time.")
    if "unseen_hospital_auc" not in measures:
        notes.append("Too few hospitals with audits to say how it ranks in a new one.")
    return tuple(notes)
