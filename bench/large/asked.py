"""Which large cities, what is judged of them, and what changes in the last of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from synthetic.shift import NAMES, Shift

STAYS, MONTHS, AUDIT_SHARE = 200_000, 18, 0.01
START = date(2024, 1, 1)
# Models learn from what was known by the first day of the last so many months, and judge these.
JUDGED_MONTHS = 3
ENTITIES = ("stay", "use")
SIZES = (0.001, 0.005, 0.01)
TESTED = 0.005
# Where what nobody has audited is looked for beside the capacity: ten times as deep in a queue.
WIDE = 0.05
MONTHS_IN_YEAR = 12
# Chosen by how many cases a city has, before the changed city was looked at: three ways to cheat
# with stays and three with consumables, of which no audit that a model learned from can tell.
UNKNOWN = ("H03", "H10", "H12", "C03", "C06", "C08")


@dataclass(frozen=True)
class Asked:
    """One city: its seed and size, and whether it changes on the day from which it is judged."""

    seed: int
    stays: int = STAYS
    months: int = MONTHS
    audit_share: float = AUDIT_SHARE
    changed: bool = False

    @property
    def cut(self) -> date:
        """The night up to which models learn; later ones are judged."""
        month = START.month - 1 + self.months - JUDGED_MONTHS
        return date(START.year + month // MONTHS_IN_YEAR, month % MONTHS_IN_YEAR + 1, 1)

    @property
    def shift(self) -> Shift:
        """What changes: hospitals, prices, codings, item codes, and schemes unheard of."""
        return Shift.of(self.cut, (*NAMES, *UNKNOWN)) if self.changed else Shift()

    def told(self) -> dict[str, Any]:
        """What the city is made with, as it is written down."""
        return asdict(self)
