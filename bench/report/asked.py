"""What the report measures: which cities, how large, at which capacities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Chosen before any of the reported cities was looked at.
#
# A use is tested at the capacity that the goal of the project names for consumables, 0.5%. Stays
# are tested at 1%, the largest of the capacities that the goals name, and ledgers at 1%,
# the larger of the two asked for, so that a scheme that fails does not fail for want of room.
TESTED: Mapping[str, float] = {"stay": 0.01, "use": 0.005, "ledger": 0.01}
SIZES: Mapping[str, tuple[float, ...]] = {
    "stay": (0.001, 0.005, 0.01, 0.025),
    "use": (0.001, 0.005, 0.01, 0.025),
    "ledger": (0.001, 0.005, 0.01, 0.025),
}
# Kinds of which a city has few (hospitals), and kinds that nobody named yet.
FEW = 1_000
SIZES_OF_FEW, TESTED_OF_FEW = (0.05, 0.1), 0.1
SIZES_OF_OTHERS, TESTED_OF_OTHERS = (0.005, 0.01), 0.01

RECORDS = ("stay", "use", "ledger")  # single records; all else stands above them
HIDDEN = 4
FEWEST = 30  # pooled cases from which a scheme is tested
LEVEL = 0.05  # of the tests, after Holm
DEVELOPMENT = range(1, 100)  # seeds of cities that were looked at while developing


@dataclass(frozen=True)
class Asked:
    """The cities: seeds, size in stays and months, share of stays that past audits saw."""

    seeds: tuple[int, ...]
    stays: int
    months: int
    audit_share: float

    def of(self, seed: int) -> dict[str, float]:
        """What one city is made with."""
        return {
            "seed": seed,
            "stays": self.stays,
            "months": self.months,
            "audit_share": self.audit_share,
        }


def sizes(kind: str, records: int) -> tuple[float, ...]:
    """Capacities of a kind of subject, as shares of its records in a city."""
    if kind in SIZES:
        return SIZES[kind]
    return SIZES_OF_FEW if records < FEW else SIZES_OF_OTHERS


def tested(kind: str, records: int) -> float:
    """The one capacity at which a kind is tested against chance."""
    if kind in TESTED:
        return TESTED[kind]
    return TESTED_OF_FEW if records < FEW else TESTED_OF_OTHERS
