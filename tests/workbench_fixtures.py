"""The cast that every page of the workbench is tried with, and the home it reads.

The cast: an *auditor*, who may read the queue; an *outsider*, who may sign in and has no
role; and *anonymous*, who did not sign in. Test modules ask for these fixtures with
``pytest_plugins``; Django's models are imported late, because plugins load before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from claims.lake import Lake
from claims.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings as DjangoSettings

FAST_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"


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
    del db, workbench_settings  # asked for, not used
    return _signed_in("auditor-a", role="auditor")


@pytest.fixture
def outsider(db: None, workbench_settings: Settings) -> Client:
    """The browser of somebody who may sign in and nothing else."""
    del db, workbench_settings  # asked for, not used
    return _signed_in("outsider-o", role=None)


@pytest.fixture
def anonymous(db: None, workbench_settings: Settings) -> Client:
    """The browser of somebody who did not sign in."""
    del db, workbench_settings  # asked for, not used
    return Client()


def _signed_in(name: str, role: str | None) -> Client:
    from django.contrib.auth.models import Group  # noqa: PLC0415  needs the applications loaded

    from workbench.models import User  # noqa: PLC0415

    user = User.objects.create_user(name, password="correct horse battery")  # noqa: S106
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client
