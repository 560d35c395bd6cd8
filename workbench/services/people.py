"""What people set for themselves, and what they take out of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from workbench.models import SavedFilter, User
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME = 60
LONGEST_QUERY = 500


def save_filter(user: User, name: str, query: str) -> None:
    """Keep a filter under a name; an empty filter forgets the name."""
    short = name.strip()[:LONGEST_NAME]
    if not short or len(query) > LONGEST_QUERY:
        return
    if query:
        SavedFilter.objects.update_or_create(user=user, name=short, defaults={"query": query})
    else:
        SavedFilter.objects.filter(user=user, name=short).delete()


def switch_facts_only(user: User) -> None:
    """Turn *facts only* on or off; the trail keeps when."""
    with transaction.atomic():
        user.facts_only = not user.facts_only
        user.save(update_fields=["facts_only"])
        append(Event(user, "facts_only", user.get_username(), {"on": user.facts_only}))


def exported(user: User, rows: int, query: Mapping[str, object]) -> None:
    """Tell the trail that rows left the house."""
    with transaction.atomic():
        append(Event(user, "queue.exported", user.get_username(), {"rows": rows, **query}))
