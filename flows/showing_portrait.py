"""A portrait on the terminal: facts, labels by layer, position, trend, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from cases.drawing.blocks import FAR, LAYER_ORDER, LAYER_ZH, SOME

if TYPE_CHECKING:
    from rich.console import Console

    from cases.portraits.record import Portrait, Position, Said

MONTHS_SHOWN = 12
POSITIONS_SHOWN = 20
EVERYDAY_WORDS = "A portrait shows what stands out; it is no finding: people decide."
EVERYDAY_WORDS_ZH = "画像仅供核查，由人认定。"


def show_portrait(console: Console, told: Portrait, mark: str, *, zh: bool) -> None:
    """Print one record in English or Chinese."""
    head = told.title.zh if zh else told.title.en
    console.print(Text(f"{head}  {mark}", style="bold"))
    facts = [f"{one.zh if zh else one.en} {one.value}" for one in told.facts]
    console.print(Text(" · ".join(facts)))
    for note in told.notes:
        console.print(Text(note.zh if zh else note.en, style="yellow"))
    _labels(console, told, zh=zh)
    console.print(_positions(told, zh=zh))
    if told.trend:
        console.print(_trend(told, zh=zh))
    _list(console, "相似与相邻" if zh else "Neighbours", told.neighbours, zh=zh)
    console.print(Text(EVERYDAY_WORDS_ZH if zh else EVERYDAY_WORDS, style="dim"))


def _labels(console: Console, told: Portrait, *, zh: bool) -> None:
    console.print(Text("标签" if zh else "Labels", style="bold"))
    for layer in LAYER_ORDER:
        for one in (row for row in told.labels if row["layer"] == layer):
            kept = ("豁免 " if zh else "speaks for it: ") if one["protective"] else ""
            name = LAYER_ZH[layer] if zh else layer
            style = "green" if one["protective"] else ""
            console.print(
                Text(f"  {name}  {kept}{one['text_zh'] if zh else one['text_en']}", style=style)
            )
    if not told.labels:
        console.print("  无" if zh else "  none")


def _positions(told: Portrait, *, zh: bool) -> Table:
    table = Table(title="与标准特征比对" if zh else "Against the standard", title_justify="left")
    heads = ("类别", "偏离", "比对") if zh else ("family", "spreads", "value, standard, peers")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place == 1 else "left")
    ordered = sorted(told.position, key=lambda one: (-one.suspicious, one.feature))
    for one in ordered[:POSITIONS_SHOWN]:
        away = Text(f"{one.away:+.1f}", style=_style(one))
        table.add_row(one.family, away, one.text_zh if zh else one.text_en)
    return table


def _style(one: Position) -> str:
    if one.weak:
        return "dim"
    return "red" if one.suspicious >= FAR else "dark_orange" if one.suspicious >= SOME else ""


def _trend(told: Portrait, *, zh: bool) -> Table:
    table = Table(title="按月趋势" if zh else "Month by month", title_justify="left")
    ratio = any("ratio" in one for one in told.trend)
    for head in ("月份", "住院", "费用") if zh else ("month", "stays", "fees, yuan"):
        table.add_column(head, justify="right")
    if ratio:
        table.add_column("与标准之比" if zh else "over the usual", justify="right")
    for one in told.trend[-MONTHS_SHOWN:]:
        cells = [f"{one['month']:%Y-%m}", f"{one['stays']:,}", f"{one['amount'] / 100:,.0f}"]
        if ratio:
            cells.append("-" if one["ratio"] is None else f"{one['ratio']:.2f}")
        table.add_row(*cells)
    return table


def _list(console: Console, head: str, told: list[Said], *, zh: bool) -> None:
    if told:
        console.print(Text(head, style="bold"))
    for one in told:
        console.print(Text(f"  {one.zh if zh else one.en}"))
