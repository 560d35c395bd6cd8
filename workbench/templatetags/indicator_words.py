"""How indicators and their states are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from workbench.indicators import STATE_WORDS

if TYPE_CHECKING:
    from workbench.selectors.indicators import Measured

register = template.Library()


@register.filter
def state_of(state: str) -> str:
    """The word of a state."""
    return str(STATE_WORDS.get(state, state))


@register.filter
def written(one: Measured, name: str = "value") -> str:
    """A value, a line or a bound of an indicator in its own form."""
    held = vars(one) | (one.crossed or {} if name in ("projected", "low", "high") else {})
    return one.what.told(held.get(name))


@register.filter
def lines(one: Measured) -> list[str]:
    """The lines of an indicator in words, and on which side of them is doubt."""
    return [
        _("%(grade)s %(side)s %(line)s")
        % {
            "grade": STATE_WORDS[grade],
            "side": "<" if one.what.down else ">",
            "line": one.what.told(line),
        }
        for grade, line in (("yellow", one.yellow), ("red", one.red))
        if line is not None
    ]
