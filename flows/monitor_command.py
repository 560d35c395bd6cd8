"""The command that watches for drift."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claims.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from rich.console import Console

    from claims.settings import Settings

FORMATS = ("table", "json")


def register(
    app: typer.Typer,
    console: Console,
    settings: Callable[[], Settings],
    working: Callable[[str], AbstractContextManager[Callable[[str], None]]],
) -> None:
    """Add the command to the command line."""

    @app.command()
    def monitor(
        night: Annotated[
            datetime | None,
            typer.Option("--date", formats=["%Y-%m-%d"], help="Last night; else the newest."),
        ] = None,
        days: Annotated[
            list[int] | None, typer.Option("--nights", help="Length of a window; 7 and 28.")
        ] = None,
        out: Annotated[
            Path | None, typer.Option(help="Page to write; its figures go beside it as JSON.")
        ] = None,
        form: Annotated[str, typer.Option("--format", help="table or json")] = "table",
    ) -> None:
        """Hold recent nights against what the models learned from; say what moved since when."""
        if form not in FORMATS or any(one < 1 for one in days or ()):
            raise DeliveryError(
                "This cannot be watched.", "Use --format table or json, and --nights from 1 on."
            )
        from flows.monitor import DAYS  # noqa: PLC0415
        from flows.monitor import monitor as flow  # noqa: PLC0415

        with working("watching for drift") as tell:
            told = flow(settings(), night.date() if night else None, tuple(days or DAYS), out, tell)
        if form == "json":
            typer.echo(Path(told["data"]).read_text(encoding="utf-8"), nl=False)
            return
        from flows import monitor_words as words  # noqa: PLC0415

        found = told["found"]
        for number, figures in sorted(found.figures.items()):
            moved = words.told(figures)
            compared = sum(one.distance is not None for one in figures)
            console.print(f"Last {number} nights: {compared:,} figures, {len(moved)} moved.")
            for one in moved:
                console.print(f"  {words.sentence(one, found.hospitals)}.", highlight=False)
        console.print(f"The page lies at {told['page']}.")
