"""Commands that put models in office and take them back, and show who did so before."""

from __future__ import annotations

import os
import pwd
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from claims.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from claims.settings import Settings
    from models.office_trail import By, Event

ALREADY = "It was in office already; nothing was kept."
NOBODY = "Nothing has been kept yet: who came into office before the trail began is not known."
Entity = Annotated[str, typer.Argument(help="stay, use or ledger")]
Reason = Annotated[str, typer.Option(help="Why; it is kept.")]


def register(app: typer.Typer, console: Console, settings: Callable[[], Settings]) -> None:
    """Add the commands to the command line."""

    @app.command()
    def promote(
        entity: Entity,
        version: Annotated[str | None, typer.Argument(help="As `retrain` printed it.")] = None,
        despite: Annotated[
            str | None, typer.Option(help="Why it should, though a gate failed; it is kept.")
        ] = None,
        reason: Reason = "",
        show: Annotated[  # noqa: FBT002
            bool, typer.Option("--list", help="Show who was put in office when, and why.")
        ] = False,
    ) -> None:
        """Put a trained model in office; one that failed a gate only with a reason."""
        from flows.promoting import promote as put  # noqa: PLC0415
        from flows.promoting import trail  # noqa: PLC0415

        if show:
            _show(console, trail(settings().home, entity), NOBODY)
            return
        if version is None:
            raise DeliveryError(
                "No version was named.",
                f"Name one as `retrain` printed it, or see `jianbao promote {entity} --list`.",
            )
        by = by_whom(reason)
        for name, done in put(settings().home, {entity: version}, by, despite).items():
            console.print(f"{name} is now scored by {done}.")
        _show_kept(console, trail(settings().home, entity), by)

    @app.command()
    def rollback(entity: Entity, reason: Reason = "") -> None:
        """Put the model before back in office."""
        from flows.promoting import rollback as back  # noqa: PLC0415
        from flows.promoting import trail  # noqa: PLC0415

        by = by_whom(reason)
        console.print(f"{entity} is scored by {back(settings().home, entity, by)} again.")
        _show_kept(console, trail(settings().home, entity), by)


def by_whom(reason: str = "") -> By:
    """Whoever runs this process, now."""
    from models.office_trail import By  # noqa: PLC0415

    return By(_user(), datetime.now(UTC), reason)


def _user() -> str:
    """The account of the process itself; an environment variable could name anybody."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _show_kept(console: Console, known: Sequence[Event], by: By) -> None:
    _show(console, [one for one in known if one.by.at == by.at], ALREADY)


def _show(console: Console, told: Sequence[Event], otherwise: str) -> None:
    """Print events, a line each."""
    for line in [_line(one) for one in told] or [otherwise]:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _line(event: Event) -> str:
    by = event.by
    place = f" in the place of {event.before}" if event.before else ""
    why = f": {by.why}" if by.why else ""
    return f"{by.at:%Y-%m-%d %H:%M:%S} UTC {event.action} {event.version}{place}, by {by.who}{why}"
