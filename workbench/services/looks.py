"""Looking is an event too: who opened what, who learned whose name, and what they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from claims.vault import Vault
from workbench.models import CaseFile, Look, User
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from pathlib import Path


def looked(user: User, file: CaseFile, *, saw_score: bool) -> None:
    """Keep that a person opened a dossier; the trail is told once a round and kind of sight."""
    with transaction.atomic():
        look, new = Look.objects.get_or_create(case_id=file.pk, round=file.round, user=user)
        if new or (saw_score and not look.saw_score):
            look.saw_score = look.saw_score or saw_score
            look.save()
            append(Event(user, "case.viewed", file.pk, {"saw_score": saw_score}))


def unmask(user: User, file: CaseFile, why: str, keys: Path) -> str:
    """Return who a person is; the reason is in the trail before the name is on the screen.

    Raises NotFoundError when the vault does not know the pseudonym.
    """
    with transaction.atomic():
        append(Event(user, "person.unmasked", file.pk, {"person": file.person_id, "why": why}))
    return Vault.at(keys).unmask(file.person_id or "")
