"""The command that says how good the scores are: a page, its figures, and a short table."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from rich.console import Console

    from claims.settings import Settings

    Working = Callable[[str], AbstractContextManager[Callable[[str], None]]]

FOLDER, PAGE = "evaluations", "evaluation.html"


def register(
    app: typer.Typer, console: Console, settings: Callable[[], Settings], working: Working
) -> None:
    """Add the command to the command line."""

    @app.command()
    def evaluate(
        truth: Annotated[
            Path | None, typer.Option(help="Folder `truth` of a generated city; else later audits.")
        ] = None,
        screen_name: Annotated[str | None, typer.Option("--screen", help="Of this screen.")] = None,
        out: Annotated[
            Path | None, typer.Option(help="Page to write; its JSON goes beside.")
        ] = None,
        quick: Annotated[  # noqa: FBT002
            bool, typer.Option("--quick", help="Without the curve of fewer audits.")
        ] = False,
    ) -> None:
        """Say how good the scores are, by an answer key or by later audits; write a page."""
        from flows.published import newest  # noqa: PLC0415
        from flows.showing_evaluation import show_audits, show_figures  # noqa: PLC0415

        here = settings()
        shown = newest(here, None, screen_name, by="published_at")
        page = out or here.home / FOLDER / _place(shown.night.isoformat(), screen_name) / PAGE
        command = typed(truth, screen_name, quick=quick)
        with working("evaluating") as tell:
            if truth is None:
                from flows.later_audits import evaluate_on_audits  # noqa: PLC0415

                data = evaluate_on_audits(shown, here, command)
            else:
                from flows.evaluate import evaluate as judge  # noqa: PLC0415

                data = judge(shown, here, truth, tell, learning=not quick, command=command)
            tell("drawing the page")
            from flows.evaluation_page import write  # noqa: PLC0415

            write(data, page)
        (show_figures if truth else show_audits)(console, data)
        console.print(f"The page: {page}", highlight=False)
        if truth is not None:
            from flows.evaluate import check_leaks  # noqa: PLC0415

            check_leaks(data, page)


def typed(truth: Path | None, screen_name: str | None, *, quick: bool) -> str:
    """The command as it can be typed again; where its page goes changes no figure."""
    words = ["jianbao", "evaluate"]
    words += [] if truth is None else ["--truth", str(truth)]
    words += [] if screen_name is None else ["--screen", screen_name]
    return shlex.join([*words, *(["--quick"] if quick else [])])


def _place(night: str, screen_name: str | None) -> str:
    return night if screen_name is None else f"{night}-{screen_name}"
