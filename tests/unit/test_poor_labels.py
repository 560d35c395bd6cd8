"""Poor labels and empty features: what is done instead is said, and records are scored all the same."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl
import pytest

from models.cost import commonest, explanation_cost
from models.gates import FAILED, NOT_ASKED, Evidence, asked
from models.growth import USUAL
from models.later import figures, parted, ready, rehearse
from models.preparing import prepare
from models.train import bundled, grow
from models.training_set import TrainingSet
from models.tuning import tune
from tests.audited import SEED, recipe, usual_set


def _labels(training: TrainingSet, state: str) -> TrainingSet:
    """The usual set in a poor state."""
    labels = training.labels
    if state == "one class only":
        return replace(training, labels=labels.filter(pl.col("label") == 1))
    if state == "five labels":
        return replace(training, labels=labels.head(5))
    if state == "no labels":
        return replace(training, labels=labels.head(0))
    raise ValueError(state)


@pytest.mark.parametrize("state", ["one class only", "five labels", "no labels"])
def test_without_enough_of_both_outcomes_rules_and_detectors_order_the_queue(state: str) -> None:
    training = _labels(usual_set(), state)
    prepared = prepare(training.measured, training.labels, recipe(training))
    assert tune(prepared.examples, prepared.planting(), 5).growth == USUAL
    bundle = bundled(prepared, grow(prepared))
    assert bundle.ranker is None
    assert "Detectors and rules order the queue." in bundle.notes[0]
    scores = bundle.score(training.measured)
    assert set(scores["score_kind"]) == {"prior"}
    assert scores["margin"].n_unique() > 1000
    assert parted(training) is None
    evidence = Evidence(
        explanation_cost(bundle, training.measured),
        commonest(bundle.detectors.score(training.measured)),
    )
    states = {one.gate: one.state for one in asked(evidence)}
    assert FAILED not in states.values()
    assert states["calibration"] == NOT_ASKED


def test_labels_of_one_hospital_give_figures_without_intervals_and_a_note() -> None:
    training = usual_set()
    audited = pl.col("subject_id").is_in(training.labels["subject_id"].implode())
    one = training.measured.with_columns(
        hospital_id=pl.when(audited).then(pl.lit("h1")).otherwise("hospital_id")
    )
    alone = replace(training, measured=one)
    prepared = prepare(alone.measured, alone.labels, recipe(alone))
    bundle = bundled(prepared, grow(prepared))
    assert any("Too few hospitals" in note for note in bundle.notes)
    later = parted(alone)
    assert later is not None
    told = {
        one.name: one
        for one in figures(rehearse(later, ready(later, recipe(alone), ranked=True), USUAL), SEED)
    }
    assert told["later_auprc"].value > 0.5
    assert math.isnan(told["later_auprc"].low)


def test_a_feature_that_is_null_everywhere_is_left_out_and_said() -> None:
    training = usual_set()
    name = training.features[0]
    lost = replace(
        training, measured=training.measured.with_columns(pl.lit(None, pl.Float64).alias(name))
    )
    prepared = prepare(lost.measured, lost.labels, recipe(lost))
    bundle = bundled(prepared, grow(prepared))
    assert any("1 features are empty or constant" in note for note in bundle.notes)
    assert bundle.score(lost.measured)["margin"].is_finite().all()
