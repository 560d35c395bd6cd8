"""Evaluation: figures that can be checked by hand, and a leak that is called a leak."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from evaluation.calibration import honesty, reliability
from evaluation.kinds import Hospitals, Kind, picks
from evaluation.leaks import NOTHING_LEARNED, asked, leaks
from evaluation.learning import Trial, _subsamples, curve
from evaluation.lots import estimated_recall, exploration, weighted_recall
from evaluation.queues import Drawn, at_capacity
from evaluation.rates import rates
from evaluation.recall import in_full
from evaluation.truth import join_truth
from models.capacity import places, queue
from models.preparing import Recipe
from models.quality import auc_of, average_precision, average_precision_of, calibration_error
from models.resampling import bootstrap, draws, interval
from tests.records import records


def kind(
    frame: pl.DataFrame,
    truth: pl.DataFrame,
    columns: dict[str, str],
    sizes: tuple[float, ...] = (3, 0.5),
    tested: float = 3,
) -> Kind:
    """Stays of one city with their key, which needs no innocents here."""
    key_of_all = truth.with_columns(
        subject_type=pl.lit("stay"), innocent=pl.lit(value=False), hospital_id=pl.lit("h0")
    )
    rows = frame.with_columns(subject_type=pl.lit("stay"))
    return Kind.of(0, rows, key_of_all, "stay", sizes, tested, columns)


def drawn_of(one: Kind, replicates: int = 50, seed: int = 0) -> Drawn:
    """What its intervals are drawn from."""
    return Drawn([one], Hospitals.of([(0, [one.rows])]), replicates, seed)


def measured(one: Kind, replicates: int = 50) -> pl.DataFrame:
    """What each queue yields at each of its sizes."""
    return at_capacity(drawn_of(one, replicates), one.sizes)


def ten() -> pl.DataFrame:
    """Ten records in the order of their margin; the first, third and last are planted."""
    return pl.DataFrame(
        {
            "subject_id": [f"s{number}" for number in range(10)],
            "hospital_id": ["h0", "h1"] * 5,
            "margin": [float(10 - number) for number in range(10)],
            "amount_at_risk": [float(number) for number in range(10)],
        }
    )


def key() -> pl.DataFrame:
    """Their answer key; s2 takes part in two schemes, and s99 was never scored."""
    return pl.DataFrame(
        {
            "subject_id": ["s0", "s2", "s2", "s9", "s99"],
            "scheme": ["H01", "H01", "H02", "H02", "H02"],
            "difficulty": [1, 2, 3, 3, 1],
            "amount": [100, 400, 300, 1000, 9999],
        }
    )


COLUMNS = {"jianbao": "margin", "random": "random", "amount": "amount_at_risk"}


def row_of(frame: pl.DataFrame, **wanted: object) -> dict[str, object]:
    """The one row with these values."""
    return frame.row(
        by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in wanted.items()), named=True
    )


@pytest.mark.parametrize(
    ("size", "records_", "cases"),
    [(0.01, 1000, 10), (0.001, 1500, 2), (0.001, 10, 1), (50, 1000, 50), (200, 30, 30)],
)
def test_a_capacity_is_a_share_or_a_number_but_at_least_one(
    size: float, records_: int, cases: int
) -> None:
    """And never more than there are."""
    assert places(size, records_) == cases


def test_precision_recall_and_recovery_at_capacity_can_be_counted_by_hand() -> None:
    """Of the first three, two are planted, of three, worth 100 + 400 of 1,500."""
    found = row_of(measured(kind(ten(), key(), COLUMNS)), queue="jianbao", size=3.0)
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["recovery"] == 500
    assert found["recovered"] == pytest.approx(1 / 3)
    assert found["expected"] is None or math.isnan(float(str(found["expected"])))


def test_what_the_scores_promise_is_summed_over_the_same_cases() -> None:
    """The first three promise 30 + 20 + 10 fen, the whole ten more."""
    frame = ten().with_columns(expected_recovery=pl.Series([30, 20, 10, *[7] * 7]))
    found = row_of(measured(kind(frame, key(), COLUMNS)), queue="jianbao", size=3.0)
    assert found["expected"] == 60
    assert found["recovery"] == 500


def test_intervals_of_recall_and_recovery_hold_the_figure() -> None:
    """Whole hospitals are drawn, and every draw is ranked anew."""
    frame, truth = planted(1500, 2)
    told = measured(kind(frame, truth, COLUMNS, sizes=(0.05, 100)), 100)
    for name in ("recall", "recovery", "precision"):
        low = "low" if name == "precision" else f"{name}_low"
        high = "high" if name == "precision" else f"{name}_high"
        ours = told.filter(pl.col("queue") == "jianbao")
        assert ours.select((pl.col(low) <= pl.col(name)).all()).item()
        assert ours.select((pl.col(name) <= pl.col(high)).all()).item()


def test_a_random_queue_has_the_base_rate_and_its_share_of_everything() -> None:
    """Exactly, not by one lucky draw."""
    found = row_of(measured(kind(ten(), key(), COLUMNS)), queue="random", size=0.5)
    assert found["precision"] == pytest.approx(0.3)
    assert found["recall"] == pytest.approx(0.5)
    assert found["recovery"] == pytest.approx(750)


def test_the_lead_is_the_difference_of_precisions_and_of_amounts() -> None:
    """Against random (0.3) and against the largest amounts (1 of 3, worth 1,000)."""
    found = measured(kind(ten(), key(), COLUMNS))
    assert row_of(found, queue="random", size=3.0)["ahead"] == pytest.approx(2 / 3 - 0.3)
    largest = row_of(found, queue="amount", size=3.0)
    assert largest["ahead"] == pytest.approx(1 / 3)
    assert largest["recovery_ahead"] == pytest.approx(500 - 1000)


def test_recall_by_scheme_counts_each_planted_part() -> None:
    """s2 counts for both of its schemes; what was never scored counts as missed."""
    one = kind(ten(), key(), COLUMNS, sizes=(3,))
    hospitals = Hospitals.of([(0, [one.rows, one.key])])
    found = in_full(picks(one, ("jianbao",)), hospitals)
    columns = ["scheme", "difficulty", "of", "found"]
    assert found.select(columns).rows() == [
        ("H01", 1, 1, 1),
        ("H01", 2, 1, 1),
        ("H02", 1, 1, 0),
        ("H02", 3, 2, 1),
    ]


def test_tied_scores_are_broken_without_favour() -> None:
    """Not in the order of the file, and the same way each time."""
    frame = records(400).with_columns(pl.lit(0.0).alias("flat"))
    truth = frame.head(40).select(
        "subject_id", scheme=pl.lit("H01"), difficulty=pl.lit(2), amount=pl.lit(1)
    )
    joined = join_truth(frame, truth)
    one = queue(joined, "flat", "flat", seed=1)
    again = queue(join_truth(frame.reverse(), truth), "flat", "flat", seed=1)
    assert one.precisions([40])[0] < 0.5
    assert one.precisions([40]) == again.precisions([40])


def test_one_pass_down_a_queue_agrees_with_counting_row_by_row() -> None:
    """Also where rows count several times."""
    frame = records(300, seed=3)
    truth = frame.filter(pl.col("cause") == 1).select(
        "subject_id", scheme=pl.lit("H01"), difficulty=pl.lit(2), amount=pl.lit(1)
    )
    one = queue(join_truth(frame, truth), "x0", "x0", seed=1)
    for counts in draws(frame["hospital_id"].to_list(), 5, 1):
        for size in (0.1, 25):
            worked = one.taken(size, counts)
            expected = worked @ one.true / worked.sum()
            assert one.precisions([size], counts)[0] == pytest.approx(expected)


def planted(size: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A ranked city and its key: a good model, a useless amount."""
    random = np.random.default_rng(seed)
    frame = records(size, seed=seed).with_columns(
        (pl.col("cause") + pl.Series(random.normal(size=size))).alias("margin"),
        pl.Series("amount_at_risk", random.random(size)),
    )
    truth = frame.filter(pl.col("cause") == 1).select(
        "subject_id",
        pl.lit("H01").alias("scheme"),
        pl.lit(2).alias("difficulty"),
        pl.lit(100).alias("amount"),
    )
    return frame, truth


