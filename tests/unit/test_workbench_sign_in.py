"""Signing in: throttled after failures, and over after a time without a click."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from workbench.services.sign_in import MOST_BY_ADDRESS, MOST_BY_NAME

if TYPE_CHECKING:
    from django.test import Client

    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)

PASSWORD = "correct horse battery"  # noqa: S105  a made-up one
SIGN_IN = "/sign-in/"


@pytest.fixture
def lin(db: None) -> None:
    """Somebody with a password."""
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    User.objects.create_user("lin", password=PASSWORD)


def attempt(client: Client, name: str, password: str) -> tuple[int, str]:
    """Try a password; returns the answer."""
    answer = client.post(SIGN_IN, {"username": name, "password": password})
    return answer.status_code, answer.content.decode()


def test_after_too_many_failures_even_the_right_password_has_to_wait(
    anonymous: Client, lin: None
) -> None:
    for _ in range(MOST_BY_NAME):
        assert "do not fit together" in attempt(anonymous, "lin", "wrong")[1]
    status, text = attempt(anonymous, "LIN", PASSWORD)
    assert (status, "Wait a quarter of an hour" in text) == (200, True)


def test_the_wait_ends_by_itself(anonymous: Client, lin: None) -> None:
    from django.utils import timezone  # noqa: PLC0415  needs Django configured

    from workbench.models import SignInFailure  # noqa: PLC0415

    for _ in range(MOST_BY_NAME):
        attempt(anonymous, "lin", "wrong")
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert attempt(anonymous, "lin", PASSWORD)[0] == 302


def test_the_failures_of_one_name_do_not_lock_out_another(anonymous: Client, lin: None) -> None:
    for _ in range(MOST_BY_NAME):
        attempt(anonymous, "wang", "wrong")
    assert attempt(anonymous, "lin", PASSWORD)[0] == 302


def test_many_names_tried_from_one_address_have_to_wait_too(anonymous: Client, lin: None) -> None:
    for number in range(MOST_BY_ADDRESS):
        attempt(anonymous, f"name-{number}", "wrong")
    assert "Wait a quarter" in attempt(anonymous, "lin", PASSWORD)[1]


def test_a_success_wipes_the_slate(anonymous: Client, lin: None) -> None:
    for _ in range(MOST_BY_NAME - 1):
        attempt(anonymous, "lin", "wrong")
    attempt(anonymous, "lin", PASSWORD)
    anonymous.post(reverse("sign-out"))
    attempt(anonymous, "lin", "wrong")
    assert attempt(anonymous, "lin", PASSWORD)[0] == 302


def test_the_trail_keeps_failures_without_what_was_typed(anonymous: Client, lin: None) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    attempt(anonymous, "my-secret-password", "x")
    (entry,) = TrailEntry.objects.filter(event="sign_in.failed")
    assert "my-secret-password" not in f"{entry.actor}{entry.subject}{entry.details}"


def test_a_session_ends_some_minutes_after_the_last_click(
    auditor: Client, workbench_settings: Settings
) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415  needs Django configured
    from django.utils import timezone  # noqa: PLC0415

    def minutes_left() -> float:
        return (Session.objects.get().expire_date - timezone.now()).total_seconds() / 60

    auditor.get(reverse("queue"))
    assert minutes_left() == pytest.approx(workbench_settings.idle_minutes, abs=0.1)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    auditor.get(reverse("queue"))
    assert minutes_left() < 6  # written at most once a minute
    session = auditor.session
    session["awake"] -= 61
    session.save()
    auditor.get(reverse("queue"))
    assert minutes_left() == pytest.approx(workbench_settings.idle_minutes, abs=0.1)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert auditor.get(reverse("queue")).status_code == 302
