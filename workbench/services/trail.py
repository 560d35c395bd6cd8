"""The audit trail: every write tells it in the same transaction, and it can be proven whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from workbench.models import TrailEntry, TrailHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.models import User

HEAD = 1
NOBODY = "-"


@dataclass(frozen=True)
class Event:
    """What is about to be written: who, what, about which subject, and what else to keep."""

    actor: User | None
    name: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """What a check of the trail found; ``broken`` is the first number that does not fit."""

    entries: int
    seal: str
    broken: int | None
    why: str


def append(event: Event) -> TrailEntry:
    """Write an event after the last one; raises where no transaction is open.

    An event of its own transaction could stand without its deed, or the deed without it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event needs the transaction of its deed")
    TrailHead.objects.get_or_create(pk=HEAD)
    head = TrailHead.objects.select_for_update().get(pk=HEAD)
    entry = TrailEntry(
        number=head.number + 1,
        at=timezone.now().isoformat(),
        actor=event.actor.get_username() if event.actor is not None else NOBODY,
        event=event.name,
        subject=event.subject,
        details=json.dumps(event.details, ensure_ascii=False, sort_keys=True, default=str),
        previous=head.seal,
    )
    entry.seal = entry.sealed()
    entry.save(force_insert=True)
    head.number, head.seal = entry.number, entry.seal
    head.save()
    return entry


def verify() -> Proof:
    """Read the trail from its beginning and prove every seal, and that nothing is cut off."""
    head = TrailHead.objects.filter(pk=HEAD).first() or TrailHead()
    return _proven(TrailEntry.objects.order_by("number").iterator(), head)


def _proven(entries: Iterable[TrailEntry], head: TrailHead) -> Proof:
    number, seal = 0, TrailHead().seal
    for entry in entries:
        why = _fault(entry, number + 1, seal)
        if why:
            return Proof(number, seal, number + 1, why)
        number, seal = entry.number, entry.seal
    if (number, seal) != (head.number, head.seal):
        return Proof(number, seal, number + 1, f"the trail ends at {number}, not at {head.number}")
    return Proof(number, seal, None, "")


def _fault(entry: TrailEntry, number: int, seal: str) -> str:
    if entry.number != number:
        return f"entry {number} is missing"
    if entry.previous != seal:
        return f"entry {number} does not follow the one before it"
    return "" if entry.seal == entry.sealed() else f"entry {number} was changed"
