"""An evaluation as a manager reads it: what the team's capacity yields, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from flows.showing import yuan

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from flows.evaluate import Judgement

COUNTS = ("cases", "planted", "found", "flagged")


def show_judgement(console: Console, judgement: Judgement) -> None:
    """Print precision and recall at capacity, recall by scheme, and innocents flagged."""
    made = judgement.evaluation
    if made.by_scheme.is_empty():
        console.print(f"{judgement.entity}: nothing was planted among what was scored.")
        return
    title = f"{judgement.entity}: precision at capacity (95% interval over hospitals)"
    _print(console, title, made.at_capacity)
    smallest = made.by_scheme.filter(made.by_scheme["size"] == made.by_scheme["size"].max())
    _print(console, f"{judgement.entity}: recall by scheme and difficulty", smallest)
    _print(console, f"{judgement.entity}: area under the precision-recall curve", made.overall)
    _print(console, f"{judgement.entity}: innocents in the first 1%", judgement.innocents)
    for leak in made.leaks:
        console.print(f"[bold red]{leak}[/bold red]")


def _print(console: Console, title: str, rows: pl.DataFrame) -> None:
    table = Table(title=title, title_justify="left")
    for name in rows.columns:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows.iter_rows(named=True):
        table.add_row(*(_cell(name, value) for name, value in row.items()))
    console.print(table)


def _cell(name: str, value: Any) -> str:  # noqa: ANN401
    if value is None or not isinstance(value, float):
        return "-" if value is None else str(value)
    if name == "recovery":
        return yuan(round(value))
    if name == "size":
        return f"{value:.1%}" if value < 1 else f"{value:.0f}"
    return f"{value:.0f}" if name in COUNTS else f"{value:.3f}"
