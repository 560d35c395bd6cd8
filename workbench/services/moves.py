"""Moving a case from one state to another: only as ``life`` allows, never twice.

Every move is one ``UPDATE ... WHERE state = ...``; of two people who try, one changes a row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench import life, may
from workbench.models import CaseFile, User
from workbench.selectors.files import TOLD
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from collections.abc import Iterable


def move(file: CaseFile, to: str, event: Event, **changes: object) -> None:
    """Change the state of a case and tell the trail; raise RefusedError if it has moved on.

    Must run inside the transaction of the deed that causes the move.
    """
    if (file.state, to) not in life.MOVES:
        raise ValueError(f"a case does not go from {file.state} to {to}")
    now = timezone.now()
    changed = CaseFile.objects.filter(
        pk=file.pk, state=file.state, owner=file.owner, round=file.round
    ).update(state=to, touched_at=now, **changes)
    if changed != 1:
        raise may.RefusedError(_("Somebody else has just moved this case."))
    append(event)
    file.refresh_from_db()


def lock(file: CaseFile) -> None:
    """Keep others from the case until the transaction ends; RefusedError if it has moved on.

    Before a deed writes anything: of two equal forms the second is refused, not an error.
    """
    here = CaseFile.objects.select_for_update().filter(
        pk=file.pk, state=file.state, owner=file.owner, round=file.round
    )
    if not list(here.values_list("pk")):
        raise may.RefusedError(_("Somebody else has just moved this case."))


def take(user: User, fresh: CaseFile) -> CaseFile:
    """Put a case into a person's hands; ``fresh`` is its file as the lake tells it now.

    Raises RefusedError when somebody else has it.
    """
    with transaction.atomic():
        file, _new = CaseFile.objects.get_or_create(
            pk=fresh.pk, defaults=told(fresh) | {"state": life.NEW}
        )
        _put_back_if_late(file)
        may.check_take(user, file)
        until = timezone.now() + timedelta(minutes=settings.JIANBAO.take_minutes)
        to = life.TAKING[file.state]
        event = Event(user, "case.taken", file.pk, {"until": until, "state": to})
        move(file, to, event, owner=user, held_until=until, **told(fresh))
    return file


def take_next(user: User, waiting: Iterable[CaseFile]) -> CaseFile | None:
    """Take the first case of a list that is still free; None where none is."""
    for fresh in waiting:
        try:
            return take(user, fresh)
        except may.RefusedError:
            continue
    return None


def release(user: User, file: CaseFile, why: str) -> None:
    """Put a case back into the queue."""
    may.check_release(user, file)
    with transaction.atomic():
        event = Event(user, "case.released", file.pk, {"why": why})
        move(file, life.RELEASING[file.state], event, owner=None, held_until=None)


def release_late() -> int:
    """Put back every case whose time has run out; returns how many."""
    late = CaseFile.objects.filter(
        Q(held_until__lte=timezone.now()) | Q(held_until=None), state__in=life.HELD
    )
    with transaction.atomic():
        files = list(late)
        for file in files:
            _put_back_if_late(file)
    return len(files)


def _put_back_if_late(file: CaseFile) -> None:
    if file.state in life.HELD and (file.held_until is None or file.held_until <= timezone.now()):
        event = Event(None, "case.timed_out", file.pk, {"held_by": str(file.owner)})
        move(file, life.RELEASING[file.state], event, owner=None, held_until=None)


def told(fresh: CaseFile) -> dict[str, object]:
    """What the lake says about the case now."""
    return {name: getattr(fresh, name) for name in TOLD}
