"""A night that is published anew: open cases follow it, decisions stay, closed cases stay closed.

Every night here is written and published through the lake, as the nightly run does it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.workbench_lake import NIGHT, YESTERDAY, case, write_whole
from workbench import life

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from claims.lake import Lake
    from workbench.models import CaseFile

pytest_plugins = ("tests.workbench_fixtures",)

CASE, OTHER = "case-000001", "case-000002"
TOMORROW = NIGHT + timedelta(days=1)
FOUND, OK, CONFLICT, NOT_FOUND = 302, 200, 409, 404
SMALL = {"grade": "yellow", "amount_at_risk": 100_000}
RED = {"grade": "red", "amount_at_risk": 100_000}


def post(client: Client, page: str, **given: Any) -> Answer:
    """Send a form about the case."""
    return client.post(reverse(page, args=[CASE]), given)


def text_of(client: Client, page: str = "dossier") -> str:
    """A page as text: the dossier of the case, or the queue."""
    address = reverse(page, args=[CASE] if page == "dossier" else [])
    response = client.get(address)
    assert response.status_code == OK
    return response.content.decode()


def conclude(client: Client, points: str = "alert-1", **given: Any) -> Answer:
    """Confirm the case, which is in the person's hands."""
    told = {"outcome": life.CONFIRMED, "reason": "care_not_shown", "note": "no sheet for it",
            "scheme": "H02", "amount": "10", "points": points}  # fmt: skip
    return post(client, "conclude", **told | given)


def file_of() -> CaseFile:
    """The case as it is stored."""
    from workbench.models import CaseFile  # noqa: PLC0415  needs the applications loaded

    return CaseFile.objects.get(pk=CASE)


def without_the_case(lake: Lake) -> None:
    """Publish the night anew: the alert of the case was withdrawn."""
    write_whole(lake, [case(2)])


def test_a_case_nobody_began_goes_with_its_alert(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1), case(2)])
    without_the_case(lake)
    assert auditor.get(reverse("dossier", args=[CASE])).status_code == NOT_FOUND
    assert CASE not in text_of(auditor, "queue")


def test_a_case_in_hand_stays_there_when_its_alert_is_withdrawn(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL), case(2)])
    post(auditor, "take")
    without_the_case(lake)
    assert CASE in text_of(auditor, "queue")
    assert "published anew and tells of this case no more" in text_of(auditor)
    assert conclude(auditor).status_code == FOUND
    assert file_of().state == life.CONFIRMED
    assert "no sheet for it" in text_of(auditor)
    assert CASE not in text_of(auditor, "queue")


def test_a_case_that_awaits_a_second_opinion_is_still_handed_out(
    auditor: Client, second: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **RED), case(2)])
    post(auditor, "take")
    conclude(auditor)
    without_the_case(lake)
    answer = second.post(reverse("take-next"), {"query": "state=awaits_second"})
    assert answer.headers["Location"] == reverse("dossier", args=[CASE])


def test_a_decision_stays_when_the_alert_of_its_case_is_withdrawn(
    auditor: Client, senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL), case(2)])
    post(auditor, "take")
    conclude(auditor)
    without_the_case(lake)
    text = text_of(senior)
    assert "no sheet for it" in text
    assert "what people did with the case is kept" in text
    filed = file_of().night.isoformat()
    assert (
        post(senior, "appeal", filed_on=filed, grounds="the sheet was found").status_code == FOUND
    )
    assert file_of().state == life.APPEALED


@pytest.mark.parametrize("state", ["in hand", "decided"])
def test_a_case_that_grew_in_a_night_taken_back_is_read_in_the_one_before(
    auditor: Client, lake: Lake, state: str
) -> None:
    write_whole(lake, [case(1, **SMALL, run_date=YESTERDAY)], YESTERDAY)
    grown = case(1, **SMALL, opened_on=YESTERDAY, alert_ids=["alert-1", "alert-9"])
    write_whole(lake, [grown], subject_id="S-new")
    post(auditor, "take")
    if state == "decided":
        conclude(auditor, points="alert-9")
    without_the_case(lake)
    assert f"as told on the night of {YESTERDAY}" in text_of(auditor)


