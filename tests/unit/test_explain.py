"""Explanations: they add up, they name features, and they name the right ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from models.detectors import DETECTORS, fit_detectors, neighbour_terms, ordinary
from models.explain import by_family, explain, family_sums, shares, top_reasons
from models.pushes import path_lengths, quantities, voices
from models.train import CrossFitted, cross_fit, train
from tests.records import FEATURES, RULES, audits, records

if TYPE_CHECKING:
    from models.bundle import Bundle

WITHIN = 1e-6
SOURCES = (*DETECTORS, "ranker")
ALERTS = 40
SETTING = {
    "scenario": "hospitalization",
    "entity": "stay",
    "features": FEATURES,
    "rule_columns": RULES,
    "seed": 3,
    "threads": 1,
    "as_of": date(2025, 1, 1),
    "minimum": 50,
}


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    """Measured records."""
    return records(2500, seed=2)


@pytest.fixture(scope="module")
def alerts(measured: pl.DataFrame) -> pl.DataFrame:
    """Some of them."""
    return measured.head(ALERTS)


@pytest.fixture(scope="module")
def learned(measured: pl.DataFrame) -> Bundle:
    """A bundle with a ranker."""
    return train(measured, audits(measured, 900), **SETTING)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def unlearned(measured: pl.DataFrame) -> Bundle:
    """A bundle of the first night."""
    return train(measured, None, **SETTING)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def explained(learned: Bundle, alerts: pl.DataFrame) -> pl.DataFrame:
    """Contributions of the alerts."""
    return explain(learned, alerts)


@pytest.fixture(scope="module")
def crossed(measured: pl.DataFrame) -> CrossFitted:
    """Every record scored out of fold."""
    return cross_fit(measured, audits(measured, 900), folds=2, **SETTING)  # type: ignore[arg-type]


def totals(contributions: pl.DataFrame, source: str) -> list[float]:
    """Base and contributions added up, in the order of subjects."""
    return (
        contributions.filter(pl.col("source") == source)
        .group_by("subject_id")
        .agg((pl.col("contribution").sum() + pl.col("base").first()).alias("total"))
        .sort("subject_id")["total"]
        .to_list()
    )


def test_the_rankers_contributions_add_up_to_the_stored_margin(
    learned: Bundle, explained: pl.DataFrame, alerts: pl.DataFrame
) -> None:
    """Also after percentiles were handed on to features."""
    stored = learned.score(alerts)["margin"].to_list()
    assert totals(explained, "ranker") == pytest.approx(stored, abs=WITHIN)


def test_the_priors_contributions_add_up_to_the_stored_margin(
    unlearned: Bundle, alerts: pl.DataFrame
) -> None:
    """How unusual a record is and its rule hits, though no figure of a model is behind them."""
    found = explain(unlearned, alerts)
    stored = unlearned.score(alerts)["margin"].to_list()
    assert totals(found, "prior") == pytest.approx(stored, abs=WITHIN)
    assert set(found.filter(pl.col("source") == "prior")["feature"]) == {*FEATURES, *RULES}


@pytest.mark.parametrize("source", DETECTORS)
@pytest.mark.parametrize("kind", ["learned", "unlearned"])
def test_every_detector_is_taken_apart_without_a_rest(
    kind: str, source: str, request: pytest.FixtureRequest, alerts: pl.DataFrame
) -> None:
    """Into a quantity that is known from its score alone, and that orders records as it does."""
    bundle: Bundle = request.getfixturevalue(kind)
    told = quantities(bundle.detectors, alerts)[source]
    assert totals(explain(bundle, alerts), source) == pytest.approx(told.tolist(), abs=WITHIN)
    raw = bundle.detectors.raw(alerts)[source].to_numpy()
    assert (np.argsort(told, kind="stable") == np.argsort(raw, kind="stable")).all()


def test_the_neighbours_contributions_add_up_to_the_squared_distance(
    unlearned: Bundle, alerts: pl.DataFrame
) -> None:
    distance = unlearned.detectors.raw(alerts)["knn"].to_numpy()
    found = totals(explain(unlearned, alerts), "knn")
    assert found == pytest.approx((distance**2).tolist(), abs=WITHIN)


def test_the_two_detectors_with_the_smallest_tails_speak(unlearned: Bundle) -> None:
    """As loud as the tail is small; the third, which did not raise the record, is silent."""
    rows = pl.DataFrame(
        {
            "iforest": [0.5, 0.99, 0.0, 0.9],
            "hbos": [0.9, 0.9, 0.0, 0.9],
            "knn": [0.99, 0.2, 0.0, 0.9],
        }
    )
    told = voices(unlearned.detectors, rows)
    assert told["iforest"].tolist() == pytest.approx([0.0, 2 / 3, 0.5, 0.5])
    assert told["hbos"].tolist() == pytest.approx([1 / 3, 1 / 3, 0.5, 0.5])
    assert told["knn"].tolist() == pytest.approx([2 / 3, 0.0, 0.0, 0.0])


def test_the_voices_that_speak_make_the_anomaly(unlearned: Bundle, alerts: pl.DataFrame) -> None:
    """The rule of the score itself: nothing else moves the place of a record."""
    placed = unlearned.with_percentiles(alerts)
    told = voices(unlearned.detectors, placed)
    silent = {name: told[name] == 0 for name in DETECTORS}
    assert sum(told.values()).tolist() == pytest.approx([1.0] * ALERTS)  # type: ignore[union-attr]
    assert (sum(silent.values()) == np.ones(ALERTS)).all()
    lowest = np.column_stack([placed[name].to_numpy() for name in DETECTORS]).min(axis=1)
    for name in DETECTORS:
        assert (placed[name].to_numpy()[silent[name]] == lowest[silent[name]]).all()


def test_the_forests_contributions_add_up_to_its_path_length(
    learned: Bundle, explained: pl.DataFrame, alerts: pl.DataFrame
) -> None:
    """And a longer way to add up is a less unusual record: the sum orders as the score does."""
    lengths = path_lengths(learned.detectors, alerts)
    assert totals(explained, "iforest") == pytest.approx(lengths.tolist(), abs=WITHIN)
    raw = learned.detectors.raw(alerts)["iforest"].to_numpy()
    assert (np.argsort(lengths, kind="stable") == np.argsort(raw, kind="stable")).all()


def test_the_histograms_contributions_add_up_to_the_rarity_that_is_told(
    learned: Bundle, explained: pl.DataFrame, alerts: pl.DataFrame
) -> None:
    """Its Shapley values are exact."""
    detectors = learned.detectors
    told = detectors.rarity.told(detectors.scaling.apply(alerts)).tolist()
    assert totals(explained, "hbos") == pytest.approx(told, abs=WITHIN)


def test_the_histograms_speak_of_the_family_in_which_a_record_is_rarest() -> None:
    """Its terms add up to the family's rarity; the other families' figures say nothing."""
    frame = records(800, seed=5)
    families = {"x0": "cost", "x1": "cost", "x2": "coding", "x3": "coding", "x4": "coding"}
    detectors = fit_detectors(frame, FEATURES, seed=1, families=families)
    rows = frame.head(ALERTS)
    values = detectors.scaling.apply(rows)
    pushes, base = detectors.rarity.pushes(values)
    told = detectors.rarity.told(values)
    assert (pushes.sum(axis=1) + base).tolist() == pytest.approx(told.tolist(), abs=WITHIN)
    spoken = np.array([families[name] for name in detectors.scaling.columns])
    for row, place in zip(pushes, detectors.rarity.leading(values), strict=True):
        assert (row[spoken != detectors.rarity.names[place]] == 0).all()
        assert (row[spoken == detectors.rarity.names[place]] != 0).any()


def test_within_a_family_a_rarer_record_stands_higher() -> None:
    """The quantity that is explained rises with the score, to the last digit."""
    frame = records(3000, seed=5)
    families = {"x0": "cost", "x1": "cost", "x2": "coding", "x3": "coding", "x4": "coding"}
    detectors = fit_detectors(frame, FEATURES, seed=1, families=families)
    values = detectors.scaling.apply(frame)
    leading, told = detectors.rarity.leading(values), detectors.rarity.told(values)
    scores = detectors.score(frame)["hbos"].to_numpy()
    for place in range(len(detectors.rarity.names)):
        mine = leading == place
        order = np.lexsort((scores[mine], told[mine]))
        assert (np.diff(scores[mine][order]) >= 0).all()


def test_the_histograms_contributions_are_zero_on_average(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    """Centred on the training records, which is what makes them Shapley values."""
    means = explain(learned, measured.tail(500)).filter(pl.col("source") == "hbos")
    average = means.group_by("feature").agg(pl.col("contribution").mean())
    assert average["contribution"].abs().to_numpy().max() < 0.15


def test_reasons_name_features_and_rules_never_detectors(explained: pl.DataFrame) -> None:
    """An auditor can check a feature, not a percentile of an algorithm."""
    assert set(explained["feature"]) == {*FEATURES, *RULES}
    assert set(explained["source"]) == set(SOURCES)


def test_a_percentile_that_no_feature_moves_keeps_its_own_name() -> None:
    """Nothing is handed on where nothing pushed, and the sum still holds."""
    flat = records(400, seed=4).with_columns(*[pl.lit(1.0).alias(name) for name in FEATURES])
    bundle = train(flat, audits(flat, 400), **SETTING | {"minimum": 20})  # type: ignore[arg-type]
    assert bundle.ranker is not None
    found = explain(bundle, flat.head(5))
    stored = bundle.score(flat.head(5))["margin"].to_list()
    assert totals(found, "ranker") == pytest.approx(stored, abs=WITHIN)


def test_the_cause_is_the_first_reason(learned: Bundle, measured: pl.DataFrame) -> None:
    """Suspicion was made of x0 and x1, so the strongest cases are explained by them."""
    strongest = learned.score(measured).top_k(30, by="margin")["subject_id"]
    rows = measured.filter(pl.col("subject_id").is_in(strongest.implode()))
    first = top_reasons(explain(learned, rows), 1)["feature"]
    assert first.is_in(["x0", "x1", "rule_H01"]).to_numpy().mean() > 0.9


def test_without_a_ranker_the_odd_value_is_the_first_reason(
    unlearned: Bundle, alerts: pl.DataFrame
) -> None:
    """Each feature in turn, made wild."""
    row = alerts.head(1).with_columns(*[pl.lit(0.0).alias(other) for other in FEATURES])
    wild = pl.concat(
        [
            row.with_columns(pl.lit(name).alias("subject_id"), pl.lit(7.0).alias(name))
            for name in FEATURES
        ]
    )
    first = top_reasons(explain(unlearned, wild), 1)
    assert first["feature"].to_list() == first["subject_id"].to_list() == list(FEATURES)


def test_what_the_neighbours_alone_raise_is_told_by_them(unlearned: Bundle) -> None:
    """A record without company, each of whose figures is usual: the farthest figures are told."""
    detectors = unlearned.detectors
    rows = records(3000, seed=12)
    placed = unlearned.with_percentiles(rows)
    told = voices(detectors, placed)
    loudest = np.argsort(-told["knn"], kind="stable")[:20]
    first = top_reasons(explain(unlearned, rows[np.sort(loudest)]), 2)
    assert (told["knn"][loudest] > 0.5).all()
    values = detectors.scaling.apply(rows)
    from_neighbour = neighbour_terms(detectors.neighbours, values) - np.array(detectors.near)
    names = detectors.scaling.columns
    farthest = {
        rows["subject_id"][int(place)]: names[int(from_neighbour[place].argmax())]
        for place in loudest
    }
    told_first = first.group_by("subject_id").agg("feature").iter_rows()
    hits = [farthest[subject] in features for subject, features in told_first]
    assert np.mean(hits) > 0.9


def test_reasons_are_the_pushes_towards_suspicion_in_falling_order(
    explained: pl.DataFrame,
) -> None:
    """Ranked from one, at most k, and a feature once."""
    reasons = top_reasons(explained, 3)
    assert reasons["rank"].max() == 3
    assert reasons["contribution"].to_numpy().min() > 0
    assert reasons.select("subject_id", "feature").is_unique().all()
    ranks = reasons.group_by("subject_id", maintain_order=True).agg("rank")["rank"].to_list()
    assert all(rank == list(range(1, len(rank) + 1)) for rank in ranks)


def test_the_ranker_leads_and_detectors_fill() -> None:
    """What auditors confirm comes before what is merely unusual."""
    rows = [
        ("a", "ranker", "x0", 0.1, 0.0, 1.0),
        ("a", "ranker", "x1", -5.0, 0.0, 1.0),
        ("a", "iforest", "x2", 9.0, 0.0, 0.75),
        ("a", "hbos", "x2", 1.0, 0.0, 0.25),
        ("a", "hbos", "x0", 3.0, 0.0, 0.25),
        ("a", "knn", "x3", 3.0, 0.0, 0.0),
    ]
    names = ["subject_id", "source", "feature", "contribution", "base", "voice"]
    reasons = top_reasons(pl.DataFrame(rows, schema=names, orient="row"), 3)
    assert reasons.select("rank", "feature").rows() == [(1, "x0"), (2, "x2")]
    assert reasons["contribution"].to_list() == pytest.approx([1.0, 0.75 + 0.25 * 0.25])


def test_shares_of_a_source_add_up_to_one(explained: pl.DataFrame) -> None:
    """One unit for log-odds, path lengths and rarities."""
    sums = shares(explained).group_by("subject_id", "source").agg(pl.col("share").sum())
    assert sums["share"].to_list() == pytest.approx([1.0] * sums.height)


def test_families_keep_the_sum(explained: pl.DataFrame) -> None:
    """Each contribution is in one family; rules and strangers have their own."""
    families = dict.fromkeys(FEATURES[:3], "history")
    summed = by_family(explained, families)
    assert set(summed["family"]) == {"history", "rules", "other"}
    for source in SOURCES:
        assert totals(summed, source) == pytest.approx(totals(explained, source), abs=1e-9)


@pytest.mark.parametrize("kind", ["learned", "unlearned"])
def test_what_is_kept_of_an_explanation_adds_up_to_the_stored_margin(
    kind: str, request: pytest.FixtureRequest, alerts: pl.DataFrame
) -> None:
    """First the margin, then the detectors that speak, the loudest first; the same alone."""
    bundle: Bundle = request.getfixturevalue(kind)
    families = dict.fromkeys(FEATURES[:3], "history")
    kept = family_sums(explain(bundle, alerts), families)
    stored = dict(bundle.score(alerts).select("subject_id", "margin").iter_rows())
    assert set(kept) == set(stored)
    for subject, (leading, *detectors) in kept.items():
        total = leading["base"] + sum(one["adds"] for one in leading["families"])
        assert total == pytest.approx(stored[subject], abs=WITHIN)
        assert leading["source"] == ("ranker" if kind == "learned" else "prior")
        assert len(detectors) == 2
        assert detectors[0]["voice"] >= detectors[1]["voice"] > 0
        assert {one["source"] for one in detectors} < set(DETECTORS)
    alone = family_sums(explain(bundle, alerts[3]), families)
    assert alone.items() <= kept.items()


def test_rule_hits_are_a_family_of_their_own_in_what_is_kept(
    unlearned: Bundle, alerts: pl.DataFrame
) -> None:
    """Not filed under the figure that a rule shows; log 99 each, as in the prior."""
    kept = family_sums(explain(unlearned, alerts), dict.fromkeys(FEATURES, "history"))
    hits = dict(zip(alerts["subject_id"], alerts.select(RULES).fill_null(0).sum_horizontal(),
                    strict=True))  # fmt: skip
    assert sum(hits.values()) > 0
    for subject, (leading, *_) in kept.items():
        told = {one["family"]: one["adds"] for one in leading["families"]}
        assert told.get("rules", 0.0) == pytest.approx(hits[subject] * np.log(99.0))


def test_where_detectors_tell_nothing_apart_rules_alone_add_up(
    unlearned: Bundle, alerts: pl.DataFrame
) -> None:
    """What stands in for a collapsed model begins at 0 and knows no family but the rules."""
    bundle = replace(unlearned, detectors=ordinary())
    kept = family_sums(explain(bundle, alerts), {})
    stored = dict(bundle.score(alerts).select("subject_id", "margin").iter_rows())
    for subject, (only,) in kept.items():
        told = {one["family"]: one["adds"] for one in only["families"]}
        assert set(told) <= {"rules"}
        assert sum(told.values()) == pytest.approx(stored[subject], abs=WITHIN)
    assert top_reasons(explain(bundle, alerts), 3).is_empty()


def test_an_explanation_does_not_depend_on_the_batch(
    learned: Bundle, explained: pl.DataFrame, alerts: pl.DataFrame
) -> None:
    """The reasons of a case do not change with the night's other cases."""
    alone = pl.concat([explain(learned, alerts[row]) for row in range(2)])
    chosen = alone["subject_id"].unique().implode()
    assert alone.equals(explained.filter(pl.col("subject_id").is_in(chosen)))


