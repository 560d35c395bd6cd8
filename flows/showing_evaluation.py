"""An evaluation on the screen: what the page begins with, as short tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from evaluation.kinds import OURS
from evaluation.page import conclusion
from evaluation.page_of_audits import SUSPECTED
from evaluation.page_of_audits import conclusion as conclusion_of_audits
from evaluation.telling import (
    bounds,
    capacity,
    count,
    money,
    plural,
    share,
    where,
    with_interval,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from evaluation.storing import Data


def show_figures(console: Console, data: Data) -> None:
    """Print the conclusion about each kind, and what each capacity yields."""
    if not data["kinds"]:
        console.print("Nothing was planted among what was scored.")
    for frame in data["kinds"]:
        kind = frame["subject_type"]
        console.print(conclusion(data, kind), highlight=False)
        _print(
            console,
            f"{plural(kind).capitalize()} (95% intervals over hospitals)",
            ("capacity", "cases", "planted among them", "met of all planted", "recoverable",
             "promised"),
            (
                (
                    capacity(row["size"]),
                    count(row["cases"]),
                    with_interval(row, "precision"),
                    share(row["recall"]) + bounds(row["recall_low"], row["recall_high"]),
                    money(row["recovery"]),
                    money(row["expected"]),
                )
                for row in where(data["capacity"], subject_type=kind, queue=OURS)
            ),
        )  # fmt: skip


def show_audits(console: Console, data: Data) -> None:
    """Print what later audits say, and why not to take it for more."""
    if not data["tested"]:
        console.print("No audit became known that these scores had not learned from.")
        return
    for kind in data["tested"]:
        console.print(conclusion_of_audits(data, kind), highlight=False)
    _print(
        console,
        "Later audits by what led to them",
        ("of", "led to by", "audits", "confirmed", "part"),
        (
            (plural(row["subject_type"]), row["selected_by"], count(row["of"]),
             count(row["found"]), with_interval(row))
            for row in data["ways"]
        ),
    )  # fmt: skip
    console.print(SUSPECTED, highlight=False)


def _print(
    console: Console, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    table = Table(title=title, title_justify="left")
    for name in heads:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
