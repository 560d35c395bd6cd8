"""The command that prints indicators of consumables from the city to the serial number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claims.errors import DeliveryError, did_you_mean

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
    def indicators(
        level: Annotated[
            str,
            typer.Option(
                help="city, district, hospital, department, physician, stay, item, lot or serial"
            ),
        ] = "hospital",
        asked: Annotated[
            str | None, typer.Option("--class", help="As stent, 血管支架 or C0201; else all.")
        ] = None,
        month: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m"], help="Else the last whole one.")
        ] = None,
        year: Annotated[bool, typer.Option("--year", help="The year up to it.")] = False,  # noqa: FBT002
        of: Annotated[str | None, typer.Option(help="The parts of this subject.")] = None,
        top: Annotated[int, typer.Option(help="How many are shown.")] = 20,
        form: Annotated[str, typer.Option("--format", help="table or json")] = "table",
        out: Annotated[Path | None, typer.Option(help="SVG file to write.")] = None,
        store: Annotated[  # noqa: FBT002
            bool, typer.Option("--store", help="Write table `indicators` of the month.")
        ] = False,
    ) -> None:
        """Print indicators of consumables, alert lines crossed and those ahead."""
        from features.indicators import RUNGS  # noqa: PLC0415
        from flows import indicators as found  # noqa: PLC0415
        from flows import showing_indicators as showing  # noqa: PLC0415
        from flows.portrait import Desk  # noqa: PLC0415

        _check(level, RUNGS)
        _check(form, FORMATS)
        chosen = None if month is None else month.date()
        if store:
            with working("indicators") as tell:
                day, rows = found.store_month(settings(), chosen, tell)
            console.print(f"{rows:,} rows of {day:%Y-%m} written to table `indicators`.")
            return
        desk = Desk.open(settings())
        history, day = desk.history(), chosen or found.last_whole_month(desk.night)
        told = found.climb(
            history, day, period="year" if year else "month", rung=level, asked=asked, of=of
        )
        names = found.names(history)
        if form == "json":
            typer.echo(showing.as_json(told))
        else:
            showing.show_ladder(console, told, names, top)
        if out is not None:
            out.write_text(showing.as_page(told, names, top), encoding="utf-8")
            console.print(f"Drawn to {out}.")


def _check(given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise DeliveryError(
            f"There is no '{given}' here.", f"Use {', '.join(known)}.{did_you_mean(given, known)}"
        )