def test_no_alerts_need_no_explanation(learned: Bundle, alerts: pl.DataFrame) -> None:
    """An empty night gives an empty frame of the same shape."""
    empty = explain(learned, alerts.head(0))
    assert empty.is_empty()
    assert top_reasons(empty, 3).columns == ["subject_id", "rank", "feature", "contribution"]


def test_cross_fitting_scores_every_record_by_models_that_did_not_see_it(
    measured: pl.DataFrame, crossed: CrossFitted
) -> None:
    """Changing a record's own values and label leaves its own model alone."""
    taught = audits(measured, 900)
    subject = taught["subject_id"][0]
    fitted = crossed
    own = pl.col("subject_id") == subject
    changed = measured.with_columns(
        *[pl.when(own).then(50.0).otherwise(pl.col(name)).alias(name) for name in FEATURES]
    )
    turned = taught.with_columns(
        pl.when(own).then(1 - pl.col("label")).otherwise("label").cast(pl.Int8).alias("label")
    )
    again = cross_fit(changed, turned, folds=2, **SETTING)  # type: ignore[arg-type]
    fold = fitted.scores.filter(own)["fold"].item()
    assert fitted.bundles[fold].version == again.bundles[fold].version
    assert fitted.bundles[1 - fold].version != again.bundles[1 - fold].version
    assert fitted.scores["subject_id"].to_list() == measured["subject_id"].to_list()
    assert set(fitted.scores["score_kind"]) == {"calibrated"}


def test_cross_fitted_explanations_add_up_too(measured: pl.DataFrame, crossed: CrossFitted) -> None:
    """Each record is explained by the model that scored it."""
    found = crossed.explain(measured.head(10))
    stored = crossed.scores.head(10)["margin"].to_list()
    assert totals(found, "ranker") == pytest.approx(stored, abs=WITHIN)


def test_cross_fitting_keeps_a_person_in_one_fold_and_one_kind_of_score(
    measured: pl.DataFrame,
) -> None:
    """Too few labels in one fold mean a prior in all."""
    people = measured.with_columns(
        (pl.int_range(pl.len()) % 300).cast(pl.String).alias("person_id")
    )
    few = audits(people, 200)
    fitted = cross_fit(people, few, folds=2, **SETTING | {"minimum": 30})  # type: ignore[arg-type]
    folds = people.join(fitted.scores, on="subject_id").group_by("person_id")
    assert folds.agg(pl.col("fold").n_unique())["fold"].max() == 1
    assert set(fitted.scores["score_kind"]) == {"prior"}
    assert fitted.scores.select(DETECTORS).null_count().sum_horizontal().item() == 0
