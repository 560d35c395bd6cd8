"""A dial for drift: what changes in a city on a date, so that old models meet something new.

By default nothing shifts, and the city is the one that it is without this dial.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claims.errors import JianbaoError
from synthetic.declared import schemes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from synthetic.clock import Clock

HOSPITALS, PRICES, DIAGNOSES, ITEMS = "hospitals", "prices", "diagnoses", "items"
NAMES = (HOSPITALS, PRICES, DIAGNOSES, ITEMS)
# What the short names stand for: how many hospitals open, and which classes and groups change.
OPENING = 3
CLASSES = ("C01", "C03", "C09")  # endoscopy, bone, staplers
GROUPS = ("F", "E")  # circulation, respiration


class ShiftError(JianbaoError, ValueError):
    """A shift cannot be made as it was asked for."""

    exit_code = 10


@dataclass(frozen=True)
class Shift:
    """What changes, and on which date.

    ``schemes``: a scheme's code and the first day on which anybody cheats so. ``hospitals``:
    one date for each hospital that opens inside the window. ``prices``: the beginning of a class
    code of consumables and the day on which its products are selected at a lower price.
    ``diagnoses``: the first letters of a case group and the day from which its stays are coded
    in another edition. ``items``: the beginning of a class code and the day on which its
    products get new item codes, while the UDI-DI stays.
    """

    schemes: Mapping[str, date] = field(default_factory=dict)
    hospitals: Sequence[date] = ()
    prices: Mapping[str, date] = field(default_factory=dict)
    diagnoses: Mapping[str, date] = field(default_factory=dict)
    items: Mapping[str, date] = field(default_factory=dict)

    @classmethod
    def of(cls, day: date | None, names: Sequence[str]) -> Shift:
        """Everything that is named, on one day: kinds of change, or codes of schemes."""
        if day is None and not names:
            return cls()
        if day is None or not names:
            raise ShiftError(
                "A shift needs a day and what changes on it.",
                f"Give both: --shift-at, and --shift with a scheme or one of {', '.join(NAMES)}.",
            )
        known = {scheme.code for scheme in schemes()}
        unknown = [name for name in names if name not in known and name not in NAMES]
        if unknown:
            raise ShiftError(
                f"Nothing that can shift is called {unknown[0]}.",
                f"Name a scheme or one of {', '.join(NAMES)}.",
            )
        return cls(
            {name: day for name in names if name in known},
            (day,) * (OPENING if HOSPITALS in names else 0),
            dict.fromkeys(CLASSES if PRICES in names else (), day),
            dict.fromkeys(GROUPS if DIAGNOSES in names else (), day),
            dict.fromkeys(CLASSES if ITEMS in names else (), day),
        )

    def check(self, clock: Clock) -> None:
        """Refuse dates outside the window."""
        maps = (self.schemes, self.prices, self.diagnoses, self.items)
        for day in [*self.hospitals, *(day for one in maps for day in one.values())]:
            if not 0 < (day - clock.start).days < clock.days:
                raise ShiftError(
                    f"{day} is not inside the city's window.",
                    f"Choose a day after {clock.start} and before {clock.on(clock.days)}.",
                )

    def since(self, code: str, clock: Clock) -> int:
        """Day number from which a scheme is known."""
        day = self.schemes.get(code)
        return 0 if day is None else (day - clock.start).days
