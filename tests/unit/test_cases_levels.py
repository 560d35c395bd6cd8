"""Persons, houses and groups are scored without a model: by rules, ordered by distance."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cases.gather import about
from cases.judged import Judged
from cases.levels import prior_scores, sums, top, weigh_levels
from cases.tags import tags
from claims.results import STANDARDS
from features.catalogue import CATALOGUES
from rules.catalogue import rules_of
from rules.judge import judge
from tests.worlds import measured_table, world

NIGHT = date(2025, 6, 11)
PERSONS = CATALOGUES["person"]
ROWS = """
    subject_id | hospital_id | person_id | stays_in_year | stays_in_quarter | unexplained_in_year | unexplained_in_quarter | hospitals_in_quarter | days_in_year | unexplained_amount | person_year_amount
    often      | H           | often     | 8             | 3                | 8                   | 3                      | 1                    | 60           | 40,000             | 44,000
    once       | H           | once      | 1             | 1                | 1                   | 1                      | 1                    | 5            | 5,000              | 5,000
    far        | H           | far       | 5             | 3                | 5                   | 3                      | 2                    | 170          | 90,000             | 90,000
"""


def persons(**distances: list[float | None]) -> Judged:
    """Three judged persons, with these distances from their peers."""
    columns = [pl.Series(f"{name}_vs_peers", away, pl.Float64) for name, away in distances.items()]
    frame = measured_table("person", ROWS).with_columns(
        *columns, standard_version=pl.lit("2025-06-01")
    )
    judged = Judged(
        catalogue=PERSONS,
        measured=frame,
        scores=prior_scores(frame, PERSONS),
        hits=judge(frame, rules_of("person")),
        standards=STANDARDS.empty(),
        top=lambda rows: top(judged, rows),
        run_date=NIGHT,
        model_version=None,
        benchmark_version="2025-06-01",
        data_version="x",
    )
    return judged


def by_subject(frame: pl.DataFrame, column: str) -> dict[str, object]:
    """One column by subject."""
    return dict(frame.select("subject_id", column).iter_rows())


def test_the_three_farthest_distances_make_the_anomaly() -> None:
    judged = persons(
        stays_in_year=[6.0, 0.0, 9.0],
        stays_in_quarter=[3.0, -1.0, 6.0],
        days_in_year=[3.0, -2.0, 6.0],
        unexplained_in_year=[0.0, -3.0, 1.0],
    )
    scores = judged.scores
    assert by_subject(scores, "margin") == pytest.approx({"often": 4, "once": 0, "far": 7})
    anomaly = by_subject(scores, "anomaly")
    assert anomaly == pytest.approx({"often": 16 / 17, "once": 0, "far": 49 / 50})
    assert set(scores["score_kind"]) == {"prior"}
    assert scores["score"].null_count() == scores.height


def test_what_adds_up_to_the_margin_are_the_three_farthest_by_family() -> None:
    """Each a third of its distance; of who lies nearer than the median nothing is left."""
    judged = persons(
        stays_in_year=[6.0, 0.0, 9.0],
        stays_in_quarter=[3.0, -1.0, 6.0],
        days_in_year=[3.0, -2.0, 6.0],
        unexplained_in_year=[0.0, -3.0, 1.0],
    )
    told = sums(PERSONS, judged.measured)
    margins = by_subject(judged.scores, "margin")
    for subject, (only,) in told.items():
        added = only["base"] + sum(one["adds"] for one in only["families"])
        assert added == pytest.approx(margins[subject], abs=1e-6)
    (far,) = told["far"]
    assert far["source"] == "distance"
    expected: dict[str, float] = {}
    for name, adds in (("stays_in_year", 3.0), ("stays_in_quarter", 2.0), ("days_in_year", 2.0)):
        expected[PERSONS[name].family] = expected.get(PERSONS[name].family, 0.0) + adds
    assert {one["family"]: one["adds"] for one in far["families"]} == pytest.approx(expected)
    assert told["once"][0]["families"] == []


def test_one_known_distance_is_the_whole_margin_and_none_is_nothing() -> None:
    one = persons(stays_in_year=[6.0, None, -2.0])
    told = sums(PERSONS, one.measured)
    assert [part["adds"] for part in told["often"][0]["families"]] == [6.0]
    assert told["once"][0]["families"] == told["far"][0]["families"] == []
    assert all(parts[0]["families"] == [] for parts in sums(PERSONS, persons().measured).values())


def test_a_low_value_counts_where_low_is_suspicious_and_neither_side_where_none_is() -> None:
    judged = persons(shortest_gap=[-5.0, 5.0, 0.0], departments_in_year=[9.0, 9.0, 9.0])
    assert by_subject(judged.scores, "margin") == pytest.approx({"often": 5, "once": 0, "far": 0})


def test_without_standards_nobody_is_far_from_anybody() -> None:
    assert set(persons().scores["anomaly"]) == {0.0}


def test_a_subject_scores_the_same_alone() -> None:
    frame = persons(stays_in_year=[6.0, 0.0, 9.0]).measured
    alone = [prior_scores(frame[row], PERSONS) for row in range(frame.height)]
    assert pl.concat(alone).equals(prior_scores(frame, PERSONS))


def test_only_a_rule_brings_somebody_into_the_queue() -> None:
    weighed = weigh_levels(persons(stays_in_year=[6.0, 0.0, 20.0]))
    assert by_subject(weighed, "rule_codes") == {"often": ["H09P"], "once": [], "far": []}
    assert by_subject(weighed, "plausibility") == {"often": 0.25, "once": 0.0, "far": 0.0}
    assert by_subject(weighed, "amount_at_risk") == {"often": 4_000_000, "once": 0, "far": 0}
    assert by_subject(weighed, "expected_recovery") == {"often": 1_000_000, "once": 0, "far": 0}


def test_its_reasons_begin_with_what_the_rule_shows() -> None:
    judged = persons(person_year_amount=[19.0, 0.0, 0.0], stays_in_year=[2.0, 0.0, 0.0])
    told = judged.top(judged.measured).filter(subject_id="often")
    features = told["feature"].to_list()
    assert features[0] == "stays_in_year"
    assert features[-1] == "person_year_amount"
    assert told["rank"].to_list() == list(range(1, told.height + 1))
    assert judged.top(judged.measured).filter(subject_id="once").is_empty()


def test_its_labels_carry_the_letter_of_its_level() -> None:
    judged = persons()
    told = tags(judged, judged.measured, world())
    assert told["tag"].to_list() == ["P.rule.H09P"]
    assert set(told["subject_type"]) == {"person"}


def test_a_person_is_a_case_of_its_own_beside_those_of_the_stays() -> None:
    alerts = pl.DataFrame(
        {
            "scenario": ["hospitalization"] * 3,
            "subject_type": ["person", "stay", "hospital"],
            "subject_id": ["P", "s1", "H"],
            "hospital_id": ["H"] * 3,
            "person_id": ["P", "P", None],
        }
    )
    assert about(alerts).to_list() == [
        "hospitalization:P",
        "hospitalization:H|P",
        "hospitalization:H",
    ]