def test_a_better_queue_has_an_interval_that_excludes_zero_and_an_equal_one_has_not() -> None:
    """Paired draws: a queue against itself differs by exactly nothing."""
    frame, truth = planted(2000, 1)
    columns = {"jianbao": "margin", "amount": "amount_at_risk", "same": "margin"}
    found = measured(kind(frame, truth, columns, sizes=(0.05,)), 100)
    better, same = row_of(found, queue="amount"), row_of(found, queue="same")
    assert float(str(better["ahead_low"])) > 0
    assert (same["ahead_low"], same["ahead_high"]) == (0.0, 0.0)


def test_the_same_seed_draws_the_same_hospitals() -> None:
    """Figures repeat."""
    one = kind(*planted(1500, 2), COLUMNS, sizes=(0.05, 100))
    assert measured(one).equals(measured(one))


def test_whole_clusters_are_drawn() -> None:
    """All rows of a hospital count equally often, and unknown hospitals are one."""
    clusters = ["a", "b", None, "a", None, "c"]
    for counts in draws(clusters, 20, 0):
        assert counts[0] == counts[3]
        assert counts[2] == counts[4]
        assert counts[0] + counts[1] + counts[2] + counts[5] == 4


def test_an_interval_by_hospital_is_wider_than_one_by_record() -> None:
    """Campaigns are decisions of hospitals; pretending otherwise makes one too sure."""
    random = np.random.default_rng(0)
    hospital = np.repeat(np.arange(20), 50)
    values = random.normal(size=20)[hospital] + 0.1 * random.normal(size=1000)
    mean = lambda counts: float(np.average(values, weights=counts))  # noqa: E731
    by_hospital = bootstrap(mean, [str(one) for one in hospital], replicates=200, seed=1)
    by_record = bootstrap(mean, [str(one) for one in range(1000)], replicates=200, seed=1)
    assert by_hospital[1] - by_hospital[0] > 3 * (by_record[1] - by_record[0])


