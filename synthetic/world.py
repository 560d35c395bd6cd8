"""Everything that is made once and used everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from synthetic.catalogue import Products, Services
    from synthetic.clock import Clock
    from synthetic.hospitals import Houses
    from synthetic.persons import People
    from synthetic.randomness import Draw, Whole
    from synthetic.reference import Reference
    from synthetic.since import Since


@dataclass(frozen=True)
class World:
    """Everything that is made once: draws, calendar, houses, people, prices."""

    draw: Draw
    clock: Clock
    reference: Reference
    houses: Houses
    people: People
    services: Services
    products: Products
    since: Since

    def group_values(self, column: str) -> np.ndarray:
        """A column of the group table as an array, indexed by group."""
        return self.reference.groups[column].to_numpy()

    def level(self, hospital: Whole) -> np.ndarray:
        """Level of each hospital in an array of hospital row numbers."""
        levels: np.ndarray = self.houses.frame["level"].to_numpy()[hospital]
        return levels
