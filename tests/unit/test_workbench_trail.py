"""The audit trail: append-only, sealed entry on entry, and a changed byte is found."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import workbench
from claims.errors import JianbaoError
from workbench import life
from workbench.services import packets
from workbench.wording import EVENT_WORDS

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake
    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)
pytestmark = pytest.mark.django_db

COLUMNS = ("at", "actor", "event", "subject", "details", "previous", "seal")


@pytest.fixture
def three() -> None:
    """A trail of three events."""
    from workbench.services.trail import Event, append  # noqa: PLC0415

    with transaction.atomic():
        for number in range(3):
            append(Event(None, "test", f"case-{number}", {"number": number}))


def tamper(statement: str) -> None:
    """Change the database as somebody would who holds its file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trail_is_append_only")
        cursor.execute(statement)


def fault() -> str:
    """What a check of the trail complains about, empty where it is whole."""
    from workbench.services.trail import verify  # noqa: PLC0415

    return verify().why


def test_a_trail_that_nobody_touched_is_whole(three: None) -> None:
    from workbench.services.trail import verify  # noqa: PLC0415

    proof = verify()
    assert (proof.entries, proof.broken) == (3, None)


def test_an_empty_trail_is_whole() -> None:
    assert fault() == ""


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_letter_is_found(three: None, column: str) -> None:
    tamper(f"UPDATE workbench_trailentry SET {column} = {column} || 'x' WHERE number = 2")  # noqa: S608
    assert "entry 2" in fault()


def test_a_removed_entry_is_found(three: None) -> None:
    tamper("DELETE FROM workbench_trailentry WHERE number = 2")
    assert fault() == "entry 2 is missing"


def test_an_end_that_was_cut_off_is_found(three: None) -> None:
    tamper("DELETE FROM workbench_trailentry WHERE number = 3")
    assert fault() == "the trail ends at 2, not at 3"


def test_an_entry_that_was_moved_to_the_end_is_found(three: None) -> None:
    tamper("UPDATE workbench_trailentry SET number = 4 WHERE number = 1")
    assert fault() == "entry 1 is missing"


def test_text_that_moves_between_columns_is_found(three: None) -> None:
    tamper("UPDATE workbench_trailentry SET actor = '-t', event = 'est' WHERE number = 1")
    assert fault() == "entry 1 was changed"


def test_the_database_refuses_to_change_an_entry(three: None) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailEntry.objects.filter(number=1).update(actor="somebody else")
    with pytest.raises(TypeError, match="append-only"):
        TrailEntry.objects.get(number=1).delete()
    assert fault() == ""


@pytest.mark.django_db(transaction=True)
def test_an_event_without_the_transaction_of_its_deed_is_refused() -> None:
    from workbench.services.trail import Event, append  # noqa: PLC0415

    with pytest.raises(transaction.TransactionManagementError):
        append(Event(None, "test", "case"))