def test_a_learned_queue_that_knows_the_answers_is_called_a_leak() -> None:
    """Rules are exempt, and so is what is easy."""
    frame, truth = planted(800, 3)
    knowing = frame.with_columns(margin=pl.col("cause").cast(pl.Float64), score=0.5)
    columns = {"jianbao": "margin", "rules only": "margin"}
    found = leaks(kind(knowing, truth, columns, sizes=(50,)))
    assert [leak.queue for leak in found] == ["jianbao"]
    assert str(found[0]).startswith("Leak: of stays, 'Jianbao' reaches AUPRC 1.000")
    assert leaks(kind(frame, truth, columns, sizes=(50,))) == []
    easy = truth.with_columns(pl.lit(1).alias("difficulty"))
    assert leaks(kind(knowing, easy, columns, sizes=(50,))) == []


def test_one_planted_that_stands_first_is_luck_and_no_leak() -> None:
    """Six hundred records, one planted, ranked first: AUPRC 1.000 says nothing."""
    frame, truth = planted(600, 3)
    one = truth.head(1)
    lucky = frame.with_columns(
        margin=pl.col("subject_id").is_in(one["subject_id"].implode()).cast(pl.Float64), score=0.5
    )
    (told,) = asked(kind(lucky, one, {"jianbao": "margin"}, sizes=(50,)))
    assert (told.auprc, told.planted, told.leaks) == (1.0, 1, False)
    assert told.not_asked == (
        "only 1 of difficulty 2 and above are planted, and fewer than 30 may stand first by luck"
    )


