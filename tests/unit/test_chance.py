"""Better than by chance: the exact test, Holm's correction, ranks within cities."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from models.chance import Stratum, at_least, holm, ranked_above


def chance_of(found: int, one: Stratum) -> float:
    """The hypergeometric probability, by counting hands."""
    rest = one.population - one.planted
    hands = comb(one.planted, found) * comb(rest, one.taken - found)
    return hands / comb(one.population, one.taken)


def test_one_city_is_the_hypergeometric_distribution() -> None:
    # Five of ten are planted; a hand of four: three or more is (10*5 + 5*1) / 210.
    assert at_least(3, [Stratum(10, 4, 5)]) == pytest.approx(55 / 210)
    assert at_least(0, [Stratum(10, 4, 5)]) == pytest.approx(1.0)
    assert at_least(5, [Stratum(10, 4, 5)]) == 0.0


def test_two_cities_are_the_sum_of_two_draws() -> None:
    cities = (Stratum(12, 3, 4), Stratum(20, 5, 6))
    wanted = sum(
        chance_of(a, cities[0]) * chance_of(b, cities[1])
        for a, b in product(range(4), range(6))
        if a + b >= 4
    )
    assert at_least(4, cities) == pytest.approx(wanted)
    assert sum(one.expected for one in cities) == pytest.approx(1 + 1.5)


def test_a_city_in_which_nothing_is_planted_changes_nothing() -> None:
    alone = [Stratum(100, 5, 10)]
    assert at_least(2, [*alone, Stratum(500, 25, 0)]) == pytest.approx(at_least(2, alone))


def test_pooling_cities_as_one_would_be_wrong() -> None:
    # All cases in a city that is hardly looked at: two found there are worth more than they
    # would be in one large city.
    apart = at_least(2, [Stratum(1_000, 2, 10), Stratum(1_000, 200, 0)])
    as_one = at_least(2, [Stratum(2_000, 202, 10)])
    assert apart < 1e-3 < as_one


def test_holm_has_its_known_values() -> None:
    # 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 may not fall below the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.7, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_ranks_in_one_city_are_mann_and_whitneys_test_with_ties() -> None:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 20, 300).astype(float)
    planted = rng.random(300) < 0.1
    scores[planted] += 4
    known = mannwhitneyu(
        scores[planted], scores[~planted], alternative="greater", method="asymptotic",
        use_continuity=False,
    )  # fmt: skip
    found = ranked_above([(scores, planted)])
    assert found.p_value == pytest.approx(known.pvalue)
    assert found.area == pytest.approx(known.statistic / (planted.sum() * (~planted).sum()))


def test_ranks_are_compared_within_cities_only() -> None:
    # One city scores high throughout and holds most of the planted: pooled, they would stand
    # above; within their cities they do not.
    rng = np.random.default_rng(8)
    low, high = rng.random(2_000), rng.random(2_000) + 5
    few, many = np.arange(2_000) % 400 == 0, np.arange(2_000) % 20 == 0
    apart = ranked_above([(low, few), (high, many)])
    as_one = ranked_above([(np.concatenate([low, high]), np.concatenate([few, many]))])
    assert apart.area == pytest.approx(0.5, abs=0.06)
    assert apart.p_value > 0.05
    assert as_one.p_value < 1e-6


def test_p_values_of_noise_are_even() -> None:
    rng = np.random.default_rng(1)
    values = []
    for _ in range(400):
        cities = [(rng.random(80), rng.permutation(np.arange(80) < 8)) for _ in range(3)]
        values.append(ranked_above(cities).p_value)
    assert np.quantile(values, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.06)


def test_without_planted_or_others_there_is_nothing_to_compare() -> None:
    found = ranked_above([(np.ones(4), np.zeros(4, dtype=bool)), (np.ones(3), np.ones(3, bool))])
    assert found.p_value == 1.0
    assert np.isnan(found.area)
