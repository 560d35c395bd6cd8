"""Shares of several cities: known intervals, and draws that stay inside their city."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.pooling import (
    BOOTSTRAP,
    FEWEST_CASES,
    FEWEST_CLUSTERS,
    WILSON,
    cluster_counts,
    shares,
    wilson,
)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Computed by hand from Wilson's formula; the first two stand in textbooks.
        (10, 100, 0.0552, 0.1744),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_wilsons_interval_has_its_known_values(
    part: int, whole: int, low: float, high: float
) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_without_cases_there_is_no_share_and_no_interval() -> None:
    (share,) = shares(np.zeros((3, 1)), np.zeros((3, 1)), [1, 1, 2])
    assert all(math.isnan(value) for value in (share.value, share.low, share.high))


def test_every_draw_takes_as_many_clusters_of_each_city_as_it_has() -> None:
    strata = ["a"] * 5 + ["b"] * 3
    counts = cluster_counts(strata, 50, 1)
    assert (counts[:, :5].sum(axis=1) == 5).all()
    assert (counts[:, 5:].sum(axis=1) == 3).all()
    assert (counts != 1).any()


def test_a_bootstrap_is_as_wide_as_clusters_differ() -> None:
    clusters = 20
    whole = np.full((clusters, 2), 10.0)
    alike = np.full(clusters, 5.0)
    torn = np.array([10.0, 0.0] * (clusters // 2))
    even, uneven = shares(np.column_stack([alike, torn]), whole, [1] * clusters)
    assert even.value == uneven.value == 0.5
    assert (even.low, even.high) == (0.5, 0.5)
    # Twenty coins: the standard error of their mean is 0.112.
    assert uneven.low == pytest.approx(0.5 - 1.96 * 0.112, abs=0.05)
    assert uneven.high == pytest.approx(0.5 + 1.96 * 0.112, abs=0.05)
    assert uneven.method == BOOTSTRAP


@pytest.mark.parametrize(
    ("clusters", "cases", "part", "method"),
    [
        pytest.param(FEWEST_CLUSTERS, FEWEST_CASES, 10, BOOTSTRAP, id="enough"),
        pytest.param(FEWEST_CLUSTERS, FEWEST_CASES - 1, 10, WILSON, id="few cases"),
        pytest.param(FEWEST_CLUSTERS - 1, FEWEST_CASES, 10, WILSON, id="few hospitals"),
        pytest.param(FEWEST_CLUSTERS, FEWEST_CASES, 0, WILSON, id="none found"),
        pytest.param(FEWEST_CLUSTERS, FEWEST_CASES, FEWEST_CASES, WILSON, id="all found"),
    ],
)
def test_wilsons_interval_stands_in_where_a_bootstrap_would_mislead(
    clusters: int, cases: int, part: int, method: str
) -> None:
    whole, found = np.ones((clusters, 1)), np.zeros((clusters, 1))
    whole[0] += cases - clusters
    found[0] = part
    (share,) = shares(found, whole, [1] * clusters)
    assert (share.whole, share.part, share.method) == (cases, part, method)
    if method == WILSON:
        assert (share.low, share.high) == wilson(part, cases)


def test_the_same_seed_gives_the_same_interval() -> None:
    found = np.random.default_rng(3).integers(0, 5, (30, 4)).astype(float)
    one, two = (shares(found, np.full((30, 4), 5.0), [1] * 15 + [2] * 15) for _ in range(2))
    assert one == two
