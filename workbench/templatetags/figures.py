"""Figures of overviews and coordinates of drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template

from workbench.selectors.precision import SMALL

if TYPE_CHECKING:
    from workbench.selectors.precision import Share

register = template.Library()

PER_CENT = 100


@register.filter
def unlocal(number: float) -> str:
    """A coordinate, written as SVG reads it in every language."""
    return f"{number:.1f}"


@register.filter
def times(number: float, by: float) -> str:
    """A part of a length, as a coordinate."""
    return unlocal(number * by)


@register.filter
def below(height: float, base: float) -> str:
    """Where something of this height begins, when it stands on a base."""
    return unlocal(base - height)


@register.filter
def breadth(share: Share, by: float) -> str:
    """The breadth of an interval."""
    low, high = share.interval
    return unlocal((high - low) * by)


@register.filter
def few(number: int) -> str:
    """A count; what could be told apart is not told."""
    return f"<{SMALL}" if 0 < number < SMALL else f"{number:,}"


@register.filter
def in_hundred(share: float) -> str:
    """A share in per cent with one decimal."""
    return f"{share * PER_CENT:.1f}%"


@register.filter
def share(told: Share) -> str:
    """A share with its interval and what it rests on, a dash where that is too little."""
    if told.hidden:
        return "–"
    low, high = told.interval
    bounds = f"{low * PER_CENT:.0f}–{high * PER_CENT:.0f}%"
    return f"{told.value * PER_CENT:.0f}% ({bounds}, n {told.of:.0f})"


@register.simple_tag
def ladder(chosen: dict[str, str], scenario: str | None, rung: str = "", value: str = "") -> str:
    """The address of a place on the ladder of overviews."""
    told = dict(chosen)
    if rung:
        told[rung] = value
    if scenario:
        told["scenario"] = scenario
    return "?" + urlencode(told)
