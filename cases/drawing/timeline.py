"""Stays of a person on one line of time, a row a hospital."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cases.drawing.blocks import title
from cases.drawing.svg import BLUE, GREY, LINE, PALE, RED, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = 190
ROW = 22
MOST_ROWS = 12
# So many bars can still carry the code of their case group.
NAMED_UP_TO = 24
LEAST_SPAN_DAYS = 120


def timeline(
    page: Page, spans: Sequence[dict[str, Any]], x: float, y: float, width: float,
    heads: tuple[str, str] = ("Stays of the person", "历次住院"),
) -> float:  # fmt: skip
    """Draw spans of time; returns where the next block begins."""
    y = title(page, x, y, *heads)
    if not spans:
        page.text(x, y + 14, "No dated stay. 无住院日期", 12, GREY)
        return y + 30
    rows = list(dict.fromkeys(one["row"] for one in spans))
    shown = rows[:MOST_ROWS] if len(rows) <= MOST_ROWS else rows[: MOST_ROWS - 1]
    first, last = _window(spans)
    left, right = x + NAMES, x + width

    def at(day: date) -> float:
        return left + (day - first).days / max((last - first).days, 1) * (right - left)

    for place, row in enumerate([*shown, *(["others 其他"] if len(shown) < len(rows) else [])]):
        top = y + place * ROW
        page.rect(left, top + 3, right - left, ROW - 6, PALE)
        page.text(x, top + 15, row, 12, room=NAMES - 10)
    for one in spans:
        place = shown.index(one["row"]) if one["row"] in shown else len(shown)
        top = y + place * ROW
        wide = max(at(one["to"]) - at(one["from"]), 4)
        tip = f"{one['stay']} {one['group'] or ''} {one['from']} to {one['to']}"
        page.rect(at(one["from"]), top + 4, wide, ROW - 8, RED if one["this"] else BLUE,
                  stroke="white", tip=tip)  # fmt: skip
    bottom = y + min(len(rows), MOST_ROWS) * ROW
    _months(page, first, last, left, right, y, bottom)
    return bottom + 34


def _window(spans: Sequence[dict[str, Any]]) -> tuple[date, date]:
    """From the first admission to the last discharge, and four months at least."""
    first, last = min(one["from"] for one in spans), max(one["to"] for one in spans)
    if (last - first).days < LEAST_SPAN_DAYS:
        first = date.fromordinal(last.toordinal() - LEAST_SPAN_DAYS)
    return first, last


def _months(
    page: Page, first: date, last: date, left: float, right: float, top: float, bottom: float
) -> None:
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    every = max(1, -(-len(months) // 14))
    for day in months[::every]:
        place = left + (day - first).days / max((last - first).days, 1) * (right - left)
        page.line(place, top, place, bottom + 4, LINE, 0.7)
        page.text(place, bottom + 17, f"{day:%Y-%m}", 10, GREY, "middle")
