"""Cases in work that the newest nights tell of no more, found where they were last told of.

A case leaves the nights of the queue by age, or because its night was published anew without
it. What people have begun stays with them: they read it as it was told before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q

from workbench import life
from workbench.models import CaseFile
from workbench.selectors import queue
from workbench.selectors.nights import tellings

if TYPE_CHECKING:
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night


def behind(lake: Lake, recent: tuple[Night, ...]) -> tuple[Night, ...]:
    """The nights that last told of cases in work which the recent ones leave out, those alone."""
    if not recent:
        return ()
    untouched = Q(state=life.NEW, round=1)
    begun = CaseFile.objects.exclude(state__in=life.CLOSED).exclude(untouched)
    nights = dict(begun.values_list("case_id", "night"))
    missing = queue.without(lake, recent, list(nights))
    return _last_told(lake, recent, frozenset((one, nights[one]) for one in missing))


def told_by(lake: Lake, on: date, case_id: str) -> Night | None:
    """The newest publication of a night that tells of a case; None where the lake forgot it."""
    return next((one for one in tellings(lake, on) if queue.told(lake, one, {case_id})), None)


@lru_cache(maxsize=8)
def _last_told(
    lake: Lake, _recent: tuple[Night, ...], missing: frozenset[tuple[str, date]]
) -> tuple[Night, ...]:
    """The nights of the missing cases; kept until a night is published or the cases change."""
    found = []
    for on in sorted({night for _, night in missing}, reverse=True):
        sought = {case_id for case_id, night in missing if night == on}
        for night in tellings(lake, on):
            here = queue.told(lake, night, sought)
            if here:
                found.append(replace(night, only=frozenset(here)))
                sought -= here
            if not sought:
                break
    return tuple(found)