def test_an_open_case_that_turns_red_in_hand_needs_a_second_opinion(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    write_whole(lake, [case(1, **RED)])
    assert conclude(auditor).status_code == FOUND
    assert (file_of().state, file_of().grade) == (life.AWAITS_SECOND, "red")


def test_a_case_taken_from_its_dossier_is_stored_as_it_is_told_now(
    auditor: Client, second: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    post(auditor, "release")
    write_whole(lake, [case(1, **RED, run_date=TOMORROW)], TOMORROW)
    post(second, "take")
    assert (file_of().grade, file_of().night) == ("red", TOMORROW)


def test_a_form_about_what_is_no_longer_told_has_to_be_sent_again(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    seen = stamp_in(text_of(auditor))
    write_whole(lake, [case(1, grade="yellow", amount_at_risk=300_000)])
    answer = conclude(auditor, told=seen)
    assert "A night told more of the case meanwhile" in answer.content.decode()
    assert file_of().state == life.IN_REVIEW
    assert conclude(auditor, told=stamp_in(answer.content.decode())).status_code == FOUND
    assert (file_of().state, file_of().amount_at_risk) == (life.CONFIRMED, 300_000)


def stamp_in(text: str) -> str:
    """The stamp of what a page told."""
    return text.partition('name="told" value="')[2].partition('"')[0]


def test_two_who_say_the_same_on_two_nights_agree(
    auditor: Client, second: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **RED)])
    post(auditor, "take")
    conclude(auditor)
    later = case(1, **RED, run_date=TOMORROW, opened_on=NIGHT, alert_ids=["alert-1", "alert-7"])
    write_whole(lake, [later], TOMORROW)
    post(second, "take")
    assert conclude(second, points="alert-7").status_code == FOUND
    assert file_of().state == life.CONFIRMED


def test_a_decided_case_whose_grade_changes_says_so_and_stays_decided(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    conclude(auditor)
    write_whole(lake, [case(1, **RED)])
    assert "its grade was Yellow; the newest night says Red" in text_of(auditor)
    assert (file_of().state, file_of().grade) == (life.CONFIRMED, "yellow")
    assert CASE not in text_of(auditor, "queue")


def test_a_new_alert_in_place_of_an_old_one_is_told_on_a_closed_case(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    conclude(auditor)
    write_whole(lake, [case(1, **SMALL, alert_ids=["alert-5"])], subject_id="S-other")
    assert "1 doubtful point came after this case was closed" in text_of(auditor)
    assert file_of().state == life.CONFIRMED
    assert CASE not in text_of(auditor, "queue")


def test_the_same_doubt_raised_again_is_no_new_point(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    conclude(auditor)
    again = case(1, **SMALL, run_date=TOMORROW, opened_on=NIGHT, alert_ids=["alert-1", "alert-6"])
    write_whole(lake, [again], TOMORROW)
    assert "came after this case was closed" not in text_of(auditor)


def test_a_point_that_came_while_the_case_was_in_hand_is_not_told_as_later(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    grown = case(1, **SMALL, run_date=TOMORROW, opened_on=NIGHT, alert_ids=["alert-1", "alert-2"])
    write_whole(lake, [grown], TOMORROW, subject_id="S-new")
    conclude(auditor, points="alert-2")
    assert "came after this case was closed" not in text_of(auditor)


def test_work_that_was_begun_does_not_leave_the_queue_by_age(
    auditor: Client, second: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **RED)])
    post(auditor, "take")
    conclude(auditor)
    later = NIGHT + timedelta(days=60)
    write_whole(lake, [case(2, run_date=later)], later)
    assert CASE in text_of(second, "queue")


def test_what_was_written_is_not_lost_when_the_time_ran_out(auditor: Client, lake: Lake) -> None:
    from django.utils import timezone  # noqa: PLC0415  needs Django configured

    from workbench.models import CaseFile  # noqa: PLC0415

    write_whole(lake, [case(1, **SMALL)])
    post(auditor, "take")
    CaseFile.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    answer = conclude(auditor, note="an hour of careful reading")
    assert answer.status_code == CONFLICT
    assert "an hour of careful reading" in answer.content.decode()


def test_the_same_form_sent_twice_at_once_is_refused_and_no_error(
    auditor: Client, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were opened before either was written; the race itself runs in test_workbench_race."""
    from workbench.models import Opinion  # noqa: PLC0415  needs the applications loaded
    from workbench.selectors import files  # noqa: PLC0415

    write_whole(lake, [case(1, **RED)])
    post(auditor, "take")
    before = files.of_case(CASE)
    assert conclude(auditor).status_code == FOUND
    monkeypatch.setattr(files, "of_case", lambda _case: before)
    assert conclude(auditor).status_code == CONFLICT
    assert Opinion.objects.count() == 1


def test_taking_twice_is_taking_once(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    assert [post(auditor, "take").status_code for _ in range(2)] == [FOUND, FOUND]
