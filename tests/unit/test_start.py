"""The start of a ranker: rules and detectors as on night one, moved by what audits say."""

from __future__ import annotations

import numpy as np
import pytest

from models.start import HIT, Start, fit_start, inputs, prior

RULES = ("rule_good", "rule_poor", "rule_unseen")
DETECTORS = ("iforest", "hbos")


def rows(size: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Hits of a rule that is right, of one that is wrong, of one that never spoke; percentiles."""
    random = np.random.default_rng(seed)
    labels = (random.random(size) < 0.3).astype(np.int64)
    good = np.where(labels == 1, random.random(size) < 0.8, random.random(size) < 0.02)
    poor = random.random(size) < 0.3
    places = random.uniform(0.01, 0.99, (size, len(DETECTORS)))
    values = np.column_stack([good, poor, np.zeros(size), places]).astype(np.float64)
    return values, labels


def learned(size: int = 400) -> Start:
    """A start taught by so many audits."""
    values, labels = rows(size)
    return fit_start(values, labels, np.ones(size), RULES, DETECTORS)


def test_without_audits_it_is_the_order_of_night_one() -> None:
    start = fit_start(np.zeros((0, 5)), np.zeros(0, np.int64), np.zeros(0), RULES, DETECTORS)
    assert start.weights == pytest.approx(prior(RULES, DETECTORS))
    assert prior(RULES, DETECTORS) == (HIT, HIT, HIT, 0.5, 0.5)


def test_a_rule_that_is_refuted_loses_weight_and_one_never_looked_at_keeps_it() -> None:
    weights = dict(zip(learned().columns, learned().weights, strict=True))
    assert weights["rule_poor"] < HIT / 2 < weights["rule_good"]
    assert weights["rule_unseen"] == pytest.approx(HIT)


def test_few_audits_move_it_less_than_many() -> None:
    few, many = (dict(zip(learned(n).columns, learned(n).weights, strict=True)) for n in (20, 400))
    assert few["rule_poor"] > many["rule_poor"]


def test_terms_and_base_add_up_to_the_margin_of_each_row() -> None:
    start, (values, _) = learned(), rows(50, seed=1)
    centred = start.terms(values) - np.array(start.usual)
    assert centred.sum(axis=1) + start.base == pytest.approx(start.margin(values))


def test_a_row_has_one_margin_alone_and_in_company() -> None:
    start, (values, _) = learned(), rows(50, seed=1)
    alone = np.concatenate([start.margin(values[at : at + 1]) for at in range(len(values))])
    assert (alone == start.margin(values)).all()


def test_what_is_unknown_is_a_silent_rule_and_an_ordinary_place() -> None:
    read = inputs(np.array([[np.nan, 1.0, 0.0, np.nan, 1.0]]), len(RULES))[0]
    assert read[:4].tolist() == [0.0, 1.0, 0.0, 0.0]
    assert np.isfinite(read).all()


def test_the_order_of_the_rows_does_not_change_it() -> None:
    values, labels = rows()
    order = np.random.default_rng(1).permutation(len(labels))
    mixed = fit_start(values[order], labels[order], np.ones(len(labels)), RULES, DETECTORS)
    assert mixed.weights == pytest.approx(learned().weights, abs=1e-5)
