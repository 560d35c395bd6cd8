"""Evaluation: figures that can be checked by hand, and a leak that is called a leak."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score

from models.breakdown import alert_rates, reliability
from models.capacity import places, queue
from models.evaluation import Plan, evaluate, join_truth
from models.quality import average_precision, average_precision_of, calibration_error
from models.resampling import bootstrap, draws, interval
from tests.records import records

QUEUES = {"model": "margin", "random": "random", "amount": "amount_at_risk", "rules": "rule_H01"}


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


def simple(**given: object) -> Plan:
    """A plan for the ten."""
    queues = {"model": "margin", "random": "random", "amount": "amount_at_risk"}
    return Plan(queues, sizes=(3, 0.5), replicates=50, **given)  # type: ignore[arg-type]


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
    found = row_of(evaluate(ten(), key(), simple()).at_capacity, queue="model", size=3.0)
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["recovery"] == 500
    assert found["recovery_share"] == pytest.approx(1 / 3)


def test_a_random_queue_has_the_base_rate_and_its_share_of_everything() -> None:
    """Exactly, not by one lucky draw."""
    found = row_of(evaluate(ten(), key(), simple()).at_capacity, queue="random", size=0.5)
    assert found["precision"] == pytest.approx(0.3)
    assert found["recall"] == pytest.approx(0.5)
    assert found["recovery"] == pytest.approx(750)


def test_lift_is_the_ratio_of_precisions() -> None:
    """Against random (0.3) and against the largest amounts (1 of 3)."""
    found = evaluate(ten(), key(), simple()).lifts
    assert row_of(found, against="random", size=3.0)["lift"] == pytest.approx(2 / 3 / 0.3)
    assert row_of(found, against="amount", size=3.0)["lift"] == pytest.approx(2.0)


def test_recall_by_scheme_counts_each_planted_part() -> None:
    """s2 counts for both of its schemes; what was never scored counts for none."""
    found = evaluate(ten(), key(), simple()).by_scheme.filter(pl.col("size") == 3.0)
    columns = ["scheme", "difficulty", "planted", "found"]
    assert found.select(columns).rows() == [
        ("H01", 1, 1, 1.0),
        ("H01", 2, 1, 1.0),
        ("H02", 3, 2, 1.0),
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
    plan = Plan(
        {"model": "margin", "amount": "amount_at_risk", "same": "margin"},
        sizes=(0.05,),
        replicates=100,
    )
    found = evaluate(frame, truth, plan).lifts
    better, same = row_of(found, against="amount"), row_of(found, against="same")
    assert float(str(better["difference_low"])) > 0
    assert (same["difference_low"], same["difference_high"]) == (0.0, 0.0)


def test_intervals_hold_the_estimate_and_repeat() -> None:
    """The same seed draws the same hospitals."""
    frame, truth = planted(1500, 2)
    plan = Plan(QUEUES, sizes=(0.05, 100), replicates=100, seed=5)
    first, second = evaluate(frame, truth, plan), evaluate(frame, truth, plan)
    assert first.at_capacity.equals(second.at_capacity)
    assert first.at_capacity.select(
        (pl.col("precision_low") <= pl.col("precision")).all()
        & (pl.col("precision") <= pl.col("precision_high")).all()
    ).item()


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
    knowing = frame.with_columns(pl.col("cause").cast(pl.Float64).alias("margin"))
    queues = {"model": "margin", "rules": "margin"}
    found = evaluate(knowing, truth, Plan(queues, learned=("model",), sizes=(50,), replicates=0))
    assert [leak.queue for leak in found.leaks] == ["model"]
    assert str(found.leaks[0]).startswith("leak: 'model' reaches AUPRC 1.000")
    honest = evaluate(frame, truth, Plan(queues, learned=("model",), sizes=(50,), replicates=0))
    assert honest.leaks == ()
    easy = truth.with_columns(pl.lit(1).alias("difficulty"))
    allowed = evaluate(knowing, easy, Plan(queues, learned=("model",), sizes=(50,), replicates=0))
    assert allowed.leaks == ()


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


def test_reliability_shows_what_was_said_and_what_was_seen() -> None:
    """Null scores are left out."""
    frame = pl.DataFrame(
        {
            "subject_id": list("abcde"),
            "score": [0.2, 0.2, 0.9, 0.9, None],
            "true": [0, 1, 1, 1, 1],
        }
    )
    table, error = reliability(frame, "score", bins=2)
    assert table.select("records", "predicted", "observed").rows() == [(2, 0.2, 0.5), (2, 0.9, 1.0)]
    assert error == pytest.approx(0.2)


def test_alert_rates_say_who_is_asked_in_vain() -> None:
    """Of the first three, the second (hospital h1) is a false alarm."""
    joined = join_truth(ten(), key())
    found = alert_rates(joined, queue(joined, "model", "margin", seed=0), 3, "hospital_id")
    columns = ["hospital_id", "records", "alerts", "false_alarms"]
    assert found.select(columns).rows() == [("h0", 5, 2.0, 0.0), ("h1", 5, 1.0, 1.0)]
