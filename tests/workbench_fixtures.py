"""The cast that every page of the workbench is tried with, and the home it reads.

The cast: one person of every role; *second*, another auditor; *elsewhere*, an auditor of another
district; an *outsider*, who may sign in and has no role; and *anonymous*, who did not sign in.
All of them see the score unless a test says otherwise. Test modules ask for these fixtures
with ``pytest_plugins``; Django's models are imported late, because plugins load before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from claims.lake import Lake
from claims.settings import Settings, load_settings
from workbench.access import ADMINISTRATOR, AUDITOR, SCIENTIST, SENIOR, VIEWER

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings as DjangoSettings

FAST_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
ELSEWHERE = "Far District"


@pytest.fixture
def workbench_settings(tmp_path: Path, settings: DjangoSettings) -> Settings:
    """Settings whose home is a folder of this test."""
    installed = settings.JIANBAO = load_settings(home=tmp_path / "home")
    settings.PASSWORD_HASHERS = [FAST_HASHER]
    return installed


@pytest.fixture
def lake(workbench_settings: Settings) -> Lake:
    """The lake that the workbench of this test reads."""
    return Lake.at(workbench_settings.lake)


@pytest.fixture
def auditor(db: None, workbench_settings: Settings) -> Client:
    """The browser of a signed-in auditor."""
    return signed_in("auditor-a", AUDITOR)


@pytest.fixture
def second(db: None, workbench_settings: Settings) -> Client:
    """The browser of another auditor."""
    return signed_in("auditor-b", AUDITOR)


@pytest.fixture
def senior(db: None, workbench_settings: Settings) -> Client:
    """The browser of a senior auditor."""
    return signed_in("senior-s", SENIOR)


@pytest.fixture
def scientist(db: None, workbench_settings: Settings) -> Client:
    """The browser of a data scientist."""
    return signed_in("scientist-d", SCIENTIST)


@pytest.fixture
def viewer(db: None, workbench_settings: Settings) -> Client:
    """The browser of somebody who may read overviews."""
    return signed_in("viewer-v", VIEWER)


@pytest.fixture
def administrator(db: None, workbench_settings: Settings) -> Client:
    """The browser of who minds accounts."""
    return signed_in("administrator-m", ADMINISTRATOR)


@pytest.fixture
def elsewhere(db: None, workbench_settings: Settings) -> Client:
    """The browser of an auditor of another district."""
    return signed_in("auditor-e", AUDITOR, district=ELSEWHERE)


@pytest.fixture
def outsider(db: None, workbench_settings: Settings) -> Client:
    """The browser of somebody who may sign in and nothing else."""
    return signed_in("outsider-o", None)


@pytest.fixture
def anonymous(db: None, workbench_settings: Settings) -> Client:
    """The browser of somebody who did not sign in."""
    return Client()


def signed_in(
    name: str, role: str | None, *, district: str = "", facts_only: bool = False
) -> Client:
    """A browser in which somebody of a role has signed in."""
    from django.contrib.auth.models import Group  # noqa: PLC0415  needs the applications loaded

    from workbench.models import User  # noqa: PLC0415

    user = User.objects.create_user(name, password="correct horse battery")  # noqa: S106
    user.district, user.facts_only = district, facts_only
    user.save()
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client
