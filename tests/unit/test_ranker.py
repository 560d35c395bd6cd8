"""The ranker: honest about few labels and about chance, repeatable, in the order it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import LEAST_SLOPE, Calibration, fit_calibration
from models.examples import examples_of, folds_of, hospital_folds
from models.groups import forward_folds, group_keys, hash_folds
from models.growth import DEPTH, LEAVES, TREES
from models.quality import auc, auc_interval
from models.ranker import Ranker, train_ranker
from models.train import train
from tests.records import FEATURES, RULES, audits, records, shuffled, shuffled_audits

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 11
COLUMNS = (*FEATURES, *RULES)
AUDITED = 900
CHANCE_NOTE = "On held-out audits the ranking is no better than chance."


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    """Measured records."""
    return records(3000)


@pytest.fixture(scope="module")
def taught(measured: pl.DataFrame) -> pl.DataFrame:
    """Labels of some of them."""
    return audits(measured, AUDITED)


@pytest.fixture(scope="module")
def ranker(measured: pl.DataFrame, taught: pl.DataFrame) -> Ranker:
    """A ranker trained on them."""
    return trained(measured, taught)


def trained(measured: pl.DataFrame, taught: pl.DataFrame, threads: int = 1) -> Ranker:
    """Train, and be sure that there is something."""
    made = train_ranker(measured, taught, COLUMNS, seed=SEED, threads=threads, minimum=50)
    assert made is not None
    return made


def unaudited(measured: pl.DataFrame, taught: pl.DataFrame) -> pl.DataFrame:
    """Records the ranker was not taught."""
    return measured.join(taught, on="subject_id", how="anti")


def test_it_ranks_what_it_was_not_taught(
    ranker: Ranker, measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """It learned the cause, not the records."""
    rest = unaudited(measured, taught)
    assert auc(ranker.margin(rest), rest["cause"].to_numpy()) > 0.85


@pytest.mark.parametrize("missing", [0, 1])
def test_too_few_of_either_class_make_no_ranker(measured: pl.DataFrame, missing: int) -> None:
    """One short of the minimum is too few; the minimum is enough."""
    some = audits(measured, measured.height)
    few = pl.concat(
        [some.filter(pl.col("label") == missing).head(99), some.filter(pl.col("label") != missing)]
    )
    enough = pl.concat([few, some.filter(pl.col("label") == missing).slice(99, 1)])
    assert train_ranker(measured, few, COLUMNS, seed=SEED, threads=1) is None
    assert train_ranker(measured, enough, COLUMNS, seed=SEED, threads=1) is not None


def test_shuffled_labels_give_chance_and_the_ranker_says_so(measured: pl.DataFrame) -> None:
    """On held-out groups the interval of the AUC holds 0.5; probabilities stay near the rate."""
    noise = shuffled_audits(measured, AUDITED)
    ranker = trained(measured, noise)
    assert ranker.measures["auc_low"] <= 0.5 <= ranker.measures["auc_high"]
    assert CHANCE_NOTE in ranker.notes
    assert ranker.calibration.low == LEAST_SLOPE
    spread = ranker.probability(measured)
    assert abs(float(spread.mean()) - noise["label"].to_numpy().mean()) < 0.05
    assert len(np.unique(spread)) > 1


def test_shuffled_labels_give_chance_through_detectors_and_rules_too(
    measured: pl.DataFrame,
) -> None:
    """Whole training, scored on records nobody audited: no way in for the label."""
    noise = shuffled_audits(measured, AUDITED)
    bundle = train(
        measured,
        noise,
        scenario="hospitalization",
        entity="stay",
        features=FEATURES,
        rule_columns=RULES,
        seed=SEED,
        threads=1,
        as_of=date(2025, 1, 1),
        minimum=50,
    )
    assert bundle.ranker is not None
    measures = bundle.ranker.measures
    assert measures["auc_low"] <= 0.5 <= measures["auc_high"]
    rest = unaudited(measured, noise)
    fresh = np.random.default_rng(1).integers(0, 2, rest.height)
    low, high = auc_interval(
        bundle.score(rest)["margin"].to_numpy(), fresh, rest["person_id"].to_list(), seed=1
    )
    assert low <= 0.5 <= high


def test_an_audit_of_almost_everything_does_not_leak_through_the_detectors() -> None:
    """Then detectors must learn from audited records, and percentiles come out of fold."""
    measured = records(700, seed=5)
    noise = shuffled_audits(measured, measured.height, seed=5)
    bundle = train(
        measured,
        noise,
        scenario="hospitalization",
        entity="stay",
        features=FEATURES,
        rule_columns=RULES,
        seed=SEED,
        threads=1,
        as_of=date(2025, 1, 1),
        minimum=50,
    )
    assert bundle.ranker is not None
    assert bundle.ranker.measures["auc_low"] <= 0.5 <= bundle.ranker.measures["auc_high"]


@pytest.mark.parametrize(("size", "audited"), [(2000, 600), (700, 700)])
def test_detectors_do_not_know_how_audits_ended(size: int, audited: int) -> None:
    """Every audit turned round leaves them as they were; only who was audited may matter.

    Detectors that leave out the confirmed alone would carry the label into the ranker.
    """
    measured = records(size, seed=5)
    taught = audits(measured, audited, seed=5)
    turned = taught.with_columns((1 - pl.col("label")).cast(pl.Int8).alias("label"))
    assert detectors_of(measured, taught) == detectors_of(measured, turned)


def test_where_enough_is_unaudited_the_detectors_see_no_audited_record(
    measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """Whatever an audited record holds, it does not move them."""
    audited = pl.col("subject_id").is_in(taught["subject_id"].implode())
    wild = measured.with_columns(
        *[pl.when(audited).then(99.0).otherwise(pl.col(name)).alias(name) for name in FEATURES]
    )
    assert detectors_of(wild, taught) == detectors_of(measured, taught)


def detectors_of(measured: pl.DataFrame, taught: pl.DataFrame) -> str:
    """Fingerprint of the detectors that training makes."""
    bundle = train(
        measured,
        taught,
        scenario="hospitalization",
        entity="stay",
        features=FEATURES,
        rule_columns=RULES,
        seed=SEED,
        threads=1,
        as_of=date(2025, 1, 1),
        minimum=10_000,
    )
    return bundle.detectors.fingerprint()


def test_a_shuffled_delivery_and_more_threads_make_the_same_model(
    ranker: Ranker,
    measured: pl.DataFrame,
    taught: pl.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same text, to the last digit."""
    monkeypatch.setattr("models.planting.THREADS_FROM", 0)
    again = trained(shuffled(measured), shuffled(taught), threads=2)
    assert again.text == ranker.text
    assert again.calibration == ranker.calibration


