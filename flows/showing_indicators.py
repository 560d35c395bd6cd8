"""The indicators of a rung on the terminal, as data, and as the bars of a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.table import Table
from rich.text import Text

from cases.drawing.ladder import NO_FINDING, Rung, ladder
from claims.schema import FEN_PER_YUAN, THOUSANDTHS_PER_UNIT
from features.level_expected import MILLIONTHS
from flows.showing import GRADE_STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from flows.indicators import Ladder

ORDER = {"red": 0, "yellow": 1, "ahead": 2, "": 3}
STYLES = {**GRADE_STYLES, "ahead": "blue", "": ""}
HEADS = (
    "", "stays", "billed, yuan", "expected", "O/E", "units", "per 100\noperated",
    "price over\nreference", "traced", "selected", "largest\nsupplier", "lines crossed",
)  # fmt: skip
# What a line is called, and how its values are written.
WORDS = {
    "oe": ("observed over expected", "{:.2f}"),
    "intensity_z": ("units per 100 operated, spreads over peers", "{:.1f}"),
    "share": ("consumables in the fee", "{:.0%}"),
    "share_rank": ("consumables in the fee, place among peers", "{:.1%}"),
    "price_deviation": ("price over reference", "{:+.1%}"),
    "price_dispersion": ("price dispersion", "{:.0%}"),
    "scan_rate": ("implants with trace code", "{:.1%}"),
    "top_supplier": ("largest supplier", "{:.0%}"),
    "hhi": ("supplier concentration", "{:,.0f}"),
    "growth": ("growth of the month", "{:+.0%}"),
    "cusum": ("change-point, spreads", "{:.1f}"),
    "mix_shift": ("away from selected articles", "{:+.0%}"),
}


def ordered(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Subjects beyond a line first, among them by what was billed over the expected."""
    found = [one for one in rows.to_dicts() if one["lines"] or one["amount"] or one["crossed"]]
    return sorted(found, key=lambda one: (ORDER[grade(one)], -_excess(one), one["subject_id"]))


def grade(row: dict[str, Any]) -> str:
    """The gravest grade of a row; '' where no line is crossed or near."""
    return min((one["grade"] for one in row["crossed"]), key=ORDER.__getitem__, default="")


def _expected(row: dict[str, Any]) -> float | None:
    value = row["expected_amount"]
    return None if not value else float(value) / MILLIONTHS / FEN_PER_YUAN


def _excess(row: dict[str, Any]) -> float:
    return float(row["amount"]) / FEN_PER_YUAN - (_expected(row) or 0.0)


def show_ladder(console: Console, told: Ladder, names: Mapping[str, str], top: int) -> None:
    """Print the ancestors, the subjects of the rung, and that they sum to their parent."""
    console.print(Text(_head(told), style="bold"))
    table = Table(show_lines=False)
    for place, head in enumerate(HEADS):
        left = place in (0, len(HEADS) - 1)
        table.add_column(head, justify="left" if left else "right", overflow="fold")
    for rung, rows in told.ancestors:
        before = "" if rung == "city" else f"{rung} "
        table.add_row(*_cells(rows.to_dicts()[0], names, before), style="bold")
    table.add_section()
    shown = ordered(told.rows)
    for one in shown[:top]:
        table.add_row(*_cells(one, names, ""), style=STYLES[grade(one)])
    console.print(table)
    if len(shown) > top:
        console.print(f"{top} of {len(shown):,} are shown; more with `--top`.")
    console.print(_added(told), highlight=False)
    console.print(Text(NO_FINDING, style="dim"))


def _head(told: Ladder) -> str:
    span = f"{told.month:%Y-%m}" if told.period == "month" else f"the year to {told.month:%Y-%m}"
    return f"{told.chosen.name}, {told.rung} by {told.rung}, {span}"


def _added(told: Ladder) -> str:
    """Whether the parts make up the whole, to the fen."""
    parts, whole = int(told.rows["amount"].sum()), int(told.parent["amount"].item())
    word = "the same as" if parts == whole else "NOT the same as"
    name = told.parent["subject_id"].item()
    return (
        f"All {told.rows.height:,} together: {parts / FEN_PER_YUAN:,.2f} yuan, {word} "
        f"{name} with {whole / FEN_PER_YUAN:,.2f} yuan."
    )


def _cells(row: dict[str, Any], names: Mapping[str, str], before: str) -> list[str]:
    expected = _expected(row)
    return [
        f"{before}{named(row['subject_id'], names)}",
        _written(row["stays"], "{:,}"),
        f"{row['amount'] / FEN_PER_YUAN:,.0f}",
        _written(expected, "{:,.0f}"),
        _written(row["oe"], "{:.2f}"),
        f"{row['quantity'] / THOUSANDTHS_PER_UNIT:,.0f}",
        _written(row["per_100"], "{:,.1f}"),
        _written(row["price_deviation"], "{:+.1%}"),
        _written(row["scan_rate"], "{:.0%}"),
        _written(row["selected_share"], "{:.0%}"),
        _written(row["top_supplier"], "{:.0%}"),
        "\n".join(sentence(one) for one in row["crossed"]),
    ]


def named(subject: str, names: Mapping[str, str]) -> str:
    """An id, with the name of its hospital or its article where one is known."""
    told = [names[part] for part in subject.split("|") if part in names]
    return f"{subject} {' '.join(told)}" if told else subject


def _written(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def sentence(one: dict[str, Any]) -> str:
    """A crossed line in words; of one ahead, the projection with its interval."""
    name, form = WORDS[one["indicator"]]
    value, line = form.format(one["value"]), form.format(one["line"])
    if one["grade"] != "ahead":
        return f"{one['grade']}: {name} {value} (line {line})"
    coming, low, high = (form.format(one[key]) for key in ("projected", "low", "high"))
    return f"next month: {name} {coming} (90%: {low} to {high}); now {value}, line {line}"


def as_json(told: Ladder) -> str:
    """All figures in the units of table ``indicators``, with the parent's."""
    found = {
        "class": told.chosen.code,
        "ancestors": [rows.to_dicts()[0] for _, rows in told.ancestors],
        "rows": told.rows.to_dicts(),
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=str)


def as_page(told: Ladder, names: Mapping[str, str], top: int) -> str:
    """The ladder as an SVG document."""
    climbed = [
        _bar(rows.to_dicts()[0], names, "" if rung == "city" else f"{rung} ")
        for rung, rows in told.ancestors
    ]
    shown = sorted(ordered(told.rows)[:top], key=lambda one: -one["amount"])
    under = f"{_added(told)} {len(shown)} of {told.rows.height:,} are drawn."
    return ladder(_head(told), under, climbed, [_bar(one, names, "") for one in shown])


def _bar(row: dict[str, Any], names: Mapping[str, str], before: str) -> Rung:
    oe = "" if row["oe"] is None else f" · O/E {row['oe']:.2f}"
    amount = row["amount"] / FEN_PER_YUAN
    name = f"{before}{named(row['subject_id'], names)}"
    return Rung(name, amount, _expected(row), grade(row), f"¥{amount:,.0f}{oe}")
