"""Commands that show what cases are compared with, and the portrait of one subject."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claims.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from claims.settings import Settings

FORMATS = ("table", "json", "csv")


def register(app: typer.Typer, console: Console, settings: Callable[[], Settings]) -> None:
    """Add the commands to the command line."""

    @app.command()
    def standard(
        drg: Annotated[str, typer.Argument(help="Case group, as ES35, or a family, as ES3.")],
        level: Annotated[str | None, typer.Option(help="Hospital level: 3, 2, 1 or 0.")] = None,
        scheme: Annotated[
            str | None, typer.Option(help="employee or resident; needs --level.")
        ] = None,
        version: Annotated[str | None, typer.Option(help="Of this version.")] = None,
        form: Annotated[str, typer.Option("--format", help="table, json or csv")] = "table",
        part: Annotated[str, typer.Option(help="Of csv: features, items or days.")] = "features",
        zh: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,  # noqa: FBT002
    ) -> None:
        """Print what is usual in a case group: figures, items, days of its steps."""
        from cases.profile import Asked, profile  # noqa: PLC0415
        from flows import showing_standard as showing  # noqa: PLC0415
        from flows.frozen_now import item_names, newest_frozen  # noqa: PLC0415

        _check(form, part, showing.PARTS)
        if scheme is not None and level is None:
            raise DeliveryError(
                "A scheme alone is no peer group.", "Add `--level 3` to `--scheme`."
            )
        frozen = newest_frozen(settings())
        told = profile(
            frozen("standards"),
            frozen("standard_items"),
            frozen("standard_days"),
            Asked(drg, level, scheme),
            version,
        )
        if form == "table":
            showing.show_profile(console, told, item_names(settings()), zh=zh)
        elif form == "json":
            typer.echo(showing.profile_json(told))
        else:
            typer.echo(showing.part_rows(told, part).write_csv(), nl=False)

    @app.command()
    def portrait(
        kind: Annotated[
            str, typer.Argument(help="stay, person, physician, department, hospital or group")
        ],
        subject: Annotated[str, typer.Argument(help="Its id; of a department HOSPITAL|NAME.")],
        out: Annotated[Path | None, typer.Option(help="SVG file to write.")] = None,
        zh: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,  # noqa: FBT002
    ) -> None:
        """Print one record: labels, position, trend, neighbours; draw it as a page."""
        from cases.drawing.pages import draw  # noqa: PLC0415
        from flows.portrait import grade_of, portrait_of  # noqa: PLC0415
        from flows.showing_portrait import show_portrait  # noqa: PLC0415

        told = portrait_of(settings(), kind, subject)
        mark = grade_of(settings(), kind, subject)
        show_portrait(console, told, mark, zh=zh)
        if out is not None:
            out.write_text(draw(told, mark), encoding="utf-8")
            console.print(f"Drawn to {out}.")


def _check(form: str, part: str, parts: tuple[str, ...]) -> None:
    if form not in FORMATS:
        raise DeliveryError(f"There is no format '{form}'.", f"Use {', '.join(FORMATS)}.")
    if part not in parts:
        raise DeliveryError(f"There is no part '{part}'.", f"Use {', '.join(parts)}.")
