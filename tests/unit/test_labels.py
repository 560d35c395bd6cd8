"""Labels: what was known, what stands, and what it weighs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from claims.tables import AUDIT_OUTCOMES
from models.labels import MAX_WEIGHT, answered, labels, no_labels

JANUARY, MARCH, JUNE = date(2024, 1, 10), date(2024, 3, 10), date(2024, 6, 10)
LATER = date(2025, 1, 1)


def outcome(number: int, decided: str, on: date = JANUARY, **given: object) -> dict[str, Any]:
    """One row of ``audit_outcomes`` about the stay 'a', unless told otherwise."""
    row: dict[str, Any] = dict.fromkeys(AUDIT_OUTCOMES.names)
    row |= {
        "outcome_id": str(number),
        "subject_type": "stay",
        "subject_id": "a",
        "scenario": "hospitalization",
        "outcome": decided,
        "event_on": on - timedelta(90),
        "decided_on": on,
        "amount_recovered": 0,
        "selected_by": "rule",
        "received_on": on + timedelta(1),
    }
    return row | given


def taught(*rows: dict[str, Any], as_of: date = LATER) -> pl.DataFrame:
    """Labels of stays from these rows."""
    frame = pl.DataFrame(list(rows), schema=AUDIT_OUTCOMES.dtypes())
    return labels(frame, as_of=as_of, subject_type="stay", scenario="hospitalization")


def label_of(*rows: dict[str, Any], as_of: date = LATER) -> int | None:
    """The one label, None when the subject is dropped."""
    found = taught(*rows, as_of=as_of)["label"].to_list()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("decided", "label"),
    [("confirmed", 1), ("refuted", 0), ("overturned", 0), ("inconclusive", None)],
)
def test_a_single_decision_makes_its_label(decided: str, label: int | None) -> None:
    """Inconclusive teaches nothing."""
    assert label_of(outcome(1, decided)) == label


def test_a_decision_counts_from_the_night_it_was_received() -> None:
    """Not from the day it was taken: knowledge time is the clock that matters."""
    row = outcome(1, "confirmed", received_on=MARCH)
    assert label_of(row, as_of=MARCH - timedelta(1)) is None
    assert label_of(row, as_of=MARCH) == 1


def test_the_newest_decision_stands() -> None:
    """Whichever way it goes."""
    assert label_of(outcome(1, "confirmed"), outcome(2, "refuted", MARCH)) == 0
    assert label_of(outcome(1, "refuted"), outcome(2, "confirmed", MARCH)) == 1


@pytest.mark.parametrize(("decided", "label"), [("confirmed", 1), ("refuted", 0)])
@pytest.mark.parametrize("scheme", ["H01", None])
def test_an_inconclusive_look_undoes_nothing_but_what_it_replaces(
    decided: str, label: int, scheme: str | None
) -> None:
    """Nobody found anything out, so what was found before stands."""
    first = outcome(1, decided, scheme="H01")
    assert label_of(first, outcome(2, "inconclusive", MARCH, scheme=scheme)) == label
    assert label_of(first, outcome(2, "inconclusive", MARCH, supersedes="1")) is None


def test_a_label_says_since_when_anybody_could_learn_of_its_subject() -> None:
    """The decision that stands is newer than the one that taught first."""
    rows = outcome(1, "confirmed"), outcome(2, "overturned", MARCH, supersedes="1")
    found = taught(*rows)
    assert found["known_on"].to_list() == [MARCH + timedelta(1)]
    assert found["first_known_on"].to_list() == [JANUARY + timedelta(1)]
    looked = taught(outcome(1, "inconclusive"), outcome(2, "confirmed", MARCH))
    assert looked["first_known_on"].to_list() == [MARCH + timedelta(1)]


def test_a_past_day_still_sees_what_was_overturned_later() -> None:
    """Point in time: the replacement is not known yet."""
    rows = outcome(1, "confirmed"), outcome(2, "overturned", MARCH, supersedes="1")
    assert label_of(*rows, as_of=MARCH - timedelta(5)) == 1
    assert label_of(*rows) == 0


def test_a_replaced_decision_no_longer_counts_even_when_it_is_dated_later() -> None:
    """``supersedes`` outranks dates, which are typed by hand."""
    rows = outcome(1, "confirmed", JUNE), outcome(2, "refuted", MARCH, supersedes="1")
    assert label_of(*rows) == 0


def test_a_refutation_of_one_scheme_does_not_undo_the_confirmation_of_another() -> None:
    """It looked for something else."""
    confirmed = outcome(1, "confirmed", scheme="H01")
    elsewhere = outcome(2, "refuted", MARCH, audited_schemes="H05, H06")
    assert label_of(confirmed, elsewhere) == 1
    assert label_of(confirmed, outcome(2, "refuted", MARCH, audited_schemes="H05,H01")) == 0
    assert label_of(confirmed, outcome(2, "refuted", MARCH)) == 0


def test_another_scenario_and_another_kind_of_subject_teach_nothing_here() -> None:
    """Each ranker has its own audits."""
    assert label_of(outcome(1, "confirmed", scenario="consumables")) is None
    assert label_of(outcome(1, "confirmed", subject_type="person")) is None


@pytest.mark.parametrize(
    ("selected_by", "probability", "weight"),
    [
        ("random", 0.25, 4.0),
        ("random", 0.001, MAX_WEIGHT),
        ("random", None, 1.0),
        ("random", 0.0, 1.0),
        ("rule", 0.25, 1.0),
        ("model", None, 1.0),
    ],
)
def test_only_random_draws_carry_a_bounded_weight(
    selected_by: str, probability: float | None, weight: float
) -> None:
    """The chance that a rule or a tip selects a record is unknown, whatever is written."""
    row = outcome(1, "refuted", selected_by=selected_by, selection_probability=probability)
    assert taught(row)["weight"].to_list() == [weight]


def test_a_label_says_where_it_comes_from() -> None:
    """One row a subject, in the declared columns."""
    found = taught(outcome(1, "confirmed", scheme="H01"), outcome(2, "refuted", subject_id="b"))
    assert found.select("subject_id", "scheme", "decided_on", "selected_by").rows() == [
        ("a", "H01", JANUARY, "rule"),
        ("b", None, JANUARY, "rule"),
    ]
    assert found.schema == no_labels().schema


def test_a_city_without_audits_has_no_labels() -> None:
    """An empty table is the usual first night."""
    assert taught().equals(no_labels())


def left(*rows: dict[str, Any], speaking: str) -> int:
    """How many labels are left of the stay 'a', of which one rule speaks."""
    hits = {name: [float(name == speaking)] for name in ("rule_H01", "rule_H02E", "rule_H05")}
    measured = pl.DataFrame({"subject_id": ["a"], **hits})
    return answered(taught(*rows), measured, tuple(hits)).height


def test_refuted_for_one_scheme_is_no_negative_where_a_rule_speaks_of_another() -> None:
    """Nobody looked for what is suspected."""
    narrow = outcome(1, "refuted", audited_schemes="H02, H05")
    assert left(narrow, speaking="rule_H01") == 0
    assert left(narrow, speaking="rule_H02E") == 1
    assert left(narrow, speaking="none") == 1
    assert left(outcome(1, "refuted"), speaking="rule_H01") == 1
    assert left(outcome(1, "confirmed", scheme="H05"), speaking="rule_H01") == 1


def test_whoever_looked_into_a_rule_has_looked_for_its_scheme() -> None:
    """The desk writes the codes of rules; H02E is a rule about H02."""
    assert left(outcome(1, "refuted", audited_schemes="H02E"), speaking="rule_H02E") == 1
    confirmed = outcome(1, "confirmed", scheme="H02")
    assert label_of(confirmed, outcome(2, "refuted", MARCH, audited_schemes="H02E")) == 0


def test_what_the_lot_drew_keeps_its_chance_whatever_led_to_the_last_decision() -> None:
    drawn = outcome(1, "refuted", selected_by="random", selection_probability=0.1)
    tip = outcome(2, "confirmed", MARCH, scheme="H01", selected_by="tip", supersedes="1")
    (row,) = taught(drawn, tip).to_dicts()
    assert (row["label"], row["selected_by"], row["chance"], row["weight"]) == (
        1,
        "random",
        0.1,
        10.0,
    )


def test_several_narrow_refutations_answer_together() -> None:
    both = [
        outcome(1, "refuted", audited_schemes="H05"),
        outcome(2, "refuted", MARCH, audited_schemes="H01"),
    ]
    assert left(*both[:1], speaking="rule_H01") == 0
    assert left(*both, speaking="rule_H01") == 1
    whole = outcome(2, "refuted", MARCH)
    assert left(both[0], whole, speaking="rule_H01") == 1
