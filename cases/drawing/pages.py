"""One page a portrait: what an auditor should have grasped after half a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.drawing.blocks import INNER, MARGIN, WIDTH, dots, foot, head, labels, listing
from cases.drawing.matrix import matrix
from cases.drawing.svg import Page
from cases.drawing.timeline import timeline
from cases.drawing.trend import trend

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.portraits.record import Portrait

DIMENSIONS_SHOWN = 12
GAP = 28


def draw(portrait: Portrait, mark: str = "") -> str:
    """The portrait as an SVG document; ``mark`` (a grade) stands at the right of its head."""
    page = Page(WIDTH, portrait.title.en)
    y = labels(page, portrait, head(page, portrait, mark))
    foot(page, portrait, PAGES.get(portrait.kind, _unit)(page, portrait, y))
    return page.written()


def _stay(page: Page, portrait: Portrait, y: float) -> float:
    """Days of the stay and the stays like it, its position, the stays around it."""
    half = (INNER - GAP) / 2
    left = matrix(page, portrait, _length(portrait), MARGIN, y, half)
    heads = ("Most like it in group, level, days and fee", "最相似住院")
    left = listing(page, MARGIN, left + GAP / 2, half, heads, portrait.neighbours)
    right = dots(page, MARGIN + half + GAP, y, half, portrait.telling(DIMENSIONS_SHOWN))
    return timeline(page, portrait.timeline, MARGIN, max(left, right), INNER)


def _length(portrait: Portrait) -> int | None:
    """Days from admission to discharge, as the timeline has them."""
    mine = [one for one in portrait.timeline if one["this"]]
    return (mine[0]["to"] - mine[0]["from"]).days if mine else None


def _person(page: Page, portrait: Portrait, y: float) -> float:
    """The timeline first, then how often others are in hospital."""
    y = timeline(page, portrait.timeline, MARGIN, y, INNER)
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.telling(DIMENSIONS_SHOWN))
    x = MARGIN + half + GAP
    right = trend(page, portrait.trend, x, y, INNER - half - GAP)
    right = listing(page, x, right, INNER - half - GAP, ("Where", "就诊机构"), portrait.neighbours)
    return max(left, right)


def _unit(page: Page, portrait: Portrait, y: float) -> float:
    """Position among peers, the months, the units most like it."""
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.telling(DIMENSIONS_SHOWN))
    x = MARGIN + half + GAP
    right = trend(page, portrait.trend, x, y, INNER - half - GAP)
    heads = ("Most like it", "最相似同类")
    right = listing(page, x, right, INNER - half - GAP, heads, portrait.neighbours)
    return max(left, right)


def _group(page: Page, portrait: Portrait, y: float) -> float:
    """Members by row, their stays in time."""
    y = timeline(page, portrait.timeline, MARGIN, y, INNER, ("Stays of its members", "成员住院"))
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.telling(DIMENSIONS_SHOWN))
    x = MARGIN + half + GAP
    heads = ("Members", "成员")
    return max(left, listing(page, x, y, INNER - half - GAP, heads, portrait.neighbours))


PAGES: dict[str, Callable[[Page, Portrait, float], float]] = {
    "stay": _stay,
    "person": _person,
    "group": _group,
}
