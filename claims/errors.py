"""What can go wrong, each with an exit code and a way out.

The exit code lets the night shift see why a run stopped without reading logs; the way
out tells the person at the keyboard what to do next. Messages never hold a person's data.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class JianbaoError(Exception):
    """A problem that a person can solve; ``exit_code`` is what the command returns."""

    exit_code = 1

    def __init__(self, what: str, way_out: str) -> None:
        """Keep what happened and what to do about it."""
        super().__init__(f"{what} {way_out}")
        self.what = what
        self.way_out = way_out


class SettingsError(JianbaoError):
    """A setting is unknown or out of range."""

    exit_code = 3


class DeliveryError(JianbaoError):
    """A delivery cannot be read at all: a required table, column or file is unusable."""

    exit_code = 4


class MappingError(JianbaoError):
    """A mapping names something that is not there or that it may not do."""

    exit_code = 5


class LakeError(JianbaoError):
    """The lake does not hold what is asked of it."""

    exit_code = 6


class NotFoundError(JianbaoError):
    """An alert, case, night or model with this name does not exist."""

    exit_code = 7


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ' Did you mean X?' when a known name is close, else an empty text."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""
