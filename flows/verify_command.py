"""The command that examines lines before payment, and what it shows and writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claims.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from claims.settings import Settings


def register(app: typer.Typer, console: Console, settings: Callable[[], Settings]) -> None:
    """Add the command to the command line."""

    @app.command()
    def verify(
        path: Annotated[Path, typer.Argument(help="CSV or Parquet of fee lines, or a delivery.")],
        out: Annotated[
            Path | None, typer.Option(help="File for all lines: .csv, .parquet or .json.")
        ] = None,
        top: Annotated[int, typer.Option(help="How many lines to show.")] = 20,
        night: Annotated[
            datetime | None,
            typer.Option(
                "--date",
                formats=["%Y-%m-%d"],
                help="Night they count as received on; else today, or after all that is known.",
            ),
        ] = None,
        zh: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,  # noqa: FBT002
    ) -> None:
        """Examine lines before payment: clear, query or recommend hold, each with the reason."""
        from flows.showing_verified import FORMATS, show_verified, write_verified  # noqa: PLC0415

        if out is not None and out.suffix not in FORMATS:
            raise DeliveryError(
                f"{out.name} has no ending that is written here.", f"Use {', '.join(FORMATS)}."
            )
        from flows.verify import verify as examine  # noqa: PLC0415

        told = examine(settings(), path, None if night is None else night.date())
        show_verified(console, told, top, zh=zh)
        if out is not None:
            write_verified(told.lines, out)
            console.print(f"{told.lines.height:,} lines written to {out}.")
