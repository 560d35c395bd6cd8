"""Looking is an event too: who opened what, who learned whose name, and what they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from claims.vault import Vault
from workbench import may
from workbench.models import CaseFile, Glimpse, Look, User
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from workbench.selectors.queue import CaseRow

# Databases take a limited number of values in one question.
AT_ONCE: Final = 500
QUEUE, OVERVIEW, INDICATORS, EXPORT = "queue", "overview", "indicators", "export"


def looked(user: User, file: CaseFile, *, saw_score: bool) -> None:
    """Keep that a person opened a dossier; the trail is told once a round and kind of sight."""
    with transaction.atomic():
        look, new = Look.objects.get_or_create(case_id=file.pk, round=file.round, user=user)
        if new or (saw_score and not look.saw_score):
            look.saw_score = look.saw_score or saw_score
            look.save()
            append(Event(user, "case.viewed", file.pk, {"saw_score": saw_score}))
        if saw_score:
            _keep(user, [file.pk])


def listed(user: User, rows: Collection[CaseRow], where: str) -> frozenset[str]:
    """The cases of a list of which the score is shown; those shown for the first time are kept.

    The trail is told once a list and not once a case, and not of what was seen before.
    """
    shown = may.sees_scores(user, rows)
    fresh = _unseen(user, shown)
    if fresh:
        with transaction.atomic():
            _keep(user, fresh)
            append(Event(user, "scores.listed", user.get_username(),
                         {"where": where, "cases": fresh}))  # fmt: skip
    return shown


def saw(user: User, case_id: str) -> bool:
    """Whether a person has ever seen what the machine made of a case."""
    return Glimpse.objects.filter(user=user, case_id=case_id).exists()


def _unseen(user: User, shown: Iterable[str]) -> list[str]:
    """Those that the person has not seen before, in order."""
    asked = sorted(shown)
    held: set[str] = set()
    for start in range(0, len(asked), AT_ONCE):
        some = Glimpse.objects.filter(user=user, case_id__in=asked[start : start + AT_ONCE])
        held.update(some.values_list("case_id", flat=True))
    return [one for one in asked if one not in held]


def _keep(user: User, cases: Iterable[str]) -> None:
    # Two pages of one person may be written at once; the first of them counts.
    glimpses = [Glimpse(user=user, case_id=one) for one in cases]
    Glimpse.objects.bulk_create(glimpses, batch_size=AT_ONCE, ignore_conflicts=True)


def unmask(user: User, file: CaseFile, why: str, keys: Path) -> str:
    """Return who a person is; the reason is in the trail before the name is on the screen.

    Raises NotFoundError when the vault does not know the pseudonym.
    """
    with transaction.atomic():
        append(Event(user, "person.unmasked", file.pk, {"person": file.person_id, "why": why}))
    return Vault.at(keys).unmask(file.person_id or "")
