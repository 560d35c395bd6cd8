"""What lies with whom, and for how long: for the senior auditor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min
from django.utils import timezone

from workbench import deadlines, life
from workbench.models import Appeal, CaseFile, Opinion

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Workload:
    """Cases by state with the oldest, cases in hands, opinions given, appeals by due day."""

    states: list[Any]
    hands: list[Any]
    given: list[Any]
    appeals: list[tuple[Appeal, int]]


def workload(today: date | None = None) -> Workload:
    """Read it as it stands."""
    day = today or timezone.localdate()
    states = CaseFile.objects.exclude(state__in=life.CLOSED).values("state")
    hands = CaseFile.objects.filter(state__in=life.HELD).values("owner__username")
    given = Opinion.objects.values("author__username")
    open_appeals = Appeal.objects.filter(outcome="").select_related("case").order_by("due_on")
    return Workload(
        list(states.annotate(n=Count("pk"), oldest=Min("touched_at")).order_by("state")),
        list(hands.annotate(n=Count("pk"), oldest=Min("touched_at")).order_by("owner__username")),
        list(given.annotate(n=Count("pk")).order_by("author__username")),
        [(one, deadlines.between(day, one.due_on)) for one in open_appeals],
    )
