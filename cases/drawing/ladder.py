"""The ladder of indicators: from the city down to a subject, and what that one consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.drawing.blocks import INNER, MARGIN, WIDTH, title
from cases.drawing.svg import BLUE, CORE, GREY, INK, LINE, ORANGE, RED, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW, HIGH = 30, 16
NAMES, FIGURES = 330, 250
COLOURS = {"red": RED, "yellow": ORANGE, "ahead": BLUE, "": CORE}
LEGEND = (
    "bar: billed; stroke: expected of the same cases elsewhere; red and orange: beyond a line; "
    "blue: will be next month 柱：费用；竖线：同类病例预期；红橙：越线；蓝：下月预警"
)
NO_FINDING = (
    "An alert line shows where to look; it is no finding: people decide. 仅供核查，由人认定。"
)


@dataclass(frozen=True)
class Rung:
    """One bar: amounts in yuan, ``expected`` None where nothing is; ``grade`` colours it."""

    name: str
    amount: float
    expected: float | None
    grade: str
    said: str


def ladder(head: str, under: str, climbed: Sequence[Rung], parts: Sequence[Rung]) -> str:
    """An SVG document: the subjects from the city down, then the parts of the last of them."""
    page = Page(WIDTH, head)
    page.rect(0, 0, WIDTH, 6, BLUE)
    page.text(MARGIN, 38, head, 20, bold=True, room=INNER)
    page.text(MARGIN, 60, under, 13, GREY, room=INNER)
    y = _bars(page, 78, ("From the city down", "自上而下"), climbed)
    y = _bars(page, y + 14, ("What it consists of", "构成"), parts)
    page.text(MARGIN, y + 18, LEGEND, 11, GREY, room=INNER)
    page.text(MARGIN, y + 36, NO_FINDING, 11, GREY, room=INNER)
    return page.written()


def _bars(page: Page, y: float, heads: tuple[str, str], rungs: Sequence[Rung]) -> float:
    """Bars on one scale of their own; returns where the next block begins."""
    y = title(page, MARGIN, y, *heads)
    if not rungs:
        page.text(MARGIN, y + 14, "Nothing was billed. 无费用", 12, GREY)
        return y + 28
    # Reversals alone may leave less than nothing; such a bar has no length.
    most = max(max(one.amount, one.expected or 0.0, 0.01) for one in rungs)
    left, room = MARGIN + NAMES, INNER - NAMES - FIGURES
    for place, one in enumerate(rungs):
        top = y + place * ROW
        page.text(MARGIN, top + 13, one.name, 12, INK, room=NAMES - 12)
        page.rect(left, top, max(one.amount, 0.0) / most * room, HIGH, COLOURS[one.grade])
        if one.expected is not None:
            spot = left + one.expected / most * room
            page.line(spot, top - 3, spot, top + HIGH + 3, INK, 1.5)
        page.text(left + room + 12, top + 13, one.said, 12, INK, room=FIGURES - 14)
    bottom = y + len(rungs) * ROW
    page.line(left, y - 4, left, bottom - 8, LINE)
    return bottom
