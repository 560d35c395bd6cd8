"""What later audits say of a model: nobody is on both sides, and noise accuses nobody."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

from models.groups import PERSON
from models.growth import USUAL
from models.later import MAIN, OVER_PRIOR, Rehearsal, difference, figures, parted, ready, rehearse
from models.preparing import prepare
from models.spread import spread
from models.train import bundled, grow
from models.training_set import split
from models.tuning import tune
from tests.audited import SEED, noise, recipe, training_set, usual_set

if TYPE_CHECKING:
    from models.bundle import Bundle
    from models.training_set import TrainingSet


@cache
def rehearsal() -> Rehearsal:
    """Of the usual set."""
    return rehearsed(usual_set())


def rehearsed(training: TrainingSet) -> Rehearsal:
    """The usual growth on the earlier side."""
    later = parted(training)
    assert later is not None
    return rehearse(later, ready(later, recipe(training), ranked=True), USUAL)


def trained(training: TrainingSet) -> Bundle:
    """A bundle of a whole training set."""
    prepared = prepare(training.measured, training.labels, recipe(training))
    return bundled(prepared, grow(prepared))


def test_later_audits_speak_of_nobody_who_was_learned_from() -> None:
    later = rehearsal().later
    earlier = later.earlier.measured
    assert later.tried.join(earlier, on=PERSON).is_empty()
    assert (later.earlier.labels["known_on"] < later.cut).all()
    assert (earlier["event_on"] < later.cut).all()
    tried = later.tried.join(usual_set().labels, on="subject_id")
    assert (tried["known_on"] >= later.cut).all()


def test_the_figures_have_intervals_around_them_and_beat_chance() -> None:
    told = {one.name: one for one in figures(rehearsal(), SEED)}
    for name in (MAIN, "later_auc", "later_precision_at_10", "later_rate"):
        assert told[name].low <= told[name].value <= told[name].high
    assert told["later_auc"].low > 0.5
    assert told["later_precision_at_10"].value > told["later_rate"].value


def test_labels_of_others_rank_no_better_than_chance() -> None:
    training = usual_set()
    shuffled = replace(training, labels=noise(training.labels))
    told = {one.name: one for one in figures(rehearsed(shuffled), SEED)}
    assert told["later_auc"].low <= 0.5 <= told["later_auc"].high


def test_hospitals_that_were_never_audited_before_are_told_apart() -> None:
    training = usual_set()
    later = parted(training)
    assert later is not None
    old = training.measured.join(later.tried, on="subject_id", how="anti")
    fresh = later.tried.select("subject_id", house=pl.lit("new ") + pl.col("hospital_id"))
    moved = training.measured.join(fresh, on="subject_id", how="left").with_columns(
        hospital_id=pl.coalesce("house", "hospital_id")
    )
    told = {
        one.name: one
        for one in figures(rehearsed(replace(training, measured=moved.drop("house"))), SEED)
    }
    assert old.height
    assert told["later_new_hospital_auprc"].records == later.tried.height
    known = {one.name: one for one in figures(rehearsal(), SEED)}
    assert known["later_new_hospital_auprc"].records == 0
    assert math.isnan(known["later_new_hospital_auprc"].value)


def test_too_few_audits_cannot_be_parted() -> None:
    training = usual_set()
    assert parted(replace(training, labels=training.labels.head(5))) is None
    assert parted(replace(training, labels=training.labels.head(0))) is None
    one_class = training.labels.filter(pl.col("label") == 1)
    assert parted(replace(training, labels=one_class)) is None


def test_where_most_audits_came_on_one_day_those_after_it_try() -> None:
    """A backlog that was delivered at once leaves nothing before the usual day."""
    training = usual_set()
    days = training.labels["known_on"].sort()
    backlog = days[int(len(days) * 0.8)]
    known = pl.max_horizontal("known_on", pl.lit(backlog))
    found = parted(replace(training, labels=training.labels.with_columns(known_on=known)))
    assert found is not None
    assert found.cut > backlog
    assert found.earlier.audited.height > found.tried.height > 0


def test_a_rehearsal_knows_no_record_that_nobody_had_been_told_of() -> None:
    training = usual_set()
    nights = pl.col("event_on").dt.offset_by("20d").alias("as_of")
    told = replace(training, measured=training.measured.with_columns(nights))
    cut = rehearsal().later.cut
    late = split(told, cut).earlier.measured
    assert (late["as_of"] < cut).all()
    assert late.height < split(training, cut).earlier.measured.height


def test_a_champion_is_not_compared_on_what_it_learned_though_it_was_decided_anew() -> None:
    training = usual_set()
    later = rehearsal().later
    champion = trained(split(training, later.cut - timedelta(days=1)).earlier)
    whole = difference(rehearsal(), champion, training, SEED)
    anew = later.tried["subject_id"][:40].implode()
    first = pl.when(pl.col("subject_id").is_in(anew)).then(pl.lit(champion.trained_as_of))
    labels = training.labels.with_columns(first_known_on=first.otherwise("first_known_on"))
    known = difference(rehearsal(), champion, replace(training, labels=labels), SEED)
    # A few of the forty were told apart before, by their persons.
    assert whole.records - known.records > 30


def test_a_champion_that_learned_noise_is_beaten_beyond_the_interval() -> None:
    training = usual_set()
    before = split(training, rehearsal().later.cut - timedelta(days=1)).earlier
    worse = trained(replace(before, labels=noise(before.labels)))
    found = difference(rehearsal(), worse, training, SEED)
    assert found.records > 0
    assert found.low > 0


def test_a_champion_that_knew_the_later_audits_is_not_compared() -> None:
    training = usual_set()
    assert difference(rehearsal(), trained(training), training, SEED).records == 0


def test_the_cut_waits_for_all_that_the_champion_learned_from() -> None:
    training = usual_set()
    usual = parted(training)
    assert usual is not None
    day = usual.cut + timedelta(days=10)
    moved = parted(training, day)
    assert moved is not None
    assert moved.cut == day + timedelta(days=1)
    # Nothing came after this one: the usual cut remains, and nothing is compared.
    late = parted(training, training.as_of)
    assert late is not None
    assert late.cut == usual.cut


def test_ten_seeds_tell_how_far_the_figure_moves() -> None:
    later = rehearsal().later
    found = spread(later, recipe(usual_set()), USUAL, range(3), ranked=True)
    told = found.record()
    assert len(set(found.values)) > 1
    assert told["least"] <= told["mean"] <= told["most"]
    assert told["deviation"] < 0.1


def test_tuning_ends_in_the_same_growth_twice_and_says_what_it_did() -> None:
    training = usual_set()
    prepared = prepare(training.measured, training.labels, recipe(training))
    once, twice = (tune(prepared.examples, prepared.planting(), 5) for _ in range(2))
    assert once == twice
    assert once.trials == 5
    if once.growth != USUAL:
        assert once.proof > once.usual_proof
    assert once.searched >= once.usual


@pytest.mark.parametrize(("trials", "labels"), [(0, 900), (5, 60)])
def test_without_trials_or_audits_the_usual_growth_stays(trials: int, labels: int) -> None:
    training = usual_set()
    prepared = prepare(training.measured, training.labels.head(labels), recipe(training))
    found = tune(prepared.examples, prepared.planting(), trials)
    assert (found.growth, found.trials) == (USUAL, 0)
    assert found.note.startswith("Not tuned")


def test_a_shuffled_training_set_makes_the_same_bundle() -> None:
    training = usual_set()
    mixed = training_set(
        training.measured.with_columns(cause=pl.lit(0)).sample(fraction=1.0, shuffle=True, seed=1),
        training.labels.sample(fraction=1.0, shuffle=True, seed=2),
    )
    assert trained(mixed).content == trained(training).content


def test_probabilities_that_are_wrong_are_found_and_chance_is_not_blamed() -> None:
    found = rehearsal()
    told = {one.name: one for one in figures(found, SEED)}
    assert told["later_calibration_error"].low < 0.1
    upside_down = replace(found, tried=found.tried.with_columns(score=1.0 - pl.col("score")))
    wrong = {one.name: one for one in figures(upside_down, SEED)}
    assert wrong["later_calibration_error"].low > 0.1
    noise_alone = told["later_calibration_error_of_a_perfect_map"]
    assert noise_alone.low <= noise_alone.value <= noise_alone.high


def test_what_audits_taught_is_held_against_rules_and_detectors_alone() -> None:
    """Paired, on the same later audits; noise teaches nothing."""
    (taught,) = [one for one in figures(rehearsal(), SEED) if one.name == OVER_PRIOR]
    assert taught.records == rehearsal().tried.height
    assert taught.low < taught.value < taught.high
    assert taught.value > 0
