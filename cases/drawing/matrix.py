"""The day matrix of a stay: fee classes down, days across, the darker the dearer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases.drawing.blocks import title
from cases.drawing.svg import BLUE, GREY, INK, LINE, ORANGE, PALE, RED, Page

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
CELL = 19
# So many columns can be told apart; longer stays are shown by weeks or longer spans.
MOST_COLUMNS = 31
NAMES = 128


def matrix(page: Page, portrait: Portrait, days: int | None, x: float, y: float) -> float:
    """Draw the matrix; returns where the next block begins."""
    rows = portrait.days
    y = title(page, x, y, "Fees by day", "每日费用")
    if not rows:
        page.text(x, y + 14, "No fee line with a day. 无按日费用明细", 12, GREY)
        return y + 30
    last = days if days is not None else max(row["day"] for row in rows)
    step = 1 + max(last, 0) // MOST_COLUMNS
    spans = _spans(rows, step, last)
    kinds = [kind for kind in CLASSES if any(row["category"] == kind for row in rows)]
    most = max((value for cell in spans.values() for value in cell.values()), default=1)
    columns = sorted(spans)
    for place, kind in enumerate(kinds):
        _row(page, x, y + place * CELL, kind, [spans[one].get(kind, 0) for one in columns], most)
    bottom = y + len(kinds) * CELL
    _idle(page, x, bottom, columns, spans, days)
    _axis(page, x, bottom, columns, days)
    said = f"each column is {step} days 每列{step}天; " if step > 1 else ""
    page.text(x, bottom + 52, f"{said}orange: nothing but bed, nursing, consultation "
              "橙：无诊疗日 · red: outside the stay 红：住院期外", 11, GREY)  # fmt: skip
    return bottom + 68


def _spans(rows: list[dict[str, Any]], step: int, last: int) -> dict[int, dict[str, int]]:
    """Fen by span of days and class; every span of the stay is there, also an empty one."""
    spans: dict[int, dict[str, int]] = {day: {} for day in range(0, max(last, 0) + 1, step)}
    for row in rows:
        # All that lies before the stay is one column, all after it another.
        inside = 0 <= row["day"] <= last
        span = row["day"] // step * step if inside else (-step if row["day"] < 0 else last + step)
        cell = spans.setdefault(span, {})
        cell[row["category"]] = cell.get(row["category"], 0) + row["amount"]
    return spans


def _row(page: Page, x: float, y: float, kind: str, values: list[int], most: int) -> None:
    page.text(x, y + 14, f"{kind} {CLASSES[kind]}", 12, room=NAMES - 6)
    for place, value in enumerate(values):
        left = x + NAMES + place * CELL
        tip = f"{kind}: {value / 100:,.2f} yuan"
        page.rect(left, y + 1, CELL - 2, CELL - 2, _shade(value, most), tip=tip if value else "")
        if value < 0:
            page.text(left + CELL / 2 - 1, y + 14, "−", 12, RED, "middle")


def _shade(value: int, most: int) -> str:
    """From pale to blue by the root of the amount, so that small fees stay visible."""
    if value <= 0:
        return PALE
    part = 0.18 + 0.82 * (value / most) ** 0.5
    mixed = [round(255 - (255 - int(BLUE[i : i + 2], 16)) * part) for i in (1, 3, 5)]
    return "#" + "".join(f"{one:02X}" for one in mixed)


PASSIVE = ("bed", "nursing", "consultation", "other")


def _idle(
    page: Page, x: float, y: float, columns: list[int], spans: dict[int, dict[str, int]],
    days: int | None,
) -> None:  # fmt: skip
    for place, day in enumerate(columns):
        active = any(v > 0 for kind, v in spans[day].items() if kind not in PASSIVE)
        outside = day < 0 or (days is not None and day > days)
        left = x + NAMES + place * CELL
        if outside:
            page.rect(left, y + 3, CELL - 2, 7, RED)
        elif not active:
            page.rect(left, y + 3, CELL - 2, 7, ORANGE)


def _axis(page: Page, x: float, y: float, columns: list[int], days: int | None) -> None:
    every = max(1, len(columns) // 12)
    page.text(x, y + 25, "day of the stay 住院第几天", 11, GREY, room=NAMES - 4)
    for place, day in enumerate(columns):
        middle = x + NAMES + place * CELL + CELL / 2 - 1
        before, after = day < 0, days is not None and day > days
        if before or after:
            page.text(middle, y + 25, "<" if before else ">", 11, RED, "middle")
        elif place % every == 0:
            page.text(middle, y + 25, f"{day}", 11, INK, "middle")
    page.line(x + NAMES, y + 12, x + NAMES + len(columns) * CELL - 2, y + 12, LINE)
