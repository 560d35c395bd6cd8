"""Detectors: independent of the batch, of the order of rows, and calm about poor data."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUES
from models.detectors import (
    ANOMALY,
    DETECTORS,
    OTHER_FAMILY,
    DetectorSet,
    fit_detectors,
    unlikely,
)
from models.histogram import terms, total
from models.labels import no_labels
from models.percentiles import Percentiles
from models.preparing import Recipe, prepare
from models.scaling import BOUND, Scaling
from tests.records import FEATURES, records, shuffled

SEED = 7
KNOWN: dict[str, Any] = {
    "sides": {"x0": 1},
    "families": {"x0": "cost", "x1": "cost", "x2": "coding"},
}
ALONE = 25


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    """A training frame."""
    return records(1500)


@pytest.fixture(scope="module")
def fitted(measured: pl.DataFrame) -> DetectorSet:
    """Detectors fitted on it, with two families and a figure that has a side."""
    return fit_detectors(measured, FEATURES, seed=SEED, **KNOWN)


def test_training_tells_detectors_the_side_and_the_family_of_each_declared_figure() -> None:
    """What a feature declares reaches the detectors of its kind of subject."""
    names = ("length_of_stay", "total_cost", "total_cost_vs_peers", "no_such_figure")
    base = records(300)
    random = np.random.default_rng(1)
    frame = base.with_columns(*[pl.Series(name, random.normal(size=300)) for name in names])
    recipe = Recipe("hospitalization", "stay", names, (), SEED, 1, date(2025, 1, 1))
    fitted = prepare(frame, no_labels(), recipe).detectors
    stays = CATALOGUES["stay"]
    declared = [stays[name].direction.side if name in stays else 0 for name in names]
    assert any(declared)
    assert fitted.scaling.sides == tuple(declared)
    families = [stays[name].family if name in stays else OTHER_FAMILY for name in names]
    assert fitted.rarity.families == tuple(families)


def test_a_record_scores_the_same_alone_in_a_batch_and_in_a_shifted_batch(
    fitted: DetectorSet, measured: pl.DataFrame
) -> None:
    """Bit for bit, which ECOD and COPOD do not manage."""
    batch = fitted.score(measured).head(ALONE)
    alone = pl.concat([fitted.score(measured[row]) for row in range(ALONE)])
    strange = measured.with_columns(
        pl.concat_str(pl.lit("z"), "subject_id").alias("subject_id"), pl.col(FEATURES) * 9 + 4
    )
    company = fitted.score(pl.concat([strange, measured.head(ALONE)])).tail(ALONE)
    assert batch.equals(alone)
    assert batch.equals(company)


def test_a_shuffled_frame_makes_the_same_detectors(
    fitted: DetectorSet, measured: pl.DataFrame
) -> None:
    """The order of a delivery carries no information."""
    again = fit_detectors(shuffled(measured), FEATURES, seed=SEED, **KNOWN)
    assert again.fingerprint() == fitted.fingerprint()
    assert again.score(measured).equals(fitted.score(measured))


def test_another_seed_makes_other_detectors(fitted: DetectorSet, measured: pl.DataFrame) -> None:
    """So that the equality above is not the equality of everything."""
    other = fit_detectors(measured, FEATURES, seed=SEED + 1, **KNOWN)
    assert other.fingerprint() != fitted.fingerprint()


def test_every_detector_finds_a_wild_record_more_unusual_than_most(
    fitted: DetectorSet, measured: pl.DataFrame
) -> None:
    """Each family on its own, and all of them together."""
    wild = measured.head(1).with_columns(*[pl.lit(6.0).alias(name) for name in FEATURES])
    scores = fitted.score(wild).row(0, named=True)
    assert all(scores[name] > 0.99 for name in (*DETECTORS, ANOMALY))


def test_no_detector_collapses_to_one_score(fitted: DetectorSet, measured: pl.DataFrame) -> None:
    """Silent collapse is a known defect of detector libraries."""
    scores = fitted.score(measured)
    assert all(scores[name].n_unique() > 0.9 * measured.height for name in (*DETECTORS, ANOMALY))


def test_percentiles_of_training_records_are_spread_evenly(
    fitted: DetectorSet, measured: pl.DataFrame
) -> None:
    """A percentile is a percentile: a tenth of the training records lies above .9."""
    scores = fitted.score(measured)
    assert abs((scores[ANOMALY] > 0.9).to_numpy().mean() - 0.1) < 0.01
    assert abs(scores["iforest"].to_numpy().mean() - 0.5) < 0.01


def test_the_histogram_terms_add_up_to_pyods_own_score(
    fitted: DetectorSet, measured: pl.DataFrame
) -> None:
    """Also beyond the training range, where PyOD has rules of its own."""
    wide = measured.with_columns(pl.col(FEATURES) * 3)
    values = fitted.scaling.apply(wide)
    ours = total(terms(fitted.rarity.histogram, values))
    assert np.allclose(ours, fitted.rarity.histogram.decision_function(values), rtol=0, atol=1e-9)


def test_what_lies_off_the_suspicious_side_is_as_ordinary_as_the_median() -> None:
    """A stay that is much cheaper than its peers is no clue to padding."""
    training = records(800)
    sides = {"x0": 1, "x1": -1}
    fitted = fit_detectors(training, FEATURES, seed=SEED, sides=sides)
    row = training.head(1).with_columns(*[pl.lit(0.0).alias(name) for name in FEATURES])
    median = dict(zip(fitted.scaling.columns, fitted.scaling.centre, strict=True))
    usual = row.with_columns(*[pl.lit(median[name]).alias(name) for name in ("x0", "x1")])
    off = row.with_columns(pl.lit(-9.0).alias("x0"), pl.lit(9.0).alias("x1"))
    odd = row.with_columns(pl.lit(9.0).alias("x0"), pl.lit(-9.0).alias("x1"))
    names = (*DETECTORS, ANOMALY)
    assert fitted.score(off).select(names).equals(fitted.score(usual).select(names))
    assert all(fitted.score(odd)[name].item() > fitted.score(usual)[name].item() for name in names)
    assert fitted.score(odd)[ANOMALY].item() > 0.99


def test_a_side_on_which_no_training_record_lies_is_not_taken() -> None:
    """Else nothing would be left of the figure, and what is new there would not be seen."""
    count = np.minimum(np.arange(1000) % 7, 3).astype(np.float64)
    frame = records(1000).with_columns(pl.Series("x0", count))
    fitted = fit_detectors(frame, FEATURES, seed=SEED, sides={"x0": 1, "x1": 1})
    assert fitted.scaling.centre[0] == count.max()
    assert fitted.scaling.sides == (0, 1, 0, 0, 0)
    row = frame.head(1).with_columns(*[pl.lit(0.0).alias(name) for name in FEATURES[1:]])
    usual, new = (row.with_columns(pl.lit(value).alias("x0")) for value in (3.0, 30.0))
    assert fitted.score(new)["hbos"].item() > fitted.score(usual)["hbos"].item()


def test_what_is_odd_in_one_small_family_is_not_drowned_by_the_others() -> None:
    """One family of two features among thirty that are nothing but noise."""
    random = np.random.default_rng(3)
    names = [f"f{number}" for number in range(32)]
    values = random.normal(size=(2000, len(names)))
    frame = pl.DataFrame({"subject_id": [f"s{n:04}" for n in range(2000)]}).hstack(
        pl.DataFrame(values, schema=names)
    )
    odd = frame.head(1).with_columns(pl.lit(2.8).alias("f0"), pl.lit(2.8).alias("f1"))
    families = {name: "coding" if name in {"f0", "f1"} else f"noise {name}" for name in names}
    apart = fit_detectors(frame, names, seed=SEED, families=families).score(odd)
    together = fit_detectors(frame, names, seed=SEED).score(odd)
    assert apart["hbos"].item() > together["hbos"].item()
    assert apart["hbos"].item() > 0.95


def test_two_families_that_agree_count_more_than_one_alone() -> None:
    """The third may be blind to a kind of record without hiding it."""
    places = np.array([[0.99, 0.99, 0.1], [0.995, 0.5, 0.5], [0.99, 0.99, 0.9], [0.1, 0.99, 0.99]])
    first, alone, same, turned = unlikely(places)
    assert first > alone
    assert first == same == turned


@pytest.mark.parametrize("size", [0, 1, 5, 50])
@pytest.mark.parametrize("features", [("x0",), FEATURES, ("empty", "flat", "gone")])
def test_poor_data_gives_calm_scores_instead_of_an_error(
    size: int, features: tuple[str, ...]
) -> None:
    """Few rows, one feature, all-null, constant and absent columns."""
    poor = (
        records(50)
        .head(size)
        .with_columns(pl.lit(None, dtype=pl.Float64).alias("empty"), pl.lit(3.0).alias("flat"))
    )
    scores = fit_detectors(poor, features, seed=SEED).score(poor)
    assert scores.columns == ["subject_id", *DETECTORS, ANOMALY]
    assert scores.height == size
    assert scores.select(
        pl.all_horizontal(pl.col(DETECTORS).is_between(0, 1, closed="none")).all()
    ).item() in (True, None)


def test_scaling_keeps_extremes_apart_but_bounded() -> None:
    """Clipping would tie exactly those records that matter."""
    frame = pl.DataFrame({"subject_id": ["a", "b", "c", "d"], "x": [0.0, 1.0, 1e6, 1e9]})
    training = pl.DataFrame({"x": np.linspace(-1, 1, 101)})
    values = Scaling.fit(training, ["x"], {}).apply(frame)[:, 0]
    assert (np.diff(values) > 0).all()
    assert values.max() < BOUND


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.integers(-90, 90))
def test_percentiles_strictly_increase_and_stay_inside(training: list[int], start: int) -> None:
    """Everywhere: between knots, at ties, and in both tails."""
    fitted = Percentiles.fit(np.array(training, dtype=np.float64))
    places = fitted.of(np.arange(start, start + 30, dtype=np.float64))
    assert (np.diff(places) > 0).all()
    assert places.min() > 0
    assert places.max() < 1


def test_a_long_distribution_is_thinned_without_being_bent() -> None:
    """Stored knots are bounded; what they say is not."""
    scores = np.random.default_rng(0).gamma(2.0, size=20_000)
    fitted = Percentiles.fit(scores)
    true = (np.argsort(np.argsort(scores)) + 0.5) / scores.size
    assert len(fitted.scores) <= 2000
    assert np.abs(fitted.of(scores) - true).max() < 0.002
