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
from typing import TYPE_CHECKING

import lightgbm as lgb
import numpy as np

from models.examples import examples_of, fewest_of_a_class, folds_of, hospital_folds
from models.frames import matrix
from models.growth import USUAL
from models.held_out import (
    CHANCE,
    calibrate,
    measure,
    measure_new_hospitals,
    of_audited,
    tried_by,
)
from models.planting import Planting, few_threads, plant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from models.calibration import Calibration
    from models.examples import Examples
    from models.groups import Fold
    from models.growth import Growth
    from models.held_out import Tried
    from models.planting import Grown
    from models.start import Start

MINIMUM = 100
# Margins are rounded here, far below any difference that orders a queue.
DECIMALS = 9
THREADS = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)


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
class Draft:
    """A ranker before its calibration: the model of every label, and what was tried held out."""

    columns: tuple[str, ...]
    examples: Examples
    model: Grown
    tried: Tried
    measures: Mapping[str, float]
    in_time: bool

    @property
    def informative(self) -> bool:
        """Whether held-out margins rank better than chance."""
        return self.measures.get("auc_low", 0.0) > CHANCE


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
    growth: Growth = USUAL,
) -> Ranker | None:
    """Train on the labelled rows of ``measured``; None below ``minimum`` of either class.

    ``columns`` may name features, detector percentiles and rule hits, all of them in
    ``measured``, and in ``background``: unaudited records, which teach as negatives.
    ``directions`` forces a column to push up (1) or down (-1) only.
    """
    examples = examples_of(measured, labels, columns, entity, background)
    plan = Planting(tuple(columns), growth, seed, threads, directions or {})
    draft = draft_ranker(examples, plan, minimum)
    return None if draft is None else calibrated(draft)


def draft_ranker(examples: Examples, plan: Planting, minimum: int = MINIMUM) -> Draft | None:
    """Grow the trees, and those of every held-out side; None below ``minimum`` of a class."""
    if fewest_of_a_class(examples) < minimum:
        return None
    folds, in_time = folds_of(examples, plan.seed)
    tried = _held_out(examples, plan, folds)
    strangers = _held_out(examples, plan, hospital_folds(examples, plan.seed))
    measures = measure(examples, tried, plan.seed) | measure_new_hospitals(strangers)
    model = plant(examples, plan, np.arange(len(examples.labels)))
    return Draft(plan.columns, examples, model, tried, measures, in_time)


def calibrated(draft: Draft) -> Ranker:
    """The ranker: its probabilities come from margins of models that did not see the record."""
    examples, informative = draft.examples, draft.informative
    known = float(examples.audited.sum())
    return Ranker(
        columns=draft.columns,
        start=draft.model.start,
        text=_text(draft.model.booster),
        calibration=calibrate(examples, draft.tried, informative=informative),
        measures=dict(draft.measures)
        | {"trees": float(draft.model.booster.num_trees()), "labels": known}
        | {"background": float(len(examples.labels)) - known},
        notes=_notes(draft.measures, in_time=draft.in_time, informative=informative),
    )


def _held_out(examples: Examples, plan: Planting, folds: Sequence[Fold]) -> Tried:
    learned = [plant(examples, plan, fold.learn) for fold in folds]
    return of_audited(examples, tried_by(examples, folds, learned))


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