def test_a_record_has_the_same_margin_alone_and_in_company(
    ranker: Ranker, measured: pl.DataFrame
) -> None:
    """Bit for bit."""
    alone = np.concatenate([ranker.margin(measured[row]) for row in range(25)])
    assert (alone == ranker.margin(measured)[:25]).all()
    assert len(ranker.margin(measured.head(0))) == 0


def test_probability_orders_as_the_margin_does(ranker: Ranker, measured: pl.DataFrame) -> None:
    """Calibration ties nothing that the margin keeps apart."""
    margins, chances = ranker.margin(measured), ranker.probability(measured)
    order = np.argsort(margins, kind="stable")
    assert (np.diff(chances[order]) >= 0).all()
    assert len(np.unique(chances)) == len(np.unique(margins))


def test_probabilities_mean_what_they_say(
    ranker: Ranker, measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """On records it was not taught, the mean probability is the share of causes."""
    rest = unaudited(measured, taught)
    assert abs(float(ranker.probability(rest).mean()) - rest["cause"].to_numpy().mean()) < 0.04


def test_the_trees_stay_small(ranker: Ranker) -> None:
    """SHAP's cost grows with leaves and depth."""
    model = ranker.booster.dump_model()["tree_info"]
    assert len(model) <= TREES
    assert max(tree["num_leaves"] for tree in model) <= LEAVES <= 31
    assert max(depth(tree["tree_structure"]) for tree in model) <= DEPTH <= 6


def depth(node: dict[str, dict[str, object]]) -> int:
    """Splits above the deepest leaf."""
    sides = [node[side] for side in ("left_child", "right_child") if side in node]
    return 1 + max(depth(side) for side in sides) if sides else 0  # type: ignore[arg-type]


def test_a_direction_is_kept(measured: pl.DataFrame, taught: pl.DataFrame) -> None:
    """More of x0 never lowers the margin when it may only push up."""
    made = train_ranker(
        measured, taught, COLUMNS, seed=SEED, threads=1, minimum=50, directions={"x0": 1}
    )
    assert made is not None
    row = measured.head(1)
    steps = pl.concat(
        [row.with_columns(pl.lit(value).alias("x0")) for value in np.arange(-3, 3, 0.1)]
    )
    assert (np.diff(made.margin(steps)) >= 0).all()


def test_weights_move_the_model(
    measured: pl.DataFrame, taught: pl.DataFrame, ranker: Ranker
) -> None:
    """A random draw that stands for twenty records counts for more than one."""
    heavy = taught.with_columns(
        pl.when(pl.col("label") == 1).then(20.0).otherwise(1.0).alias("weight")
    )
    assert (
        trained(measured, heavy).probability(measured).mean() > ranker.probability(measured).mean()
    )


def test_forward_folds_never_look_back_and_share_no_group(
    measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """Time always forward; nobody on both sides."""
    people = measured.with_columns(
        pl.concat_str(pl.lit("p"), pl.int_range(pl.len()) % 400).alias("person_id")
    )
    examples = examples_of(people, taught, COLUMNS, "stay")
    folds, in_time = folds_of(examples, SEED)
    days, keys = examples.days.to_numpy(), np.array(examples.keys)
    assert in_time
    assert len(folds) >= 2
    for fold in folds:
        assert days[fold.learn].max() < days[fold.tried].min()
        assert not set(keys[fold.learn]) & set(keys[fold.tried])


def test_hospital_folds_share_no_hospital_and_no_group(
    measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """What is reported apart must really be new."""
    examples = examples_of(measured, taught, COLUMNS, "stay")
    hospitals, keys = np.array(examples.hospitals), np.array(examples.keys)
    folds = hospital_folds(examples, SEED)
    assert folds
    for fold in folds:
        assert not set(hospitals[fold.learn]) & set(hospitals[fold.tried])
        assert not set(keys[fold.learn]) & set(keys[fold.tried])


def test_without_days_the_labels_are_held_out_by_group(
    measured: pl.DataFrame, taught: pl.DataFrame
) -> None:
    """An extract without dates still gets a tested ranker, and it says how."""
    timeless = measured.drop("event_on", "hospital_id", "person_id")
    made = trained(timeless, taught)
    assert made.measures["auc"] > 0.8
    assert any("not forward in time" in note for note in made.notes)
    assert any("Too few hospitals" in note for note in made.notes)


def test_groups_hold_together_through_persons_and_computed_groups() -> None:
    """Also in chains, and whatever the order of the rows."""
    frame = pl.DataFrame(
        {
            "subject_id": ["a", "b", "c", "d", "e"],
            "person_id": ["p", "p", None, "q", None],
            "group_id": [None, "g", None, "g", None],
        }
    )
    assert group_keys(frame) == ["a", "a", "c", "a", "e"]
    assert group_keys(frame.reverse()) == ["e", "a", "c", "a", "a"]


def test_the_uses_of_one_stay_hold_together_without_persons() -> None:
    """They share the stay's every oddity."""
    frame = pl.DataFrame({"subject_id": ["s1|x", "s1|y", "s2|x"]})
    assert group_keys(frame, "use") == ["s1", "s1", "s2"]


def test_the_months_of_one_ledger_hold_together() -> None:
    """Stock runs on from month to month, so one month nearly tells the next."""
    frame = pl.DataFrame({"subject_id": ["h|i|2024-01", "h|i|2024-02", "h|j|2024-01"]})
    assert group_keys(frame, "ledger") == ["h|i", "h|i", "h|j"]


def test_equal_keys_fall_into_one_fold_and_folds_are_about_equal() -> None:
    """Whatever the order in which they come."""
    keys = [f"k{number}" for number in range(2000)]
    folds = hash_folds(keys, 4, SEED)
    assert (hash_folds(keys[::-1], 4, SEED)[::-1] == folds).all()
    assert np.bincount(folds).min() > 400


def test_one_single_day_cannot_be_split_forward() -> None:
    """All labels of one day leave no later block."""
    days = pl.Series([date(2024, 1, 1)] * 20)
    assert forward_folds(days, [str(number) for number in range(20)], 4) == []


def noisy(size: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Margins, and labels drawn with twice their log-odds less one."""
    random = np.random.default_rng(seed)
    margins = random.normal(size=size)
    chance = 1 / (1 + np.exp(-(2 * margins - 1)))
    return margins, (random.random(size) < chance).astype(np.int64)


@pytest.mark.parametrize(("size", "kind"), [(600, "platt"), (4000, "beta")])
def test_calibration_finds_the_truth(size: int, kind: str) -> None:
    """Platt below a thousand labels, beta above."""
    margins, true = noisy(size)
    fitted = fit_calibration(margins, true, np.ones(size), informative=True)
    expected = 1 / (1 + np.exp(-(2 * margins - 1)))
    assert fitted.kind == kind
    assert np.abs(fitted.probability(margins) - expected).mean() < 0.04


def test_margins_that_rank_backwards_still_get_a_rising_map() -> None:
    """A falling map would turn the queue round in silence."""
    margins, true = noisy(3000)
    fitted = fit_calibration(-margins, true, np.ones(3000), informative=True)
    assert (np.diff(fitted.probability(np.linspace(-5, 5, 50))) > 0).all()


@given(
    st.sampled_from(["platt", "beta"]),
    st.floats(0.05, 5),
    st.floats(0.05, 5),
    st.floats(-4, 4),
)
def test_every_calibration_rises_strictly(
    kind: str, low: float, high: float, offset: float
) -> None:
    """For any positive slopes."""
    high = low if kind == "platt" else high
    chances = Calibration(kind, low, high, offset).probability(np.linspace(-3, 3, 40))
    assert (np.diff(chances) > 0).all()


def test_the_two_kinds_agree_where_their_slopes_do() -> None:
    """Platt is beta with equal slopes."""
    platt = Calibration("platt", 1.3, 1.3, -0.4)
    margins = np.linspace(-6, 6, 30)
    beta = replace(platt, kind="beta")
    assert np.allclose(platt.probability(margins), beta.probability(margins), atol=1e-10)
