"""Who may sign in to the desk of the demonstration, and the one command that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from claims.errors import SettingsError
from workbench.serve import demonstrate

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from claims.settings import Settings

# The file that marks a data folder as one that the demonstration made.
MARK = "made-by-demo"


def check_made_by_demo(home: Path) -> None:
    """Raise SettingsError for a folder of real data: made-up people have no business there."""
    if not (home / MARK).exists():
        raise SettingsError(
            f"The folder {home} was not made by the demonstration.",
            "Name its folder with `jianbao --home DIR user demo`, or add people with "
            "`jianbao user add NAME`.",
        )


def show_people(console: Console, settings: Settings) -> None:
    """Give them a new password; print names and password, and what to type to open the desk."""
    people, password = demonstrate()
    home = settings.home
    console.print(Text("The auditors' desk", style="bold"))
    console.print("Who may sign in:")
    for name, role in people.items():
        console.print(f"  {name:<14}{role}", highlight=False)
    # As text, because a random password may look like markup.
    console.print(Text(f"All with the password {password}"))
    console.print(
        f"It is shown this once; `.venv/bin/jianbao --home {home} user demo` makes another.",
        highlight=False,
    )
    console.print("Open the desk on this machine, port 8000:")
    console.print(f"  .venv/bin/jianbao --home {home} workbench", highlight=False)
