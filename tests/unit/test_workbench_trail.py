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
