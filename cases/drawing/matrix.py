"""The day matrix of a stay: fee classes down, days across, the darker the dearer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cases.drawing.blocks import title
from cases.drawing.svg import BLUE, GREY, INK, ORANGE, PALE, RED, Page
from features.stay_frames import PASSIVE

if TYPE_CHECKING:
    from cases.portraits.record import Portrait

CLASSES = {
    "bed": "床位",
    "nursing": "护理",
    "consultation": "诊查",
    "other": "其他",
    "laboratory": "检验",
    "examination": "检查",
    "drug": "药品",
    "treatment": "治疗",
    "surgery": "手术",
    "anaesthesia": "麻醉",
    "rehabilitation": "康复",
    "consumable": "耗材",
}
# Columns are as wide as rows are high, or narrower, so that the page keeps room for the dots.
ROW = 19.0
# So many columns can be told apart; longer stays are shown by weeks or longer spans.
MOST_COLUMNS = 31
NAMES = 128


@dataclass(frozen=True)
class Grid:
    """Where the cells stand, and which span of days each column is.

    ``last`` is the day of discharge; what lies before the stay is one column, after it
    another.
    """

    x: float
    y: float
    cell: float
    columns: list[int]
    spans: dict[int, dict[str, int]]
    step: int
    last: int

    def left(self, place: int) -> float:
        """Left edge of a column."""
        return self.x + NAMES + place * self.cell

    def outside(self, day: int) -> bool:
        """Whether a column lies before the admission or after the discharge."""
        return not 0 <= day <= self.last

    def idle(self, day: int) -> bool:
        """Whether nobody was treated in the span; the day of discharge alone does not count."""
        treated = any(v > 0 for kind, v in self.spans[day].items() if kind not in PASSIVE)
        return not treated and not (day == self.last > 0)


def matrix(
    page: Page, portrait: Portrait, days: int | None, x: float, y: float, width: float
) -> float:
    """Draw the matrix into a width; returns where the next block begins."""
    rows = portrait.days
    y = title(page, x, y, "Fees by day", "每日费用")
    if not rows:
        page.text(x, y + 14, "No fee line with a day. 无按日费用明细", 12, GREY)
        return y + 30
    last = max(days if days is not None else max(row["day"] for row in rows), 0)
    step = 1 + last // MOST_COLUMNS
    spans = _spans(rows, step, last)
    columns = sorted(spans)
    cell = min(ROW, (width - NAMES) / len(columns))
    grid = Grid(x, y, cell, columns, spans, step, last)
    kinds = [kind for kind in CLASSES if any(row["category"] == kind for row in rows)]
    for place, kind in enumerate(kinds):
        _row(page, grid, y + place * ROW, kind)
    bottom = y + len(kinds) * ROW
    _marks(page, grid, bottom)
    return _legend(page, grid, bottom, width)


def _spans(rows: list[dict[str, Any]], step: int, last: int) -> dict[int, dict[str, int]]:
    """Fen by span of days and class; every span of the stay is there, also an empty one."""
    spans: dict[int, dict[str, int]] = {day: {} for day in range(0, last + 1, step)}
    for row in rows:
        inside = 0 <= row["day"] <= last
        span = row["day"] // step * step if inside else (-step if row["day"] < 0 else last + step)
        cell = spans.setdefault(span, {})
        cell[row["category"]] = cell.get(row["category"], 0) + row["amount"]
    return spans


def _row(page: Page, grid: Grid, y: float, kind: str) -> None:
    most = max(value for cell in grid.spans.values() for value in cell.values())
    page.text(grid.x, y + 14, f"{kind} {CLASSES[kind]}", 12, room=NAMES - 6)
    for place, day in enumerate(grid.columns):
        value, left = grid.spans[day].get(kind, 0), grid.left(place)
        tip = f"{kind} {CLASSES[kind]}: {value / 100:,.2f} yuan" if value else ""
        page.rect(left, y + 1, grid.cell - 2, ROW - 2, _shade(value, most), tip=tip)
        if value < 0:
            page.text(left + grid.cell / 2 - 1, y + 14, "−", 12, RED, "middle")


def _shade(value: int, most: int) -> str:
    """From pale to blue by the root of the amount, so that small fees stay visible."""
    if value <= 0:
        return PALE
    part = 0.18 + 0.82 * (value / most) ** 0.5
    mixed = [round(255 - (255 - int(BLUE[i : i + 2], 16)) * part) for i in (1, 3, 5)]
    return "#" + "".join(f"{one:02X}" for one in mixed)


def _marks(page: Page, grid: Grid, y: float) -> None:
    """Below the columns: which are idle, which lie outside, and their days."""
    every = max(1, -(-len(grid.columns) // 11))
    page.text(grid.x, y + 25, "day of stay 第几天", 11, GREY, room=NAMES - 4)
    for place, day in enumerate(grid.columns):
        left, middle = grid.left(place), grid.left(place) + grid.cell / 2 - 1
        if grid.outside(day):
            page.rect(left, y + 3, grid.cell - 2, 7, RED)
            page.text(middle, y + 25, "<" if day < 0 else ">", 11, RED, "middle")
            continue
        if grid.idle(day):
            page.rect(left, y + 3, grid.cell - 2, 7, ORANGE)
        if place % every == 0:
            page.text(middle, y + 25, f"{day}", 11, INK, "middle")


def _legend(page: Page, grid: Grid, y: float, width: float) -> float:
    told = ["the darker the dearer 颜色越深费用越高"]
    if grid.step > 1:
        told.append(f"each column is {grid.step} days 每列{grid.step}天")
    if any(grid.idle(day) for day in grid.columns if not grid.outside(day)):
        told.append("orange: nothing but bed, nursing, consultation 橙：无诊疗")
    if any(grid.outside(day) for day in grid.columns):
        told.append("red: outside the stay 红：住院期外")
    for place, words in enumerate(told):
        page.text(grid.x, y + 43 + place * 14, words, 10, GREY, room=width)
    return y + 43 + len(told) * 14
