"""Starting: the key, the database address, the first user, and what is said about it."""

from __future__ import annotations

import io
import logging
import socket
import stat
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
import waitress

from bench.serving import desk, listens
from claims.errors import JianbaoError, SettingsError
from workbench import database, secret, serve
from workbench.answering import PortError, listening

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import Settings as DjangoSettings

    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)

OK, SECONDS_TO_END = 200, 30
PASSWORD = "correct horse battery"  # noqa: S105  a made-up one


@pytest.fixture
def home(db: None, workbench_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test that the start of the workbench finds as well."""
    del db  # asked for, so that there is a database
    monkeypatch.setenv("JIANBAO_HOME", str(workbench_settings.home))
    return workbench_settings.home


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    assert secret.read(keys) is None
    secret.ensure(keys)
    first = secret.read(keys)
    secret.ensure(keys)
    assert first is not None
    assert secret.read(keys) == first
    assert stat.S_IMODE((keys / secret.FILE).stat().st_mode) == 0o600
    assert [path.name for path in keys.iterdir()] == [secret.FILE]


def test_a_key_that_another_process_wrote_first_is_kept(tmp_path: Path) -> None:
    (tmp_path / secret.FILE).write_text("theirs")
    secret._write_once(tmp_path, "ours")
    assert secret.read(tmp_path) == "theirs"


def test_without_an_address_the_database_is_sqlite_in_the_home(tmp_path: Path) -> None:
    found = database.database("", tmp_path)
    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == str(tmp_path / "workbench.db")


def test_a_postgresql_address_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "find_spec", lambda _name: object())
    found = database.database("postgresql://li:p%40ss@db.example:5433/desk", tmp_path)
    expected = {"NAME": "desk", "USER": "li", "PASSWORD": "p@ss", "HOST": "db.example"}
    assert expected.items() <= found.items()
    assert found["PORT"] == "5433"


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"psycopg.*not installed"):
        database.database("postgresql://db.example/desk", tmp_path)


def test_an_unknown_kind_of_database_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="mysql") as refused:
        database.database("mysql://li:hidden@db/desk", tmp_path)
    assert "hidden" not in str(refused.value)


def test_the_start_without_users_says_how_to_add_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(waitress, "serve", lambda _application, **given: asked.update(given))
    serve.serve(port=8123, processes=1)
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8123" in said
    assert said.count("jianbao user add NAME") == 1
    assert [door.family for door in asked["sockets"]] == [socket.AF_INET]
    assert (home / "keys" / secret.FILE).exists()


@pytest.mark.usefixtures("home")
def test_the_start_with_users_says_nothing_about_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    serve.add_user("lin", PASSWORD)
    monkeypatch.setattr(waitress, "serve", lambda _application, **_given: None)
    serve.serve(port=8124, processes=1)
    assert "jianbao user add" not in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_a_start_that_others_can_reach_warns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waitress, "serve", lambda _application, **_given: None)
    serve.serve(host="0.0.0.0", port=8125, processes=1)  # noqa: S104  what is warned of
    assert "JIANBAO_HTTPS=1" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_a_port_in_use_gives_a_way_out() -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=r"choose another one"):
            serve.serve(port=port, processes=1)


def test_several_processes_answer_at_one_address_and_end_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("JIANBAO_DESK_PROCESSES", "3")
    with desk() as port:
        for _ in range(6):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert answer.status == OK
    # The first one was told to stop, not its helpers.
    deadline = time.monotonic() + SECONDS_TO_END
    while listens(port):
        assert time.monotonic() < deadline, "a process outlived the one that started it"
        time.sleep(0.1)


@pytest.mark.usefixtures("home")
def test_the_first_user_may_read_the_queue() -> None:
    user = serve.add_user("lin", PASSWORD)
    assert user.has_perm("workbench.read_queue")
    assert not user.is_superuser


@pytest.mark.usefixtures("home")
def test_a_user_can_be_bound_to_a_district() -> None:
    assert serve.add_user("lin", PASSWORD, district="Near District").district == "Near District"
    assert serve.add_user("wang", PASSWORD).district == ""


@pytest.mark.parametrize(
    ("name", "password", "role", "why"),
    [
        ("lin", "12345678901", "auditor", "numeric"),
        ("lin", "short", "auditor", "short"),
        ("l in", PASSWORD, "auditor", "valid username"),
        ("", PASSWORD, "auditor", "blank"),
        ("lin", PASSWORD, "king", "no role 'king'"),
        ("taken", PASSWORD, "auditor", "already"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_user_who_cannot_be_added_is_told_why(
    name: str, password: str, role: str, why: str
) -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    serve.add_user("taken", PASSWORD)
    with pytest.raises(JianbaoError, match=why):
        serve.add_user(name, password, role)
    assert User.objects.count() == 1


@pytest.mark.usefixtures("home")
def test_a_new_password_replaces_the_old_one() -> None:
    serve.add_user("lin", PASSWORD)
    user = serve.set_password("lin", "another fine phrase")
    assert user.check_password("another fine phrase")
    with pytest.raises(JianbaoError, match="Did you mean 'lin'"):
        serve.set_password("lyn", PASSWORD)


@pytest.mark.django_db
def test_no_change_of_the_models_waits_for_a_migration(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command  # noqa: PLC0415  needs Django configured

    call_command("makemigrations", "--check", "--dry-run")
    assert "No changes detected" in capsys.readouterr().out


def test_behind_https_django_finds_nothing_to_warn_about(settings: DjangoSettings) -> None:
    from django.core.management import call_command  # noqa: PLC0415  needs Django configured

    settings.SECRET_KEY = secret.fresh()
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    call_command("check", "--deploy", "--fail-level", "WARNING")


def test_a_page_that_fails_leaves_its_traceback_with_the_server(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("nothing to divide by")

    handlers = logging.getLogger("django.request").handlers
    (handler,) = [one for one in handlers if one.name == "errors"]
    assert isinstance(handler, logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", io.StringIO())
    monkeypatch.setattr("workbench.views.queue.desk", fail)
    auditor.raise_request_exception = False
    assert auditor.get("/").status_code == 500
    assert "nothing to divide by" in handler.stream.getvalue()
