"""Deciding: who may conclude what, when two must agree, and what is written about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.workbench_lake import NIGHT, case, write_whole
from workbench import life

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django.fixtures import Settings as DjangoSettings

    from claims.lake import Lake
    from workbench.models import CaseFile

pytest_plugins = ("tests.workbench_fixtures",)

CASE = "case-000001"
FOUND, CONFLICT = 302, 409
REASONS = {
    life.CONFIRMED: "quantity_differs",
    life.REFUTED: "explained_by_record",
    life.INCONCLUSIVE: "record_missing",
    life.ON_SITE: "stock_count_needed",
}


def post(client: Client, page: str, **given: Any) -> Answer:
    """Send a form about the case."""
    return client.post(reverse(page, args=[CASE]), given)


def conclude(
    client: Client, outcome: str = life.CONFIRMED, page: str = "conclude", **given: Any
) -> Answer:
    """Take the case and conclude."""
    if page == "conclude":
        assert post(client, "take").status_code == FOUND
    told = {"outcome": outcome, "reason": REASONS.get(outcome, "data_fault"), "note": "looked at the record",
            "points": ["alert-1"]}  # fmt: skip
    if outcome == life.CONFIRMED:
        told |= {"scheme": "H02", "amount": "1000.50"}
    return post(client, page, **told | given)


def file_of() -> CaseFile:
    """The case as it is stored."""
    from workbench.models import CaseFile  # noqa: PLC0415  needs the applications loaded

    return CaseFile.objects.get(pk=CASE)


def outcomes() -> list[dict[str, Any]]:
    """The outcomes that wait to be handed over."""
    from workbench.models import Outcome  # noqa: PLC0415  needs the applications loaded

    return [dict(row) for row in Outcome.objects.order_by("decided_on", "outcome_id").values()]


@pytest.fixture
def small(lake: Lake) -> None:
    """A case that one person may decide."""
    write_whole(lake, [case(1, grade="yellow", amount_at_risk=100_000)])


@pytest.fixture
def red(lake: Lake) -> None:
    """A case that needs two."""
    write_whole(lake, [case(1, grade="red", amount_at_risk=100_000)])


@pytest.mark.parametrize("outcome", [life.CONFIRMED, life.REFUTED, life.INCONCLUSIVE, life.ON_SITE])
def test_one_person_decides_a_small_case(auditor: Client, small: None, outcome: str) -> None:
    assert conclude(auditor, outcome).status_code == FOUND
    file = file_of()
    assert file.state == outcome
    assert file.owner is None
    (opinion,) = file.opinions.all()
    assert (opinion.outcome, opinion.reason, opinion.note) == (
        outcome,
        REASONS[outcome],
        "looked at the record",
    )
    assert opinion.amount == (100_050 if outcome == life.CONFIRMED else 0)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"note": ""}, "This field is required."),
        ({"note": "ok"}, "at least 5 characters"),
        ({"reason": ""}, "This field is required."),
        ({"reason": "explained_by_record"}, "belongs to another conclusion"),
        ({"scheme": ""}, "Say what kind of problem"),
        ({"scheme": "C02"}, "not one of the available choices"),
        ({"amount": ""}, "Say the amount"),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"points": []}, "This field is required."),
        ({"points": ["alert-of-another"]}, "not one of the available choices"),
        ({"outcome": "guilty"}, "not one of the available choices"),
    ],
)
def test_a_form_with_a_gap_records_nothing_and_says_what_is_missing(
    auditor: Client, small: None, given: dict[str, Any], complaint: str
) -> None:
    response = conclude(auditor, **given)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert file_of().state == life.IN_REVIEW
    assert outcomes() == []


def test_nobody_decides_what_is_not_in_his_hands(
    auditor: Client, second: Client, small: None
) -> None:
    post(second, "take")
    told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "looked", "points": "alert-1"}
    assert post(auditor, "conclude", **told).status_code == CONFLICT
    assert post(auditor, "take").status_code == CONFLICT
    assert file_of().state == life.IN_REVIEW


@pytest.mark.parametrize(
    "given",
    [{"grade": "red"}, {"amount_at_risk": 2_000_000}, {"grade": "orange", "claim": "20000"}],
)
def test_red_cases_and_large_amounts_need_a_second_opinion(
    auditor: Client, lake: Lake, given: dict[str, Any]
) -> None:
    amount = given.pop("claim", "10")
    write_whole(lake, [case(1, **{"amount_at_risk": 100_000} | given)])
    conclude(auditor, amount=amount)
    assert file_of().state == life.AWAITS_SECOND
    assert outcomes() == []


def test_the_second_opinion_is_somebody_elses_and_blind(
    auditor: Client, second: Client, red: None
) -> None:
    conclude(auditor, note="the first one saw two gaps")
    assert post(auditor, "take").status_code == CONFLICT
    post(second, "take")
    address = reverse("dossier", args=[CASE])
    text = second.get(address).content.decode()
    assert "the first one saw two gaps" not in text
    assert "stays hidden until you have given yours" in text
    assert "the first one saw two gaps" in auditor.get(address).content.decode()
    told = {"outcome": life.CONFIRMED, "reason": "care_not_shown", "note": "the same",
            "scheme": "H02", "amount": "1000.50", "points": "alert-1"}  # fmt: skip
    assert post(second, "conclude", **told).status_code == FOUND
    assert file_of().state == life.CONFIRMED
    assert "the first one saw two gaps" in second.get(address).content.decode()


@pytest.mark.parametrize(
    "given",
    [{"outcome": life.REFUTED}, {"amount": "999"}, {"scheme": "H03"}],
)
def test_two_that_differ_leave_it_to_a_senior_who_gave_neither(
    auditor: Client, second: Client, senior: Client, red: None, given: dict[str, Any]
) -> None:
    conclude(auditor)
    conclude(second, **given)
    assert file_of().state == life.CONFLICTED
    assert outcomes() == []
    assert conclude(auditor, page="settle").status_code == 403
    assert conclude(senior, page="settle").status_code == FOUND
    assert file_of().state == life.CONFIRMED
    assert [one.turn for one in file_of().opinions.all()] == [1, 2, 3]
    assert len(outcomes()) == 1


def test_a_senior_who_gave_one_of_the_opinions_does_not_settle(
    auditor: Client, senior: Client, red: None
) -> None:
    conclude(auditor)
    conclude(senior, life.REFUTED)
    assert conclude(senior, page="settle").status_code == CONFLICT


def test_what_was_seen_is_kept_with_the_opinion(auditor: Client, small: None) -> None:
    auditor.post(reverse("facts-only"))
    auditor.get(reverse("dossier", args=[CASE]))
    conclude(auditor, life.REFUTED)
    assert file_of().opinions.get().saw_score is False


def test_a_case_taken_goes_back_when_its_time_is_out(
    auditor: Client, second: Client, small: None
) -> None:
    from django.utils import timezone  # noqa: PLC0415  needs Django configured

    from workbench.models import CaseFile, TrailEntry  # noqa: PLC0415

    post(auditor, "take")
    CaseFile.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert conclude(second, life.REFUTED).status_code == FOUND
    assert TrailEntry.objects.filter(event="case.timed_out").count() == 1
    assert file_of().opinions.get().author.username == "auditor-b"


def test_a_late_opinion_is_refused(auditor: Client, small: None) -> None:
    from django.utils import timezone  # noqa: PLC0415  needs Django configured

    from workbench.models import CaseFile  # noqa: PLC0415

    post(auditor, "take")
    CaseFile.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "looked", "points": "alert-1"}
    assert post(auditor, "conclude", **told).status_code == CONFLICT


def test_a_reopened_case_is_decided_anew_and_replaces_its_outcome(
    auditor: Client, senior: Client, small: None
) -> None:
    conclude(auditor)
    (first,) = outcomes()
    assert post(senior, "reopen", why="").status_code == FOUND
    assert file_of().state == life.CONFIRMED
    post(senior, "reopen", why="a new record came")
    assert (file_of().state, file_of().round) == (life.NEW, 2)
    conclude(auditor, life.REFUTED)
    assert [row["supersedes"] for row in outcomes()] == ["", first["outcome_id"]]


def test_an_appeal_is_due_in_working_days_and_takes_the_outcome_back(
    auditor: Client, senior: Client, small: None
) -> None:
    conclude(auditor)
    post(senior, "appeal", filed_on="2025-09-29", grounds="the nurse's sheet was left out")
    (appeal,) = file_of().appeals.all()
    # 30 September; then the National Day holidays to 8 October, and Saturday 11 is worked: 30, 9 to 11, 13 to 17, 20.
    assert appeal.due_on == date(2025, 10, 20)
    post(senior, "answer", outcome=life.OVERTURNED, words="the sheet shows the care")
    assert file_of().state == life.OVERTURNED
    first, last = outcomes()
    assert (last["outcome"], last["supersedes"]) == (life.OVERTURNED, first["outcome_id"])
    assert last["amount_recovered"] == 0


def test_an_upheld_appeal_leaves_the_outcome(auditor: Client, senior: Client, small: None) -> None:
    conclude(auditor)
    post(senior, "appeal", filed_on="2025-11-20", grounds="we disagree")
    post(senior, "answer", outcome=life.UPHELD, words="nothing new was shown")
    assert file_of().state == life.UPHELD
    assert len(outcomes()) == 1


def test_an_outcome_says_what_the_contract_asks(auditor: Client, small: None) -> None:
    conclude(auditor)
    (row,) = outcomes()
    assert row["subject_type"] == "stay"
    assert row["subject_id"] == f"S-{CASE}"
    assert (row["scheme"], row["outcome"], row["amount_recovered"]) == ("H02", "confirmed", 100_050)
    assert row["event_on"] == date(2025, 10, 5)
    assert row["selected_by"] == "model"


def test_what_was_refuted_names_what_was_looked_for(auditor: Client, small: None) -> None:
    conclude(auditor, life.REFUTED)
    (row,) = outcomes()
    assert (row["scheme"], row["audited_schemes"]) == ("", "H01")


def test_a_closed_case_that_grows_stays_closed_and_says_so(
    auditor: Client, small: None, lake: Lake
) -> None:
    conclude(auditor, life.REFUTED)
    night = NIGHT + timedelta(days=1)
    grown = case(1, run_date=night, opened_on=NIGHT, alert_ids=["alert-1", "alert-2"])
    write_whole(lake, [grown], night, subject_id="S-new")
    text = auditor.get(reverse("dossier", args=[CASE])).content.decode()
    assert "1 doubtful point came after this case was closed" in text
    assert file_of().state == life.REFUTED
    assert CASE not in auditor.get(reverse("queue")).content.decode()
    assert CASE in auditor.get(reverse("queue") + "?state=refuted").content.decode()


def test_a_closed_case_is_still_there_when_it_has_left_the_queue(
    auditor: Client, lake: Lake, small: None
) -> None:
    conclude(auditor, life.REFUTED)
    night = NIGHT + timedelta(days=60)
    write_whole(lake, [case(2, run_date=night)], night)
    assert auditor.get(reverse("dossier", args=[CASE])).status_code == 200


def test_linked_cases_are_decided_together_and_one_held_by_another_is_left_alone(
    auditor: Client, second: Client, lake: Lake
) -> None:
    from workbench.models import CaseFile  # noqa: PLC0415  needs the applications loaded

    same = {"person_id": "0123456789", "amount_at_risk": 1000}
    write_whole(lake, [case(number, **same) for number in (1, 2, 3)])
    second.post(reverse("take", args=["case-000002"]))
    told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "one cause for all",
            "cases": [f"case-00000{number}" for number in (1, 2, 3)]}  # fmt: skip
    answer = auditor.post(reverse("bulk", args=[CASE]), told, follow=True).content.decode()
    assert "case-000002: Somebody else is working on this case." in answer
    states = dict(CaseFile.objects.values_list("case_id", "state"))
    assert states == {"case-000001": life.REFUTED, "case-000002": life.IN_REVIEW,
                      "case-000003": life.REFUTED}  # fmt: skip
    assert {row["case_id"] for row in outcomes()} == {"case-000001", "case-000003"}


def test_a_decision_and_its_trail_are_written_together_or_not_at_all(
    auditor: Client, small: None, monkeypatch: pytest.MonkeyPatch, settings: DjangoSettings
) -> None:
    from workbench.models import Opinion, TrailEntry  # noqa: PLC0415
    from workbench.services import moves  # noqa: PLC0415  needs the applications loaded

    def power_cut(_event: object) -> None:
        raise OSError("the power is gone")

    post(auditor, "take")
    before = TrailEntry.objects.count()
    with monkeypatch.context() as broken:
        broken.setattr(moves, "append", power_cut)
        told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "looked",
                "points": "alert-1"}  # fmt: skip
        with pytest.raises(OSError, match="power"):
            post(auditor, "conclude", **told)
    assert file_of().state == life.IN_REVIEW
    assert Opinion.objects.count() == 0
    assert outcomes() == []
    assert TrailEntry.objects.count() == before
