"""Blocks that pages of all kinds share: head, labels, dots against the standard, lists, foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.drawing.svg import (
    BAND,
    BLUE,
    CORE,
    GREEN,
    GREY,
    INK,
    LINE,
    ORANGE,
    RED,
    Page,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cases.portraits.record import Portrait, Position, Said

WIDTH, MARGIN = 1160, 24
INNER = WIDTH - 2 * MARGIN
LABEL_COLOURS = {
    "rule": RED,
    "statistical": ORANGE,
    "model": BLUE,
    "reviewed": INK,
    "fact": GREY,
}
GRADE_COLOURS = {"red": RED, "orange": ORANGE, "yellow": "#B58900"}
LAYER_ZH = {
    "rule": "规则",
    "statistical": "统计",
    "model": "模型",
    "reviewed": "核实",
    "fact": "事实",
}
# What an auditor reads first stands first.
LAYER_ORDER = ("rule", "reviewed", "model", "statistical", "fact")
LABELS_A_LAYER = 6
SPREADS_SHOWN = 6.0
# DOMAIN 6.2: from 3.5 spreads a value is unusual; from 1 it is worth a look.
FAR, SOME = 3.5, 1.0
ROW = 32


def head(page: Page, portrait: Portrait, mark: str = "") -> float:
    """Title and facts; ``mark`` stands at the right. Returns where the next block begins."""
    page.rect(0, 0, WIDTH, 6, BLUE)
    page.text(MARGIN, 38, portrait.title.en, 20, bold=True, room=INNER - 330)
    page.text(MARGIN, 60, portrait.title.zh, 14, GREY, room=INNER - 330)
    colour = GRADE_COLOURS.get(mark.partition(" ")[0], GREY)
    page.text(WIDTH - MARGIN, 38, mark, 16, colour, "end", bold=True)
    page.text(
        WIDTH - MARGIN, 60, f"as known on the night of {portrait.night} 截至当夜", 12, GREY, "end"
    )
    x, y = float(MARGIN), 86.0
    for fact in portrait.facts:
        name, value = f"{fact.en} {fact.zh} ", fact.value
        wide = width_of(name, 12) + width_of(value, 13) + 22
        if x + wide > WIDTH - MARGIN:
            x, y = float(MARGIN), y + 20
        page.text(x, y, name, 12, GREY)
        page.text(x + width_of(name, 12), y, value, 13, bold=True)
        x += wide
    return notes(page, portrait.notes, y + 12)


def notes(page: Page, told: Sequence[Said], y: float) -> float:
    """Warnings on a yellow ground, above all that a comparison is weak."""
    for note in told:
        page.rect(MARGIN, y, INNER, 22, "#FFF4CC", radius=3)
        page.text(MARGIN + 8, y + 15, f"{note.en} {note.zh}", 12, room=INNER - 16)
        y += 26
    return y + 6


def title(page: Page, x: float, y: float, en: str, zh: str) -> float:
    """Title of a block."""
    page.text(x, y + 14, f"{en} {zh}", 14, bold=True)
    return y + 24


def labels(page: Page, portrait: Portrait, y: float) -> float:
    """Labels by layer, what speaks for the subject in green; the sentence beside the layer."""
    y = title(page, MARGIN, y, "Labels", "标签")
    if not portrait.labels:
        page.text(MARGIN, y + 14, "No label. 无标签", 12, GREY)
        return y + 28
    for layer in LAYER_ORDER:
        mine = [one for one in portrait.labels if one["layer"] == layer]
        mine.sort(key=lambda one: (not one["protective"], -abs(one["distance"] or 0), one["tag"]))
        if mine:
            y = _layer(page, layer, mine, y)
    return y + 8


def _layer(page: Page, layer: str, mine: list[dict[str, object]], y: float) -> float:
    page.text(MARGIN, y + 15, f"{layer} {LAYER_ZH[layer]}", 12, GREY)
    x, start = float(MARGIN + 120), float(MARGIN + 120)
    for one in mine[:LABELS_A_LAYER]:
        words = _briefly(one)
        colour = GREEN if one["protective"] else LABEL_COLOURS[layer]
        said = ("✓ " if one["protective"] else "") + words
        wide = min(width_of(said, 12) + 18, WIDTH - MARGIN - start)
        if x + wide > WIDTH - MARGIN:
            x, y = start, y + 25
        page.rect(x, y, wide, 21, "white", stroke=colour, radius=10)
        page.text(x + 9, y + 15, said, 12, colour, room=wide - 12)
        x += wide + 6
    if len(mine) > LABELS_A_LAYER:
        more = len(mine) - LABELS_A_LAYER
        if x + 90 > WIDTH - MARGIN:
            x, y = start, y + 25
        page.text(x + 4, y + 15, f"and {more} more 另{more}个", 12, GREY)
    return y + 27


def _briefly(one: dict[str, object]) -> str:
    """A label in both languages; of a comparison its beginning, the dots tell the rest."""
    en, zh = str(one["text_en"]), str(one["text_zh"])
    if one["layer"] == "statistical":
        en, zh = en.split(";", maxsplit=1)[0], zh.split("；", maxsplit=1)[0]
    return f"{en} {zh}"


def dots(page: Page, x: float, y: float, width: float, found: Sequence[Position]) -> float:
    """One row a dimension: the peers' band, their median, and the subject's dot.

    All rows share one scale, spreads from the median, so that far is far in every row.
    """
    y = title(page, x, y, "Against the standard", "与标准特征比对")
    if not found:
        page.text(x, y + 14, "No standard to compare with. 无可比标准", 12, GREY)
        return y + 30
    names, figures = width * 0.34, width * 0.33
    left, right = x + names, x + width - figures
    for place, one in enumerate(found):
        _dot_row(page, x, y + place * ROW, (left, right), names, figures, one)
    bottom = y + len(found) * ROW
    _scale(page, left, right, y, bottom)
    for place, words in enumerate(LEGEND):
        page.text(x, bottom + 27 + place * 14, words, 10, GREY, room=width)
    return bottom + 54


def _dot_row(
    page: Page, x: float, y: float, span: tuple[float, float], names: float, figures: float,
    one: Position,
) -> None:  # fmt: skip
    left, right = span
    middle = y + ROW / 2 - 2

    def at(value: float) -> float:
        away = max(-SPREADS_SHOWN, min(SPREADS_SHOWN, (value - one.standard) / one.spread))
        return left + (away + SPREADS_SHOWN) / (2 * SPREADS_SHOWN) * (right - left)

    colour = RED if one.suspicious >= FAR else ORANGE if one.suspicious >= SOME else BLUE
    page.text(x, middle - 1, one.feature.replace("_", " "), 12, room=names - 10)
    page.text(x, middle + 12, one.zh, 11, GREY, room=names - 10)
    page.rect(at(one.p5), middle - 7, at(one.p95) - at(one.p5), 14, BAND)
    page.rect(at(one.p25), middle - 7, at(one.p75) - at(one.p25), 14, CORE)
    page.line(at(one.standard), middle - 8, at(one.standard), middle + 8, INK, 1.5)
    page.dot(at(one.value), middle, 5, "white" if one.weak else colour, colour)
    if abs(one.away) > SPREADS_SHOWN:
        page.text(at(one.value) + (8 if one.away > 0 else -8), middle + 4, "»" if one.away > 0
                  else "«", 12, colour, "start" if one.away > 0 else "end")  # fmt: skip
    few = ", weak" if one.weak else ""
    page.text(right + 20, middle - 1, one.shown, 12, colour, room=figures - 22, bold=True)
    said = f"peers {one.shown_standard}, n {one.n:,}{few}"
    page.text(right + 20, middle + 12, said, 10.5, GREY, room=figures - 22)


def _scale(page: Page, left: float, right: float, top: float, bottom: float) -> None:
    step = (right - left) / (2 * SPREADS_SHOWN)
    for spread in (-6, -3, 0, 3, 6):
        place = left + (spread + SPREADS_SHOWN) * step
        page.line(place, top, place, bottom, LINE, 0.7, "2 3")
        page.text(place, bottom + 11, f"{spread:+d}" if spread else "0", 10, GREY, "middle")


LEGEND = (
    "in spreads from the peers' median; light: 90% of peers, dark: half of them, hollow: weak",
    "单位：离散度；浅：九成同类，深：半数同类，空心：可比性弱",
)


def listing(
    page: Page, x: float, y: float, width: float, heads: tuple[str, str], told: Sequence[Said]
) -> float:
    """A short list of sentences, as neighbours."""
    y = title(page, x, y, *heads)
    for one in told:
        page.text(x, y + 14, f"• {one.en}", 12, room=width)
        y += 19
    if not told:
        page.text(x, y + 14, "Nothing to show. 无", 12, GREY)
        y += 19
    return y + 10


def foot(page: Page, portrait: Portrait, y: float) -> None:
    """What a portrait is and is not."""
    page.line(MARGIN, y, WIDTH - MARGIN, y)
    version = f"standards {portrait.standards} · " if portrait.standards else ""
    page.text(
        MARGIN,
        y + 18,
        f"{version}A portrait shows what stands out; it is no finding: people decide. "
        "画像仅供核查，由人认定。",
        11,
        GREY,
    )
