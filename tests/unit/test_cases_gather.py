"""Alerts become cases: one a hospital and person, or a ledger, while a case is open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cases.gather import about, assign, gather
from cases.identity import alert_id, case_id
from claims.results import ALERTS, CASES
from tests.worlds import cells

NIGHT = date(2025, 6, 2)
CASE_DAYS = 30
HOSPITALS = pl.DataFrame({"hospital_id": ["H"], "name": ["North"]})


def alerts(text: str, on: date = NIGHT) -> pl.DataFrame:
    """Alerts of a night, without their cases; amounts in yuan."""
    rows = [_alert(row, on) for row in cells(text)]
    schema = {name: kind for name, kind in ALERTS.dtypes().items() if name != "case_id"}
    return pl.DataFrame(rows, schema=schema)


def _alert(row: dict[str, str], on: date) -> dict[str, Any]:
    subject, kind = row["subject_id"].replace("/", "|"), row.get("subject_type", "stay")
    scenario = "hospitalization" if kind == "stay" else "consumables"
    amount, recovery = (int(row.get(name, "100")) * 100 for name in ("amount", "recovery"))
    told = {"text_en": f"{subject} said", "text_zh": f"{subject} 说"}
    return {
        "alert_id": alert_id(scenario, kind, subject, on),
        "run_date": on,
        "scenario": scenario,
        "subject_type": kind,
        "subject_id": subject,
        "hospital_id": row.get("hospital_id", "H"),
        "person_id": None if row.get("person_id", "P") == "-" else row.get("person_id", "P"),
        "score": None,
        "anomaly": float(row.get("anomaly", "0.5")),
        "amount_at_risk": amount,
        "expected_recovery": recovery,
        "grade": row.get("grade", "yellow"),
        "rules": [{"code": code} for code in row.get("rules", "").split()],
        "reasons": [told],
    }


def no_cases() -> pl.DataFrame:
    """Nothing was ever opened."""
    return CASES.empty()


def no_alerts() -> pl.DataFrame:
    """Nothing was ever said."""
    schema = {**ALERTS.dtypes(), "about": pl.String(), "opened_on": pl.Date()}
    return pl.DataFrame(schema=schema)


def cases(assigned: pl.DataFrame, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """The cases of the night."""
    return gather(assigned, no_alerts() if earlier is None else earlier, HOSPITALS, NIGHT)


@pytest.mark.parametrize(
    ("row", "tie"),
    [
        ("stay         | a               | H           | P         ", "hospitalization:H|P"),
        ("stay         | a               | H           | -         ", "hospitalization:a"),
        ("use          | a/STENT         | H           | P         ", "consumables:H|P"),
        ("ledger       | H/STENT/2025-05 | H           | -         ", "consumables:H|STENT"),
    ],
)
def test_what_ties_alerts_together(row: str, tie: str) -> None:
    table = f"subject_type | subject_id | hospital_id | person_id\n{row}"
    assert about(alerts(table)).to_list() == [tie]


def test_alerts_about_one_person_at_one_hospital_are_one_case() -> None:
    tonight = alerts("""
        subject_id | hospital_id | person_id
        a          | H           | P
        b          | H           | P
        c          | K           | P
        d          | H           | Q
    """)
    found = cases(assign(tonight, no_cases(), NIGHT, CASE_DAYS))
    tied = {row["about"]: len(row["alert_ids"]) for row in found.to_dicts()}
    assert tied == {
        "hospitalization:H|P": 2,
        "hospitalization:K|P": 1,
        "hospitalization:H|Q": 1,
    }
    names = dict(found.select("hospital_id", "hospital_name").unique().iter_rows())
    assert names == {"H": "North", "K": None}


@pytest.mark.parametrize(("days", "joins"), [(0, True), (29, True), (30, False), (31, False)])
def test_a_case_takes_alerts_for_its_days_and_then_a_new_one_opens(days: int, joins: bool) -> None:  # noqa: FBT001
    opened = NIGHT - timedelta(days=days)
    first = assign(alerts("subject_id\na", opened), no_cases(), opened, CASE_DAYS)
    known = gather(first, no_alerts(), HOSPITALS, opened)
    later = assign(alerts("subject_id\nb"), known, NIGHT, CASE_DAYS)
    assert (later["case_id"].item() == first["case_id"].item()) == joins
    assert later["opened_on"].item() == (opened if joins else NIGHT)


def test_a_case_of_another_person_is_not_joined() -> None:
    first = assign(alerts("subject_id\na"), no_cases(), NIGHT, CASE_DAYS)
    known = gather(first, no_alerts(), HOSPITALS, NIGHT)
    other = assign(alerts("subject_id | person_id\nb | Q"), known, NIGHT, CASE_DAYS)
    assert other["case_id"].item() != first["case_id"].item()


def test_an_amount_counts_once_a_subject_the_latest() -> None:
    yesterday = NIGHT - timedelta(days=1)
    past = assign(
        alerts("subject_id | amount | recovery\na | 500 | 50\nb | 70 | 7", yesterday),
        no_cases(),
        yesterday,
        CASE_DAYS,
    )
    known = gather(past, no_alerts(), HOSPITALS, yesterday)
    tonight = assign(
        alerts("subject_id | amount | recovery\na | 300 | 30\nc | 9 | 1"),
        known,
        NIGHT,
        CASE_DAYS,
    )
    (case,) = cases(tonight, past).to_dicts()
    assert case["amount_at_risk"] == (300 + 70 + 9) * 100
    assert case["priority"] == 30 + 7 + 1
    assert len(case["alert_ids"]) == 4
    assert case["opened_on"] == yesterday


def test_a_case_shows_the_highest_grade_and_all_rules_and_the_worthiest_reason() -> None:
    tonight = alerts("""
        subject_id | grade  | rules   | recovery | anomaly
        a          | watch  | H01     | 10       | 0.2
        b          | orange | H02 H01 | 90       | 0.9
        c          | yellow |         | 20       | 0.3
    """)
    (case,) = cases(assign(tonight, no_cases(), NIGHT, CASE_DAYS)).to_dicts()
    assert case["grade"] == "orange"
    assert case["rule_codes"] == ["H01", "H02"]
    assert case["anomaly"] == 0.9
    assert case["score"] is None
    assert (case["headline_en"], case["headline_zh"]) == ("b said", "b 说")


def test_only_cases_with_an_alert_tonight_are_written() -> None:
    yesterday = NIGHT - timedelta(days=1)
    past = assign(alerts("subject_id\na", yesterday), no_cases(), yesterday, CASE_DAYS)
    tonight = assign(alerts("subject_id | person_id\nb | Q"), no_cases(), NIGHT, CASE_DAYS)
    assert cases(tonight, past)["about"].to_list() == ["hospitalization:H|Q"]


def test_a_night_without_alerts_has_no_cases() -> None:
    nothing = assign(no_alerts().select(alerts("subject_id").columns), no_cases(), NIGHT, CASE_DAYS)
    found = cases(nothing)
    assert found.is_empty()
    assert found.columns == CASES.names


def test_ids_are_made_again_by_a_rerun_and_differ_otherwise() -> None:
    assert case_id("hospitalization", "x", NIGHT) == case_id("hospitalization", "x", NIGHT)
    ids = {
        alert_id("hospitalization", "stay", "a", NIGHT),
        alert_id("consumables", "stay", "a", NIGHT),
        alert_id("hospitalization", "use", "a", NIGHT),
        alert_id("hospitalization", "stay", "b", NIGHT),
        alert_id("hospitalization", "stay", "a", NIGHT + timedelta(days=1)),
    }
    assert len(ids) == 5


def test_the_same_night_in_another_order_makes_the_same_cases() -> None:
    tonight = alerts("subject_id | recovery\na | 5\nb | 5\nc | 5\nd | 1")
    there, back = (
        cases(assign(each, no_cases(), NIGHT, CASE_DAYS)) for each in (tonight, tonight.reverse())
    )
    assert there.equals(back)


def test_ways_of_finding_a_loss_are_never_added_to_one_another() -> None:
    tonight = alerts("subject_id | amount\na | 500\nb | 70\nc | 300").with_columns(
        loss_method=pl.Series(["line_sum", "line_sum", "excess_over_peers"])
    )
    (case,) = cases(assign(tonight, no_cases(), NIGHT, CASE_DAYS)).to_dicts()
    assert case["amount_at_risk"] == 57_000
