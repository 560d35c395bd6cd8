"""Throttling: who guesses passwords must wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from workbench.models import SignInFailure, User
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from datetime import datetime

MINUTES = 15
MOST_BY_NAME = 5
# Several auditors may sit behind one address.
MOST_BY_ADDRESS = 30


def must_wait(name: str, address: str) -> bool:
    """Whether a name, or everybody at an address, has failed too often of late."""
    late = SignInFailure.objects.filter(at__gt=_since())
    by_name = late.filter(name=name.casefold()).count()
    return by_name >= MOST_BY_NAME or late.filter(address=address).count() >= MOST_BY_ADDRESS


def failed(name: str, address: str) -> None:
    """Keep a failure, and forget those that count no more."""
    with transaction.atomic():
        SignInFailure.objects.filter(at__lte=_since()).delete()
        SignInFailure.objects.create(name=name.casefold()[:150], address=address[:64])
        # The name typed may be a password typed into the wrong field: not kept in the trail.
        append(Event(None, "sign_in.failed", address))


def succeeded(user: User, address: str) -> None:
    """Start again with a clean slate."""
    with transaction.atomic():
        SignInFailure.objects.filter(name=user.get_username().casefold()).delete()
        append(Event(user, "sign_in", user.get_username(), {"address": address}))


def _since() -> datetime:
    return timezone.now() - timedelta(minutes=MINUTES)
