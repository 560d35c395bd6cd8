"""Overviews: every rung adds up, small numbers are hidden, precision has its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.workbench_lake import case, write_whole
from workbench import life
from workbench.selectors.precision import Share, weighted

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

LADDER = (
    "",
    "?district=Near+District",
    "?district=Near+District&hospital_id=H0001",
    "?district=Near+District&hospital_id=H0001&department=Neurology",
    "?district=Near+District&hospital_id=H0001&department=Neurology&physician_id=D-1",
)
SHOWN = ("Near District", "Riverside Hospital", "Neurology", "D-1", "case-000001")


def text_of(client: Client, query: str = "") -> str:
    """An overview as text."""
    response = client.get(reverse("overview") + query)
    assert response.status_code == 200
    return response.content.decode()


def decide(number: int, outcome: str, amount: int = 0) -> None:
    """Store what was concluded about a case, as a decision does."""
    from workbench.models import CaseFile, Outcome  # noqa: PLC0415  needs the applications loaded

    case_id = f"case-{number:06}"
    file = CaseFile.objects.create(
        case_id=case_id, scenario="hospitalization", grade="yellow", amount_at_risk=1,
        night="2025-11-20", points=1, state=outcome,
    )  # fmt: skip
    Outcome.objects.create(
        outcome_id=case_id, case=file, subject_type="stay", subject_id=f"S-{case_id}",
        scenario="hospitalization", outcome=outcome, event_on="2025-10-05",
        decided_on="2025-11-21", amount_recovered=amount, selected_by="model",
    )  # fmt: skip


@pytest.mark.parametrize(("query", "shown"), list(zip(LADDER, SHOWN, strict=True)))
def test_every_rung_leads_to_the_next(auditor: Client, lake: Lake, query: str, shown: str) -> None:
    write_whole(lake, [case(number) for number in range(1, 9)])
    text = text_of(auditor, query)
    assert shown in text
    assert "<dd><b>8</b></dd>" in text


def test_fewer_than_five_are_not_told(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(number, amount_at_risk=777_700) for number in range(1, 4)])
    text = text_of(auditor)
    assert "<dd><b>&lt;5</b></dd>" in text
    assert "23,331" not in text
    assert "7,777" not in text


def test_precision_by_rule_and_detector_rests_on_decided_points(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(number) for number in range(1, 9)])
    for number in range(1, 7):
        decide(number, life.CONFIRMED if number < 4 else life.REFUTED, 100_000)
    text = text_of(auditor)
    assert text.count("50% (19–81%, n 6)") == 4  # in all, of the district, by rule, by detector
    assert "histograms (HBOS), from P99" in text


def test_precision_of_a_few_is_hidden(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in range(1, 9)])
    for number in range(1, 5):
        decide(number, life.CONFIRMED)
    assert "100%" not in text_of(auditor).replace("0 – 100%", "")


def test_a_viewer_sees_numbers_and_no_case(viewer: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in range(1, 9)])
    assert "case-000001" not in text_of(viewer, LADDER[-1])


def test_who_minds_one_district_sees_no_other(elsewhere: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in range(1, 9)])
    for query in LADDER:
        text = text_of(elsewhere, query)
        assert "Riverside" not in text
        assert "<dd><b>0</b></dd>" in text


def test_without_a_night_there_is_nothing_and_no_error(auditor: Client) -> None:
    assert "<dd><b>0</b></dd>" in text_of(auditor)


def test_only_seniors_see_the_workload(auditor: Client, senior: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    auditor.post(reverse("take", args=["case-000001"]))
    assert "In whose hands" in text_of(senior)
    assert "In whose hands" not in text_of(auditor)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 1998, table I: Wilson's interval without correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=5e-5)


def test_draws_of_unequal_probability_are_weighted() -> None:
    even = weighted([(True, 0.1), (False, 0.1), (False, 0.1), (False, 0.1)])
    assert even.value == pytest.approx(0.25)
    assert even.of == pytest.approx(4.0)
    rare = weighted([(True, 0.01), (False, 0.1)])
    assert rare.value == pytest.approx(100 / 110)
    assert rare.of < 2


def test_what_the_queue_misses_is_told_in_records(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in range(1, 11)], selected_by="random",
                selection_probability=0.01)  # fmt: skip
    for number in range(1, 11):
        decide(number, life.CONFIRMED if number > 8 else life.REFUTED)
    assert "would be confirmed if all were looked at" in text_of(auditor)


def test_what_too_few_draws_say_is_not_told(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    assert "too few that it drew are decided" in text_of(auditor)
