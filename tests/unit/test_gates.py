"""Every gate fails what it is there for, lets noise pass, and is on the card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from models.card import LIMITS, PRIOR_LIMITS, Story, as_json, as_markdown, card
from models.cost import Cost, commonest
from models.fairness import Parity, parities
from models.gates import FAILED, GATES, NOT_ASKED, PASSED, Evidence, asked, failed
from models.growth import USUAL
from models.later import NOTHING, OVER_PRIOR, Figure
from models.preparing import prepare
from models.train import bundled, grow
from models.tuning import Tuned
from tests.audited import recipe, usual_set

ROOT = Path(__file__).parents[2]
CHEAP = Cost(depth=5, leaves=15, seconds=1.0)
APART = {"iforest": 0.01, "hbos": 0.1, "knn": 0.01, "anomaly": 0.01}


def told(evidence: Evidence) -> dict[str, str]:
    """State by gate."""
    return {one.gate: one.state for one in asked(evidence)}


def parity(low: float, high: float) -> Parity:
    """A group with twice and a half the false alarms of others."""
    return Parity("scheme", "resident", 60, 20, 0.33, 2.5, low, high)


def error(value: float, low: float) -> dict[str, Figure]:
    """A calibration error with the lower end of its interval."""
    return {"later_calibration_error": Figure("later_calibration_error", value, low, 0.4, 90)}


def ranked(
    auprc: float, auc: float, rate: float = 0.4, records: int = 200, wide: float = 0.01
) -> dict[str, Figure]:
    """How later audits were ranked, each figure with an interval so wide to either side."""
    found = {"later_auprc": auprc, "later_auc": auc, "later_rate": rate}
    return {
        name: Figure(name, value, value - wide, value + wide, records)
        for name, value in found.items()
    }


def taught(value: float, high: float) -> dict[str, Figure]:
    """How far a ranker is ahead of rules and detectors alone."""
    return {OVER_PRIOR: Figure(OVER_PRIOR, value, value - 0.1, high, 90)}


def ahead(value: float, low: float, high: float, records: int = 90) -> Figure:
    """Difference to the champion."""
    return Figure("later_auprc_difference", value, low, high, records)


@pytest.mark.parametrize(
    ("gate", "evidence", "state"),
    [
        ("not worse than the champion", Evidence(CHEAP, APART), NOT_ASKED),
        ("not worse than the champion", Evidence(CHEAP, APART, difference=ahead(0, 0, 0, 0)), NOT_ASKED),
        ("not worse than the champion", Evidence(CHEAP, APART, difference=ahead(-0.05, -0.1, 0.02)), PASSED),
        ("not worse than the champion", Evidence(CHEAP, APART, difference=ahead(-0.2, -0.3, -0.1)), FAILED),
        ("not worse than without audits", Evidence(CHEAP, APART), NOT_ASKED),
        ("not worse than without audits", Evidence(CHEAP, APART, taught(-0.01, 0.02)), PASSED),
        ("not worse than without audits", Evidence(CHEAP, APART, taught(-0.1, -0.02)), FAILED),
        ("not worse than without audits", Evidence(CHEAP, APART, taught(0.1, float("nan"))), NOT_ASKED),
        ("calibration", Evidence(CHEAP, APART), NOT_ASKED),
        ("calibration", Evidence(CHEAP, APART, error(0.05, 0.02)), PASSED),
        ("calibration", Evidence(CHEAP, APART, error(0.15, 0.06)), PASSED),
        ("calibration", Evidence(CHEAP, APART, error(0.25, 0.2)), FAILED),
        ("calibration", Evidence(CHEAP, APART, error(0.25, float("nan"))), NOT_ASKED),
        ("no leak", Evidence(CHEAP, APART), NOT_ASKED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.995, 0.995)), FAILED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.985, 0.995)), PASSED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.995, 0.95, rate=0.8)), PASSED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.995, 0.995, rate=0.1)), NOT_ASKED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.995, 0.995, wide=float("nan"))), NOT_ASKED),
        ("no leak", Evidence(CHEAP, APART, ranked(0.995, 0.995), ranked=False), NOT_ASKED),
        ("fairness", Evidence(CHEAP, APART), NOT_ASKED),
        ("fairness", Evidence(CHEAP, APART, parities=[parity(0.8, 6.0)]), PASSED),
        ("fairness", Evidence(CHEAP, APART, parities=[parity(0.8, 6.0), parity(2.2, 3.0)]), FAILED),
        ("depth", Evidence(Cost(9, 15, 1.0), APART), FAILED),
        ("leaves", Evidence(Cost(5, 63, 1.0), APART), FAILED),
        ("seconds to explain", Evidence(Cost(5, 15, 400.0), APART), FAILED),
        ("detectors tell records apart", Evidence(CHEAP, APART), PASSED),
        ("detectors tell records apart", Evidence(CHEAP, APART | {"hbos": 0.9}), FAILED),
    ],
)  # fmt: skip
def test_a_gate_answers(gate: str, evidence: Evidence, state: str) -> None:
    assert told(evidence)[gate] == state


def test_a_calibration_that_passes_above_the_limit_says_why() -> None:
    (doubtful,) = [one for one in asked(Evidence(CHEAP, APART, error(0.15, 0.06)))
                   if one.gate == "calibration"]  # fmt: skip
    assert doubtful.says.endswith(
        "0.150 (0.060 to 0.400) on 90 later audits: not surely above 0.1."
    )


def test_every_gate_is_in_the_table_of_the_documentation() -> None:
    page = (ROOT / "docs/how-a-model-is-trained.md").read_text(encoding="utf-8")
    assert [gate.name for gate in GATES if f"| {gate.name} | {gate.limit:g} |" not in page] == []


def test_every_gate_has_a_reason_and_a_name_of_its_own() -> None:
    assert len({gate.name for gate in GATES}) == len(GATES)
    assert all(gate.reason.endswith(".") for gate in GATES)


def refuted(alarmed: dict[str, int], each: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many refuted records a scheme, of which so many are alarmed, in ten hospitals."""
    rows = [
        (f"{scheme}{number}", f"h{number % 10}", float(number < alarms), scheme)
        for scheme, alarms in alarmed.items()
        for number in range(each)
    ]
    frame = pl.DataFrame(
        rows, schema=["subject_id", "hospital_id", "margin", "scheme"], orient="row"
    )
    return frame.drop("scheme"), frame.select("subject_id", "scheme")


