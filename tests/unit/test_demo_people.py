"""The end of the demonstration: people who may sign in, and one command that opens the desk."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from rich.console import Console

from claims.errors import JianbaoError
from flows.demo_people import MARK, check_made_by_demo, show_people
from workbench import serve
from workbench.access import ROLES

if TYPE_CHECKING:
    from pathlib import Path

    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)


@pytest.fixture
def home(db: None, workbench_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test that the start of the workbench finds as well."""
    del db  # asked for, so that there is a database
    monkeypatch.setenv("JIANBAO_HOME", str(workbench_settings.home))
    monkeypatch.delenv("JIANBAO_DATABASE_URL", raising=False)
    return workbench_settings.home


def signs_in(name: str, password: str) -> bool:
    """Whether somebody gets in."""
    return Client().login(username=name, password=password)


@pytest.mark.usefixtures("home")
def test_everybody_of_the_demonstration_may_sign_in_with_the_printed_password() -> None:
    people, password = serve.demonstrate()
    assert set(people.values()) == set(ROLES)
    assert list(people.values()).count("auditor") == 2
    assert all(signs_in(name, password) for name in people)


@pytest.mark.usefixtures("home")
def test_a_second_demonstration_doubles_nobody_and_changes_the_password() -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    people, first = serve.demonstrate()
    _again, second = serve.demonstrate()
    assert User.objects.count() == len(people)
    assert not signs_in("auditor", first)
    assert signs_in("auditor", second)


@pytest.mark.usefixtures("home")
def test_each_has_the_permissions_of_the_own_role_alone() -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    people, _password = serve.demonstrate()
    for name, role in people.items():
        user = User.objects.get(username=name)
        assert user.get_all_permissions() == set(ROLES[role])
        assert not user.is_superuser


@pytest.mark.usefixtures("home")
def test_another_database_gets_no_made_up_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANBAO_DATABASE_URL", "postgresql://db.example/desk")
    with pytest.raises(JianbaoError, match="JIANBAO_DATABASE_URL"):
        serve.demonstrate()


def test_the_end_names_everybody_the_password_and_one_command(
    home: Path, workbench_settings: Settings
) -> None:
    said = io.StringIO()
    show_people(Console(file=said, width=200), workbench_settings)
    told = said.getvalue()
    (password,) = re.findall(r"All with the password (\S+)", told)
    assert signs_in("senior", password)
    assert told.splitlines()[-1].strip() == f".venv/bin/jianbao --home {home} workbench"


def test_a_folder_of_real_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JianbaoError, match="not made by the demonstration"):
        check_made_by_demo(tmp_path)
    (tmp_path / MARK).touch()
    check_made_by_demo(tmp_path)
