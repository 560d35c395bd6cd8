"""One page a portrait: what an auditor should have grasped after half a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.drawing.blocks import INNER, MARGIN, WIDTH, dots, foot, head, labels, listing
from cases.drawing.matrix import CELL, MOST_COLUMNS, NAMES, matrix
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
    """Days of the stay, its position, the stays around it, the stays like it."""
    days = _length(portrait)
    across = min(MOST_COLUMNS + 3, 3 + max((row["day"] for row in portrait.days), default=0))
    wide = NAMES + max(across, 8) * CELL
    split = min(max(wide, INNER * 0.38), INNER * 0.62)
    left = matrix(page, portrait, days, MARGIN, y)
    x = MARGIN + split + GAP
    right = dots(page, x, y, INNER - split - GAP, portrait.telling(DIMENSIONS_SHOWN))
    return _below(page, portrait, max(left, right))


def _length(portrait: Portrait) -> int | None:
    """Days from admission to discharge, as the timeline has them."""
    mine = [one for one in portrait.timeline if one["this"]]
    return (mine[0]["to"] - mine[0]["from"]).days if mine else None


def _below(page: Page, portrait: Portrait, y: float) -> float:
    y = timeline(page, portrait.timeline, MARGIN, y, INNER)
    heads = ("Stays most like it: same group and level, nearest in days and fee", "最相似住院")
    return listing(page, MARGIN, y, INNER, heads, portrait.neighbours)


def _person(page: Page, portrait: Portrait, y: float) -> float:
    """The timeline first, then how often others are in hospital."""
    y = timeline(page, portrait.timeline, MARGIN, y, INNER)
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.position)
    x = MARGIN + half + GAP
    right = trend(page, portrait.trend, x, y, INNER - half - GAP)
    right = listing(page, x, right, INNER - half - GAP, ("Where", "就诊机构"), portrait.neighbours)
    return max(left, right)


def _unit(page: Page, portrait: Portrait, y: float) -> float:
    """Position among peers, the months, the units most like it."""
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.position)
    x = MARGIN + half + GAP
    right = trend(page, portrait.trend, x, y, INNER - half - GAP)
    heads = ("Most like it", "最相似同类")
    right = listing(page, x, right, INNER - half - GAP, heads, portrait.neighbours)
    return max(left, right)


def _group(page: Page, portrait: Portrait, y: float) -> float:
    """Members by row, their stays in time."""
    y = timeline(page, portrait.timeline, MARGIN, y, INNER, ("Stays of its members", "成员住院"))
    half = (INNER - GAP) * 0.58
    left = dots(page, MARGIN, y, half, portrait.position)
    x = MARGIN + half + GAP
    heads = ("Members", "成员")
    return max(left, listing(page, x, y, INNER - half - GAP, heads, portrait.neighbours))


PAGES: dict[str, Callable[[Page, Portrait, float], float]] = {
    "stay": _stay,
    "person": _person,
    "group": _group,
}
