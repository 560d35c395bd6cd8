"""What lies with whom, and for how long: for the senior auditor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min
from django.utils import timezone

from workbench import deadlines, life
from workbench.models import Appeal, CaseFile, Opinion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True)
class Workload:
    """Cases by state with the oldest, cases in hands, opinions given, appeals by due day."""

    states: list[Any]
    hands: list[Any]
    given: list[Any]
    # With the working days that are left, and the hospital.
    appeals: list[tuple[Appeal, int, str]]


def workload(names: Mapping[str, str], district: str = "", today: date | None = None) -> Workload:
    """Read it as it stands; ``names`` are those of hospitals, by their number.

    Of one district alone where one is given.
    """
    day = today or timezone.localdate()
    mine = {"district": district} if district else {}
    theirs = {f"case__{name}": value for name, value in mine.items()}
    cases = CaseFile.objects.filter(**mine)
    states = cases.exclude(state__in=life.CLOSED).values("state")
    hands = cases.filter(state__in=life.HELD).values("owner__username")
    given = Opinion.objects.filter(**theirs).values("author__username")
    unanswered = Appeal.objects.filter(outcome="", **theirs)
    open_appeals = unanswered.select_related("case").order_by("due_on")
    return Workload(
        list(states.annotate(n=Count("pk"), oldest=Min("touched_at")).order_by("state")),
        list(hands.annotate(n=Count("pk"), oldest=Min("touched_at")).order_by("owner__username")),
        list(given.annotate(n=Count("pk")).order_by("author__username")),
        [(one, deadlines.between(day, one.due_on), _name(one, names)) for one in open_appeals],
    )


def _name(appeal: Appeal, names: Mapping[str, str]) -> str:
    number = appeal.case.hospital_id or appeal.case_id
    return names.get(number, number)
