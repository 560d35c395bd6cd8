"""Small pictures of the page on drift: how values lay before, and how they lie now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.drawing.svg import BAND, BLUE, GREY, LINE, Page
from flows.monitor_words import ENTITIES, name_words, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.drift import Figure
    from models.drift_shapes import Shape

WIDTH, COLUMNS = 860, 3
PANEL, GAP, HEIGHT, HEAD, FOOT = 270, 20, 70, 38, 34
CAPTION = (
    "Share of records by value. Grey: what the model learned from. Blue line: these nights.",
    "按取值的记录占比。灰色：模型学习所用记录；蓝线：近期各晚。",
)


def distributions(pairs: Sequence[tuple[Figure, Shape]]) -> str:
    """A panel for each figure and its shape."""
    drawing = Page(WIDTH, "Before and now")
    for turn, (one, shape) in enumerate(pairs):
        row, column = divmod(turn, COLUMNS)
        left = column * (PANEL + GAP)
        _panel(drawing, left, row * (HEAD + HEIGHT + FOOT), one, shape)
    en, zh = CAPTION
    return f'{drawing.written()}<p>{en} <span class="zh">{zh}</span></p>'


def _panel(drawing: Page, left: float, top: float, one: Figure, shape: Shape) -> None:
    drawing.text(left, top + 12, ENTITIES[one.entity][0], 11, GREY)
    drawing.text(left, top + 28, name_words(one), 12, room=PANEL)
    base = top + HEAD + HEIGHT
    wide = PANEL / len(shape.before)
    high = HEIGHT / max(*shape.before, *shape.now)
    for place, share in enumerate(shape.before):
        drawing.rect(left + place * wide, base - share * high, wide, share * high, BAND)
    _outline(drawing, left, base, wide, [share * high for share in shape.now])
    drawing.line(left, base, left + PANEL, base, LINE)
    drawing.text(left, base + 14, shown(one, shape.first), 11, GREY)
    drawing.text(left + PANEL, base + 14, shown(one, shape.last), 11, GREY, "end")


def _outline(
    drawing: Page, left: float, base: float, wide: float, heights: Sequence[float]
) -> None:
    """The steps of the recent records, from the ground and back to it."""
    before = 0.0
    for place, height in enumerate([*heights, 0.0]):
        x = left + place * wide
        drawing.line(x, base - before, x, base - height, BLUE, 1.5)
        if place < len(heights):
            drawing.line(x, base - height, x + wide, base - height, BLUE, 1.5)
        before = height
