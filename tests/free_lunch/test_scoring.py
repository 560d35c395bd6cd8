"""The measure itself: average precision with ties in random order."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from bench.free_lunch.scoring import Ranking, Ways, average_precision

ROWS, CASES = 4_000, 200
LABEL = np.arange(ROWS) % (ROWS // CASES) == 0
PLACES = (np.arange(ROWS) // 7) % 2 == 0
CHANCE = CASES / ROWS


def uniform(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(ROWS)


def ways(values: np.ndarray) -> Ways:
    return Ranking.of(values.astype(float), ~LABEL, PLACES).ways(LABEL)


def test_without_ties_it_is_average_precision() -> None:
    values = uniform(1) + 0.5 * LABEL
    known = average_precision_score(LABEL, values)
    assert average_precision(values[LABEL], values[~LABEL]) == pytest.approx(known)


def test_ties_count_with_their_mean_over_all_orders() -> None:
    values = np.round(uniform(2) * 4 + LABEL)
    drawn = [average_precision_score(LABEL, values + 1e-6 * uniform(seed)) for seed in range(300)]
    assert average_precision(values[LABEL], values[~LABEL]) == pytest.approx(
        np.mean(drawn), abs=0.003
    )


def test_a_column_that_never_varies_is_worth_chance() -> None:
    found = ways(np.ones(ROWS))
    for area in (found.up, found.down, found.shape):
        assert area == pytest.approx(CHANCE, abs=0.01)


@pytest.mark.parametrize(
    ("values", "way"),
    [
        pytest.param(LABEL + uniform(3) / 2, "high", id="largest"),
        pytest.param(uniform(3) / 2 - LABEL, "low", id="smallest"),
        pytest.param(np.where(LABEL, 150, uniform(3) * 300), "any shape", id="in the middle"),
        pytest.param(np.where(LABEL, np.nan, uniform(3)), "any shape", id="unknown"),
    ],
)
def test_a_column_that_tells_is_found_whatever_its_shape(values: np.ndarray, way: str) -> None:
    found = ways(values)
    assert found.best > 0.9
    assert found.way == way


def test_a_column_of_noise_is_worth_chance() -> None:
    assert ways(uniform(4)).best < CHANCE + 0.03


def test_what_is_unknown_stands_last_from_both_ends() -> None:
    known = np.where(LABEL | (uniform(5) < 0.5), uniform(6), np.nan)
    assert min(ways(known).up, ways(known).down) > 1.5 * CHANCE
