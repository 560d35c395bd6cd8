"""Verified lines for people and for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from rich.table import Table

from cases.verdicts import CLEAR, HOLD, QUERY, VERDICT_ZH, VERDICTS
from flows.showing import show_lines

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from flows.verify import Verified

FORMATS = (".csv", ".parquet", ".json")
STYLES = {CLEAR: "green", QUERY: "yellow", HOLD: "bold red"}


def show_verified(console: Console, told: Verified, top: int, *, zh: bool = False) -> None:
    """Counts of each verdict, and the lines that need a person, the gravest first."""
    show_lines(console, "Notices", told.notices)
    show_lines(console, "Switched off for want of data", told.switched_off)
    show_lines(console, "Clues alone for want of data", told.graded_down)
    grave = told.lines.filter(pl.col("verdict") != CLEAR)
    order = pl.col("verdict").replace_strict(dict.fromkeys([HOLD], 0), default=1)
    shown = grave.sort(order, maintain_order=True).head(top)
    if shown.height:
        console.print(_table(shown, zh=zh))
    if grave.height > shown.height:
        console.print(f"... and {grave.height - shown.height:,} more; `--top`, or `--out FILE`.")
    console.print(counted(told.lines, zh=zh), highlight=False)
    console.print("People decide. 由人工裁定。")


def counted(lines: pl.DataFrame, *, zh: bool = False) -> str:
    """How many lines there are of each verdict."""
    found = dict(lines["verdict"].value_counts().iter_rows())
    parts = [f"{VERDICT_ZH[one] if zh else one} {found.get(one, 0):,}" for one in VERDICTS]
    return f"{lines.height:,} 行：{'，'.join(parts)}" if zh else (
        f"{lines.height:,} {'line' if lines.height == 1 else 'lines'}: {', '.join(parts)}"
    )  # fmt: skip


def _table(lines: pl.DataFrame, *, zh: bool) -> Table:
    table = Table(show_lines=True, expand=True)
    for title, more in (("Row", 1), ("Line", 4), ("Item", 5), ("Verdict", 3), ("Reason", 16)):
        table.add_column(title, ratio=more, overflow="fold")
    for row in lines.iter_rows(named=True):
        verdict = VERDICT_ZH[row["verdict"]] if zh else row["verdict"]
        table.add_row(
            str(row["row"]),
            row["line_id"] or "-",
            row["item_code"] or "-",
            f"[{STYLES[row['verdict']]}]{verdict}[/]",
            _plain(row["reason_zh"] if zh else row["reason"]),
        )
    return table


def _plain(text: str) -> str:
    """A text in which no bracket is taken for a style."""
    return text.replace("[", r"\[")


def write_verified(lines: pl.DataFrame, out: Path) -> None:
    """Write every line in the order of the file, in the format that the ending names."""
    if out.suffix == ".parquet":
        lines.write_parquet(out)
    elif out.suffix == ".json":
        lines.write_json(out)
    else:
        lines.with_columns(
            pl.col("rules", "articles").list.join("+"),
            findings=pl.when(pl.col("findings").is_not_null()).then(
                pl.struct("findings").struct.json_encode()
            ),
        ).write_csv(out, include_bom=True)