def test_where_nothing_was_learned_no_leak_is_looked_for() -> None:
    """Rules and detectors never saw an answer, however well they find."""
    frame, truth = planted(800, 3)
    knowing = frame.with_columns(margin=pl.col("cause").cast(pl.Float64))
    (told,) = asked(kind(knowing, truth, {"jianbao": "margin"}, sizes=(50,)))
    assert (told.auprc, told.not_asked, told.leaks) == (1.0, NOTHING_LEARNED, False)


def test_auc_agrees_with_scikit_learn_with_ties_and_weights() -> None:
    """It is written anew only to be sorted once for many draws."""
    random = np.random.default_rng(4)
    scores = random.integers(0, 12, 300).astype(np.float64)
    labels = (random.random(300) < 0.2).astype(np.int64)
    counts = random.integers(0, 4, 300)
    expected = roc_auc_score(labels, scores, sample_weight=counts)
    assert auc_of(scores, labels)(counts) == pytest.approx(expected)
    assert np.isnan(auc_of(scores, labels)(counts * labels))


def test_auprc_agrees_with_scikit_learn_with_ties_and_weights() -> None:
    """It is written anew only to be sorted once for many draws."""
    random = np.random.default_rng(4)
    scores = random.integers(0, 12, 300).astype(np.float64)
    labels = (random.random(300) < 0.2).astype(np.int64)
    counts = random.integers(0, 4, 300)
    measure = average_precision_of(scores, labels)
    expected = average_precision_score(labels, scores, sample_weight=counts)
    assert measure(counts) == pytest.approx(expected)
    assert average_precision(scores, labels) == pytest.approx(
        average_precision_score(labels, scores)
    )


def test_one_class_alone_has_no_quality() -> None:
    """NaN rather than a proud 1."""
    assert math.isnan(average_precision(np.arange(3.0), np.ones(3, dtype=np.int64)))
    assert all(math.isnan(bound) for bound in interval([math.nan, math.nan]))


def test_the_calibration_error_is_the_mean_gap() -> None:
    """Two bins: 0.2 said and 0.5 seen, 0.9 said and 1.0 seen."""
    chances = np.array([0.2, 0.2, 0.9, 0.9])
    labels = np.array([0, 1, 1, 1])
    assert calibration_error(chances, labels, bins=2) == pytest.approx(0.2)


def scored() -> Kind:
    """Five stays, of which four have a probability."""
    frame = pl.DataFrame(
        {
            "subject_id": list("abcde"),
            "hospital_id": ["h0", "h0", "h1", "h1", "h1"],
            "score": [0.2, 0.2, 0.4, 0.8, None],
            "margin": [1.0, 1.0, 2.0, 3.0, 0.0],
        }
    )
    truth = pl.DataFrame({"subject_id": ["b", "d", "e"]}).with_columns(
        scheme=pl.lit("H01"), difficulty=pl.lit(2), amount=pl.lit(1)
    )
    return kind(frame, truth, {"jianbao": "margin"})


def test_reliability_shows_what_was_said_and_what_was_seen() -> None:
    """Both bins hold a sum of 0.8; null scores are left out."""
    one = scored()
    table = reliability(one, Hospitals.of([(0, [one.rows])]), bins=2)
    assert table.select("of", "found").rows() == [(3, 1), (1, 1)]
    assert table["predicted"].to_list() == pytest.approx([0.8 / 3, 0.8])


def test_the_brier_score_is_the_mean_square_of_what_was_missed() -> None:
    """0.04 + 0.64 + 0.16 + 0.04 over four; saying one half of all would give 0.25."""
    told = honesty(scored(), replicates=20)
    assert told["brier"] == pytest.approx((0.04 + 0.64 + 0.16 + 0.04) / 4)
    assert told["brier_of_rate"] == pytest.approx(0.25)
    assert (told["said"], told["seen"]) == (pytest.approx(0.4), 0.5)