def test_a_group_that_bears_most_false_alarms_is_found() -> None:
    found = parities(*refuted({"employee": 5, "resident": 80}, 200), bar=0.5, seed=1)
    worst = max(found, key=lambda one: one.low)
    assert (worst.group, worst.alarms, worst.refuted) == ("resident", 80, 200)
    assert worst.low > 2


def test_equal_groups_differ_by_chance_alone() -> None:
    found = parities(*refuted({"employee": 20, "resident": 24}, 100), bar=0.5, seed=1)
    assert len(found) == 2
    assert all(one.low <= 2 for one in found)


def test_a_handful_of_refuted_records_accuses_nobody() -> None:
    assert parities(*refuted({"employee": 0, "resident": 20}, 20), bar=0.5, seed=1) == []


def test_a_detector_that_gives_one_score_is_seen() -> None:
    scores = pl.DataFrame(
        {"iforest": [0.5, 0.6], "hbos": [0.5, 0.5], "knn": [0.1, 0.2], "anomaly": [0.1, 0.3]}
    )
    assert commonest(scores) == {"iforest": 0.5, "hbos": 1.0, "knn": 0.5, "anomaly": 0.5}


def test_the_card_says_what_failed_in_json_and_in_words() -> None:
    training = usual_set()
    prepared = prepare(training.measured, training.labels, recipe(training))
    verdicts = asked(Evidence(Cost(9, 15, 1.0), APART, error(0.05, 0.01)))
    story = Story(
        training=training,
        bundle=bundled(prepared, grow(prepared)),
        tuned=Tuned(USUAL, 0, "Not tuned: switched off."),
        seed=7,
        data_version="abc",
        tables={"stays": 3},
        verdicts=verdicts,
        figures=[
            Figure("later_auprc", 0.61, 0.5, 0.7, 90),
            Figure("later_calibration_error", 0.03, 0.0, 0.058, 90),
            Figure("later_precision_at_10", 1.0, 0.8, 1.0, 90),
        ],
        champion="3-cafe",
        cut="2024-09-01",
        parities=[parity(0.8, 6.0)],
    )
    record = card(story)
    assert json.loads(as_json(record)) == record
    assert record["gates_failed"] == ["depth"] == [one.gate for one in failed(verdicts)]
    without = replace(story, bundle=replace(story.bundle, ranker=None), champion=None)
    told_of_prior = card(without)
    prior = as_markdown(told_of_prior)
    assert "learning rate" not in prior
    assert told_of_prior["limits"] == list(PRIOR_LIMITS)
    assert "No audit taught it" in prior
    assert "None: there are too few audits of one outcome to teach a ranker." in prior
    assert not any(line in prior for line in LIMITS[:2])
    assert "Nobody was in office to be compared with." in prior
    assert "## Pictures" not in prior
    assert record["data"]["labels_selected_by"] == {"rule": 900}
    page = as_markdown(record, ["reliability.svg"])
    for said in (
        "| later calibration error, each audit weighted as it taught | 0.030 | 0.000 to 0.058 | 90 |",
        "| calibration error, each audit counted once | 0.",
        "In office was 3-cafe; too few later audits to compare it with.",
        "| later AUPRC | 0.610 | 0.500 to 0.700 | 90 |",
        "| later precision at 10% | 1.000 | 0.800 to 1.000 | 90 |",
        "| share of the held-out audits that was confirmed | 0.",
        "| refutations that left open what a rule suspects, and are no label | 0 |",
        "| records | 3,000 |",
        "| labels | 900 |",
        "Audits taught it",
        "![reliability](reliability.svg)",
        "| learning rate | 0.",
        "| tuned trials | 0 |",
        "| depth | failed |",
        "0.500 to 0.700",
        "| stays 3 |",
        "labels chosen by rule",
        "scheme resident",
    ):
        assert said in page
    assert record["limits"] == list(LIMITS)
    for difference, says in (
        (Figure("later_auprc_difference", 0.1, 0.0, 0.2, 90), COMPARED),
        (NOTHING, "In office was 3-cafe; too few"),
    ):
        assert says in as_markdown(card(replace(story, compared=difference)))
    unparted = replace(story, cut=None, figures=())
    assert "In office was 3-cafe; too few" in as_markdown(card(unparted))


COMPARED = "It is compared with the model in office, 3-cafe."
