"""Month by month: bars for how many, a line for how dear beside the usual."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cases.drawing.blocks import title
from cases.drawing.svg import BLUE, CORE, GREY, INK, LINE, RED, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 110
MOST_MONTHS = 18
NAMES = 56
# A single month is a bar, not a wall.
FEWEST_PLACES = 6


def trend(page: Page, months: Sequence[dict[str, Any]], x: float, y: float, width: float) -> float:
    """Draw the last months; a line ``ratio`` where the months have one."""
    y = title(page, x, y, "Month by month", "按月趋势")
    shown = _without_gaps(months)[-MOST_MONTHS:]
    if not shown:
        page.text(x, y + 14, "No dated stay. 无住院日期", 12, GREY)
        return y + 30
    most = max(one["stays"] for one in shown)
    step = (width - NAMES) / max(len(shown), FEWEST_PLACES)
    base = y + HEIGHT
    for place, one in enumerate(shown):
        high = one["stays"] / most * (HEIGHT - 22)
        left = x + place * step
        wide = min(step * 0.62, 46)
        page.rect(left, base - high, wide, high, CORE)
        page.text(left + wide / 2, base - high - 4, f"{one['stays']:,}", 10, GREY, "middle")
        if place % max(1, -(-len(shown) // 9)) == 0:
            page.text(left, base + 14, f"{one['month']:%Y-%m}", 10, INK)
    page.line(x, base, x + width, base, LINE)
    said = "bars: stays 柱：住院人次"
    if any(one.get("ratio") is not None for one in shown):
        _ratio(page, shown, x, step, base)
        said += " · line: fee over the usual of its case groups 线：费用与病组标准之比"
    page.text(x, base + 30, said, 10, GREY)
    return base + 44


def _without_gaps(months: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every month from the first to the last, those without a stay as nothing."""
    if not months:
        return []
    held = {one["month"]: one for one in months}
    first, last = min(held), max(held)
    every = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    return [held.get(month, {"month": month, "stays": 0}) for month in every]


def _ratio(page: Page, shown: list[dict[str, Any]], x: float, step: float, base: float) -> None:
    """The line of ratios between 0 and twice the usual, with the usual itself dashed."""
    wide = min(step * 0.62, 46)

    def at(value: float) -> float:
        return base - min(value, 2.0) / 2.0 * (HEIGHT - 22)

    page.line(x, at(1.0), x + step * len(shown), at(1.0), BLUE, 1, "4 3")
    page.text(x + step * len(shown) + 4, at(1.0) + 4, "usual 标准", 10, BLUE)
    spots = [
        (x + place * step + wide / 2, at(one["ratio"]))
        for place, one in enumerate(shown)
        if one.get("ratio") is not None
    ]
    for (x1, y1), (x2, y2) in pairwise(spots):
        page.line(x1, y1, x2, y2, RED, 1.5)
    for left, top in spots:
        page.dot(left, top, 3, RED)
