"""What people do at the desk, as their hands do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import life

if TYPE_CHECKING:
    from pathlib import Path

    from bench.chromium import Tab

PASSWORD = "correct horse battery"  # noqa: S105  a made-up one
BEGUN = ".crdownload"


@dataclass(frozen=True)
class Conclusion:
    """What a person writes into the form of a decision."""

    outcome: str
    reason: str
    note: str
    scheme: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Person:
    """One person before one screen."""

    tab: Tab
    site: str

    def sign_in(self, name: str, language: str) -> None:
        """Open the desk, choose a language, and say who it is."""
        self.tab.open(self.site)
        self.tab.follow(f".languages button[value='{language}']")
        self.tab.fill("#id_username", name)
        self.tab.fill("#id_password", PASSWORD)
        self.tab.follow(".card .primary")

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.tab.open(self.site + path)

    def take_next(self) -> str:
        """Press *take the next case*; return the case."""
        self.tab.follow("form[action='/next/'] button")
        return self.path.strip("/").rpartition("/")[2]

    def conclude(self, told: Conclusion) -> None:
        """Fill in the form of a decision and send it."""
        self.tab.click(f"input[name=outcome][value={told.outcome}]")
        self.tab.choose("#opinion-reason", told.reason)
        if told.outcome == life.CONFIRMED:
            self.tab.choose("#opinion-scheme", told.scheme)
            self.tab.fill("#opinion-amount", told.amount)
        self.tab.fill("#opinion-note", told.note)
        self.tab.follow(".decide .primary")

    def download(self, button: str, folder: Path) -> bytes:
        """Press a button and return the one file that comes of it."""
        folder.mkdir()
        self.tab.keep_downloads(folder)
        self.tab.click(button)
        self.tab.until(lambda: [one for one in folder.iterdir() if one.suffix != BEGUN])
        (file,) = folder.iterdir()
        return file.read_bytes()

    @property
    def path(self) -> str:
        """Where the person is."""
        return str(self.tab.ask("location.pathname"))

    @property
    def text(self) -> str:
        """What the person reads."""
        return self.tab.text()

    def ask(self, expression: str) -> Any:
        """What the page answers to JavaScript."""
        return self.tab.ask(expression)