def test_without_a_probability_nothing_is_said_of_honesty() -> None:
    """A prior claims none."""
    one = kind(ten(), key(), COLUMNS)
    assert honesty(one) == {}
    assert reliability(one, Hospitals.of([(0, [one.rows])])).is_empty()


def test_rates_say_who_is_asked_and_who_in_vain() -> None:
    """Of the first three, the second (hospital h1) is a false alarm."""
    frame = ten().with_columns(level=pl.col("hospital_id").replace({"h0": "3", "h1": "1"}))
    one = kind(frame, key(), COLUMNS)
    found = rates([one], Hospitals.of([(0, [one.rows])]), ("level", "district"))
    columns = ["trait", "value", "records", "alerts", "innocent", "false_alarms"]
    assert found.select(columns).rows() == [("level", "1", 5, 1, 4, 1), ("level", "3", 5, 2, 3, 0)]


# --- audits drawn at random -------------------------------------------------------------


def test_without_random_audits_nothing_is_estimated() -> None:
    """Nobody looked at the rest."""
    rows = exploration(kind(*planted(1000, 1), COLUMNS), 0.1)
    none = row_of(rows, share=0.0)
    assert none["estimate"] is None
    assert none["drawn"] == 0
    assert float(str(none["recall"])) < 1


def test_random_audits_estimate_what_is_missed_without_bias() -> None:
    """The mean of many simulated estimates is what is missed; the interval holds the truth."""
    rows = exploration(kind(*planted(4000, 1), COLUMNS), 0.2, simulated=20_000)
    told = row_of(rows, share=0.05)
    assert told["drawn"] == 40
    assert told["missed_mean"] == pytest.approx(told["missed"], rel=0.02)
    assert float(str(told["low"])) <= float(str(told["recall"])) <= float(str(told["high"]))


def test_each_confirmed_random_audit_stands_for_as_many_as_its_chance_says() -> None:
    """One found of weight 10 and one missed of weight 100: recall 10 of 110."""
    outcomes = pl.DataFrame({"label": [1, 1, 0], "reached": [1, 0, 0], "chance": [0.1, 0.01, 0.01]})
    assert weighted_recall(outcomes) == pytest.approx(10 / 110)
    assert estimated_recall(5.0, np.array([0, 1]), 0.1).tolist() == [1.0, 5 / 15]


# --- learning from fewer audits ---------------------------------------------------------


def test_a_learning_curve_takes_nested_audits_and_tries_the_same_records() -> None:
    """No ranker below the minimum of a class; with all audits the draws agree, so once."""
    frame = records(1600, seed=6).with_columns(true=pl.col("cause").cast(pl.Int64))
    learn, tried = frame.head(1000), frame.tail(600)
    labels = learn.head(500).select(
        "subject_id", label=pl.col("true").cast(pl.Int8), weight=pl.lit(1.0)
    )
    features = tuple(name for name in frame.columns if name.startswith("x"))
    recipe = Recipe("hospitalization", "stay", features, (), 1, 1, date(2025, 1, 1), minimum=30)
    trial = Trial(learn, tried.with_columns(stands_for=pl.lit(1), amount=pl.lit(1)), labels, recipe)
    found = curve(trial, draws=2)
    assert found["audits"].min() == 0
    assert found.filter(pl.col("audits") == 500).height == 1
    assert found.filter(pl.col("audits") == 250).height == 2
    assert found["auprc"].is_between(0, 1).all()
    assert curve(trial, draws=2).equals(found)
    parts = list(_subsamples(labels, 1))
    smaller = {*parts[0][1]["subject_id"]}
    assert smaller < {*parts[1][1]["subject_id"]}
