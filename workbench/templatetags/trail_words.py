"""What an entry of the audit trail keeps beside its event, as labels and values for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from workbench.selectors.wanted import EVERY_STATE, MINE
from workbench.services.looks import EXPORT, INDICATORS, OVERVIEW, QUEUE
from workbench.templatetags.formats import (
    clock,
    count,
    grade_word,
    mask,
    outcome_word,
    reason_word,
    rule_title,
    scenario_word,
    state_word,
    value,
    yuan_and_fen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrPromise

    from workbench.models import TrailEntry

register = template.Library()

MOST_SHOWN: Final = 10
EXPORTED: Final = "queue.exported"
WHERE_WORDS: Final[dict[str, StrPromise]] = {
    QUEUE: _("Queue"),
    OVERVIEW: _("Overview"),
    INDICATORS: _("Indicators"),
    EXPORT: _("Excel workbook"),
}
TURN_WORDS: Final[dict[int, StrPromise]] = {
    1: _("first opinion"),
    2: _("second opinion"),
    3: _("settles"),
}
LANGUAGE_WORDS: Final[dict[str, StrPromise]] = {
    "en": _("English"),
    "zh-hans": _("Simplified Chinese"),
}
STATES_ASKED: Final[dict[str, StrPromise]] = {MINE: _("Mine"), EVERY_STATE: _("All")}


def _of(words: dict[Any, StrPromise]) -> Callable[[Any], str]:
    return lambda told: str(words.get(told, told))


def _rule(code: str) -> str:
    return f"{code} {rule_title(code)}".strip()


def _some(told: list[str]) -> str:
    """The first few, and how many more."""
    more = len(told) - MOST_SHOWN
    shown = str(_(", ")).join(str(one) for one in told[:MOST_SHOWN])
    if more <= 0:
        return shown
    return str(_("%(some)s and %(n)s more")) % {"some": shown, "n": count(more)}


def _state(told: str) -> str:
    return str(STATES_ASKED[told]) if told in STATES_ASKED else state_word(told)


# Every key that an event may keep: what it is called, and how its value is written.
TOLD: Final[dict[str, tuple[StrPromise, Callable[[Any], str]]]] = {
    "outcome": (_("Conclusion"), outcome_word),
    "reason": (_("Reason"), reason_word),
    "why": (_("Reason"), str),
    "note": (_("Note"), str),
    "scheme": (_("Kind of problem"), _rule),
    "amount": (_("Amount (yuan)"), yuan_and_fen),
    "alert_ids": (_("Doubtful points it holds for"), _some),
    "saw_score": (_("Had seen the score"), value),
    "turn": (_("Opinion"), _of(TURN_WORDS)),
    "round": (_("Round"), count),
    "night": (_("Night"), str),
    "from": (_("State before"), _state),
    "state": (_("State"), _state),
    "until": (_("In hand until"), clock),
    "held_by": (_("Was held by"), str),
    "person": (_("Person"), mask),
    "filed_on": (_("Filed on"), str),
    "due_on": (_("To be answered by"), str),
    "grounds": (_("Grounds the hospital gives"), str),
    "answer": (_("Answer"), str),
    "name": (_("File"), str),
    "bytes": (_("Size"), filesizeformat),
    "sha256": (_("SHA-256"), str),
    "language": (_("Language"), _of(LANGUAGE_WORDS)),
    "address": (_("Address"), str),
    "on": (_("Facts only"), _of({True: _("switched on"), False: _("switched off")})),
    "where": (_("Where"), _of(WHERE_WORDS)),
    "cases": (_("Cases"), _some),
    "rows": (_("Rows"), count),
    "scenario": (_("Scenario"), scenario_word),
    "grade": (_("Grade"), grade_word),
    "hospital": (_("Hospital"), str),
    "district": (_("District"), str),
    "waiting": (_("Open for days"), count),
}
# The filters of an exported queue, where the same word means something else.
ASKED: Final[dict[str, tuple[StrPromise, Callable[[Any], str]]]] = {
    "scheme": (_("Rule"), _rule),
    "amount": (_("From yuan"), count),
}


@register.filter
def details(entry: TrailEntry) -> list[tuple[str, str]]:
    """Labels and values of an entry in the reader's language; what says nothing is left out.

    Details that somebody changed may be no JSON any more: they are shown as they stand.
    """
    try:
        told = json.loads(entry.details)
    except ValueError:
        return [(str(_("Details")), entry.details)]
    if not isinstance(told, dict):
        return [(str(_("Details")), entry.details)]
    words = TOLD | ASKED if entry.event == EXPORTED else TOLD
    return [_pair(words, name, held) for name, held in _in_order(words, told)
            if held not in (None, "", [])]  # fmt: skip


def _in_order(words: dict[str, Any], told: dict[str, Any]) -> list[tuple[str, Any]]:
    """As the words stand; what has none comes last."""
    known = [(name, told[name]) for name in words if name in told]
    return known + [(name, held) for name, held in told.items() if name not in words]


def _pair(
    words: dict[str, tuple[StrPromise, Callable[[Any], str]]], name: str, held: object
) -> tuple[str, str]:
    label, write = words.get(name, (name.replace("_", " "), str))
    try:
        return str(label), write(held)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return str(label), str(held)