def test_the_command_names_what_is_broken(
    three: None, workbench_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench import serve  # noqa: PLC0415

    monkeypatch.setenv("JIANBAO_HOME", str(workbench_settings.home))
    assert serve.verify_trail().entries == 3
    tamper("UPDATE workbench_trailentry SET details = '{}' WHERE number = 3")
    with pytest.raises(JianbaoError, match="entry 3 was changed") as told:
        serve.verify_trail()
    assert told.value.exit_code == 11


def test_every_event_that_is_written_has_its_words() -> None:
    room = Path(workbench.__file__).parent
    code = "".join(one.read_text("utf-8") for one in (room / "services").glob("*.py"))
    written = set(re.findall(r'Event\([\w.]+, "([\w.]+)"', code)) | {packets.EVENT}
    reached = {f"case.{to}" for old, to in life.MOVES if to not in {life.NEW, *life.HELD}}
    assert len(written) > 8
    assert (written | reached) - set(EVENT_WORDS) == set()


@pytest.mark.usefixtures("three")
def test_the_page_tells_events_in_words_and_by_their_code(senior: Client) -> None:
    from workbench.services.trail import Event, append  # noqa: PLC0415

    with transaction.atomic():
        append(Event(None, "case.timed_out", "case-000009"))
    told = {"en": "The time for the case ran out", "zh-cn": "办理时限已到"}
    for language, words in told.items():
        page = senior.get(reverse("trail"), headers={"Accept-Language": language})
        assert words in page.content.decode()
        assert "case.timed_out" in page.content.decode()


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Labels and values of the details on a page of the trail, newest entry first."""
    return re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", text)


def keep(name: str, told: dict[str, object]) -> None:
    """Write one event."""
    from workbench.services.trail import Event, append  # noqa: PLC0415

    with transaction.atomic():
        append(Event(None, name, "case-000001", told))


DECIDED: dict[str, object] = {
    "outcome": "confirmed", "reason": "quantity_differs", "note": "two <gaps>", "scheme": "H02",
    "amount": 100_050, "alert_ids": ["alert-1"], "saw_score": False, "night": "2025-11-20",
    "round": 1, "turn": 2,
}  # fmt: skip


def test_details_are_labels_and_values_in_the_language_of_the_reader(senior: Client) -> None:
    keep("case.confirmed", DECIDED)
    text = senior.get(reverse("trail")).content.decode()
    assert pairs_of(text) == [
        ("Conclusion", "Confirmed"),
        ("Reason", "Quantities billed, used or bought differ"),
        ("Note", "two &lt;gaps&gt;"),
        ("Kind of problem", "H02 Days of stay without care"),
        ("Amount (yuan)", "1,000.50"),
        ("Doubtful points it holds for", "alert-1"),
        ("Had seen the score", "no"),
        ("Opinion", "second opinion"),
        ("Round", "1"),
        ("Night", "2025-11-20"),
    ]
    chinese = senior.get(reverse("trail"), headers={"Accept-Language": "zh-cn"}).content.decode()
    assert pairs_of(chinese)[:2] == [
        ("结论", "属实"),
        ("理由", "计费、使用或采购数量不一致"),
    ]
    assert ("意见", "第二意见") in pairs_of(chinese)
    for page in (text, chinese):
        assert "saw_score" not in page
        assert "quantity_differs" not in page


@pytest.mark.parametrize(
    ("name", "told", "pairs"),
    [
        ("case.taken", {"until": "2025-11-20 08:00:00+00:00", "state": "in_review"},
         [("State", "In review"), ("In hand until", "2025-11-20 16:00:00")]),
        ("case.reopened", {"why": "a record came", "from": "refuted"},
         [("Reason", "a record came"), ("State before", "Refuted")]),
        ("person.unmasked", {"person": "0123456789abcdef", "why": "to ask"},
         [("Reason", "to ask"), ("Person", "01234567")]),
        ("queue.exported", {"rows": 1234, "amount": 5000, "scheme": "C05", "state": "mine"},
         [("Rule", "C05 Price above its limit"), ("From yuan", "5,000"), ("State", "Mine"),
          ("Rows", "1,234")]),
        ("scores.listed", {"where": "export", "cases": [f"c{n}" for n in range(1012)]},
         [("Where", "Excel workbook"),
          ("Cases", "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 1,002 more")]),
        ("facts_only", {"on": False}, [("Facts only", "switched off")]),
        ("case.attached", {"name": "a.pdf", "bytes": 2048, "sha256": "ab"},
         [("File", "a.pdf"), ("Size", "2.0\xa0KB"), ("SHA-256", "ab")]),
        ("case.released", {"why": ""}, []),
        ("case.taken", {"until": "soon", "new_key": 7},
         [("In hand until", "soon"), ("new key", "7")]),
    ],
)  # fmt: skip
def test_each_value_is_written_as_what_it_is(
    senior: Client, name: str, told: dict[str, object], pairs: list[tuple[str, str]]
) -> None:
    keep(name, told)
    assert pairs_of(senior.get(reverse("trail")).content.decode()) == pairs


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("changed", ["{", "[1]", "7"])
def test_details_that_somebody_changed_are_shown_as_they_stand(
    senior: Client, changed: str
) -> None:
    tamper(f"UPDATE workbench_trailentry SET details = '{changed}' WHERE number = 3")  # noqa: S608
    assert ("Details", changed) in pairs_of(senior.get(reverse("trail")).content.decode())


def test_every_key_that_is_written_has_its_words() -> None:
    from workbench.forms import QueueFilters  # noqa: PLC0415
    from workbench.templatetags.trail_words import TOLD  # noqa: PLC0415

    room = Path(workbench.__file__).parent / "services"
    written = set(QueueFilters.base_fields) | set(DECIDED)
    for one in room.glob("*.py"):
        for braces in re.findall(
            r"(?:Event\([^{}]*?|details = |told = )\{([^}]*)\}", one.read_text("utf-8")
        ):
            written |= set(re.findall(r'"(\w+)":', braces))
    assert len(written) > 20
    assert written - set(TOLD) == set()


def test_the_page_shows_events_and_the_proof(senior: Client, lake: Lake, three: None) -> None:
    text = senior.get("/trail/?prove=1").content.decode()
    assert "All 3 entries are whole." in text
    assert "case-2" in text
    assert "case-2" not in senior.get("/trail/?subject=case-1").content.decode()


@pytest.mark.django_db
def test_the_page_tells_the_time_of_its_readers(senior: Client, lake: Lake, three: None) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    told = senior.get(reverse("trail")).content.decode()
    written = datetime.fromisoformat(TrailEntry.objects.latest("number").at)
    assert f"{written.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" in told
