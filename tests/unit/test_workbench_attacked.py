"""What careless and ill-meaning people send: each is refused without an error of the desk."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.workbench_lake import NIGHT, case, write_whole
from workbench import attachments, life
from workbench.access import SENIOR
from workbench.may import RefusedError

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CASE = "case-000001"
OK, FOUND, BAD = 200, 302, 400
SMALL = {"grade": "yellow", "amount_at_risk": 100_000}


def post(client: Client, page: str, **given: Any) -> Answer:
    """Send a form about the case."""
    return client.post(reverse(page, args=[CASE]), given)


def conclude(client: Client, **given: Any) -> Answer:
    """Take the case and confirm it."""
    post(client, "take")
    told = {"outcome": life.CONFIRMED, "reason": "care_not_shown", "note": "the secret of the first",
            "scheme": "H02", "amount": "1000", "points": "alert-1"}  # fmt: skip
    return post(client, "conclude", **told | given)


@pytest.mark.parametrize(
    "query",
    [
        "amount=99999999999999999999999",
        "waiting=99999999999999",
        "amount=-5",
        "amount=１２３",
        "waiting=٣",
        "page=²",
        "page=٣",
        "night=0000-00-00",
        "district=Nowhere",
        "hospital=%27%22%3C%3E",
    ],
)
def test_a_filter_that_means_nothing_is_left_out(auditor: Client, lake: Lake, query: str) -> None:
    write_whole(lake, [case(1)])
    assert auditor.get(f"{reverse('queue')}?{query}").status_code == OK


@pytest.mark.parametrize("days", [1, 36500])
def test_an_appeal_of_tomorrow_is_a_slip_of_the_hand(
    auditor: Client, senior: Client, lake: Lake, days: int
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    conclude(auditor)
    filed = timezone.localdate() + timedelta(days=days)
    answer = senior.post(
        reverse("appeal", args=[CASE]), {"filed_on": filed, "grounds": "we object"}, follow=True
    )
    assert "filed today or earlier" in answer.content.decode()
    assert state() == life.CONFIRMED


@pytest.mark.parametrize("filed", ["0001-01-01", "9999-12-31", "2025-02-30", "२०२५-०१-०१"])
def test_a_day_that_offices_do_not_know_is_refused(
    auditor: Client, senior: Client, lake: Lake, filed: str
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    conclude(auditor)
    assert post(senior, "appeal", filed_on=filed, grounds="we object").status_code == FOUND
    assert state() in (life.CONFIRMED, life.APPEALED)


def state() -> str:
    """The state of the case."""
    from workbench.models import CaseFile  # noqa: PLC0415  needs the applications loaded

    return CaseFile.objects.get(pk=CASE).state


def test_an_appeal_is_filed_and_answered_once(auditor: Client, senior: Client, lake: Lake) -> None:
    from workbench.models import Appeal, Outcome  # noqa: PLC0415

    write_whole(lake, [case(1, **SMALL)])
    conclude(auditor)
    filed = {"filed_on": "2025-11-20", "grounds": "we object"}
    answered = {"outcome": life.OVERTURNED, "words": "the sheet shows it"}
    codes = [post(senior, "appeal", **filed).status_code for _ in range(2)]
    codes += [post(senior, "answer", **answered).status_code for _ in range(2)]
    assert codes == [FOUND, 409, FOUND, 409]
    assert Appeal.objects.count() == 1
    assert Outcome.objects.filter(outcome=life.OVERTURNED).count() == 1


def test_a_workbook_made_to_break_readers_is_no_workbook() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as book:
        book.writestr("xl/workbooké.xml", "x")
    # A name that says it is UTF-8, and is not.
    broken = kept.getvalue().replace("é".encode(), b"\xff\xfe")
    with pytest.raises(RefusedError):
        attachments.check("counts.xlsx", broken)


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("queue", {"hospital": "a\0b"}),
        ("trail", {"subject": "a\0b"}),
        ("overview", {"district": "a\0b"}),
    ],
)
def test_a_null_byte_is_refused_before_a_database_chokes_on_it(
    senior: Client, lake: Lake, page: str, given: dict[str, str]
) -> None:
    write_whole(lake, [case(1)])
    assert senior.get(reverse(page), given).status_code == BAD


@pytest.mark.parametrize("page", ["release", "conclude"])
def test_a_null_byte_in_a_form_is_refused(senior: Client, lake: Lake, page: str) -> None:
    write_whole(lake, [case(1)])
    assert post(senior, page, why="a\0b").status_code == BAD


def test_a_null_byte_for_a_name_is_refused(anonymous: Client) -> None:
    answer = anonymous.post(reverse("sign-in"), {"username": "li\0n", "password": "x"})
    assert answer.status_code == BAD


def test_a_reason_for_putting_back_is_cut_to_the_length_of_a_note(
    auditor: Client, lake: Lake
) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415

    write_whole(lake, [case(1)])
    post(auditor, "take")
    post(auditor, "release", why="x" * 100_000)
    assert len(TrailEntry.objects.get(event="case.released").details) < 5000


def test_a_note_longer_than_a_note_is_refused(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1, **SMALL)])
    assert "at most 4000" in conclude(auditor, note="x" * 4001).content.decode()


def test_a_senior_who_is_to_be_second_does_not_read_the_first_in_the_trail(
    auditor: Client, senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, grade="red")])
    conclude(auditor)
    post(senior, "take")
    hidden = senior.get(reverse("trail")).content.decode()
    assert "the secret of the first" not in hidden
    assert "hidden until the second opinion is given" in hidden
    conclude(senior)
    assert "the secret of the first" in senior.get(reverse("trail")).content.decode()


@pytest.fixture
def far_senior(db: None, workbench_settings: object) -> Client:
    """The browser of a senior auditor of another district."""
    from tests.workbench_fixtures import signed_in  # noqa: PLC0415  loaded as a plugin before

    return signed_in("senior-far", SENIOR, district="Far District")


def test_a_senior_of_one_district_reads_no_deed_of_another(
    auditor: Client, far_senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL)])
    conclude(auditor)
    told = far_senior.get(reverse("trail")).content.decode()
    assert "the secret of the first" not in told
    assert CASE not in told


def test_a_senior_of_one_district_sees_no_work_of_another(
    auditor: Client, senior: Client, far_senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, **SMALL), case(2)])
    conclude(auditor)
    auditor.post(reverse("take", args=["case-000002"]))
    post(senior, "appeal", filed_on="2025-11-20", grounds="we object")
    mine = senior.get(reverse("overview")).content.decode()
    theirs = far_senior.get(reverse("overview")).content.decode()
    assert "Riverside Hospital" in mine
    assert "auditor-a" in mine
    assert "Riverside Hospital" not in theirs
    assert "auditor-a" not in theirs


def test_a_narrower_second_conclusion_takes_back_what_it_does_not_hold_for(
    auditor: Client, senior: Client, lake: Lake
) -> None:
    from workbench.models import Outcome  # noqa: PLC0415

    two = case(1, **SMALL, opened_on=NIGHT - timedelta(days=1), alert_ids=["alert-1"])
    night = NIGHT - timedelta(days=1)
    write_whole(lake, [two | {"run_date": night}], night)
    write_whole(lake, [two | {"alert_ids": ["alert-1", "alert-2"]}], subject_id="S-new")
    conclude(auditor, points=["alert-1", "alert-2"])
    post(senior, "reopen", why="a new record came")
    conclude(auditor, points=["alert-2"])
    rows = list(Outcome.objects.all())
    standing = [row for row in rows if row.outcome_id not in {one.supersedes for one in rows}]
    told = {row.subject_id: (row.outcome, row.amount_recovered) for row in standing}
    assert told == {
        "S-new": (life.CONFIRMED, 100_000),
        f"S-{CASE}": (life.INCONCLUSIVE, 0),
    }


def test_earlier_conclusions_say_what_ties_them_to_the_case(auditor: Client, lake: Lake) -> None:
    same = {"person_id": "p" * 16}
    cases = [case(1, **SMALL), case(2, **SMALL, **same), case(3, **SMALL, **same)]
    write_whole(lake, [*cases, case(4, **SMALL)])
    for number in (2, 4):
        name = f"case-00000{number}"
        auditor.post(reverse("take", args=[name]))
        told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "looked at it",
                "points": f"alert-{number}"}  # fmt: skip
        auditor.post(reverse("conclude", args=[name]), told)
    text = auditor.get(reverse("dossier", args=["case-000003"])).content.decode()
    assert text.index("same person") < text.index("same physician")


def test_a_physician_of_very_many_cases_is_not_asked_for_case_by_case(
    auditor: Client, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.views.dossier.MOST_ASKED", 1)
    write_whole(lake, [case(number, **SMALL) for number in range(1, 51)])
    post(auditor, "take")
    told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "looked", "points": "alert-1"}
    post(auditor, "conclude", **told)
    with CaptureQueriesContext(connection) as queries:
        text = auditor.get(reverse("dossier", args=["case-000003"])).content.decode()
    assert "same physician" in text
    assert max(one["sql"].count("case-0000") for one in queries) <= 2


def test_a_collection_without_a_tick_says_so(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    told = {"outcome": life.REFUTED, "reason": "data_fault", "note": "one cause for all"}
    assert "Tick at least one case" in post(auditor, "bulk", **told).content.decode()


def test_a_saved_filter_can_be_forgotten_from_the_page(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    auditor.post(reverse("save-filter"), {"name": "mine", "query": "state=mine"})
    assert 'form="forget" name="name" value="mine"' in auditor.get("/").content.decode()
    auditor.post(reverse("save-filter"), {"name": "mine"})
    assert 'value="mine" aria-label' not in auditor.get("/").content.decode()


def test_a_collection_asks_for_nothing_that_it_does_not_show(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    page = auditor.get(reverse("bulk", args=[CASE])).content.decode()
    assert "Doubtful points it holds for" not in page
