"""How often what was raised was confirmed, with the interval the counts allow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

# Below this many, a count could point at a person (DOMAIN 8.4).
SMALL = 5
# Two-sided 95 % of the normal distribution.
Z = 1.96


@dataclass(frozen=True)
class Share:
    """A share with its Wilson interval; hidden where it rests on fewer than five."""

    hits: float
    of: float

    @property
    def hidden(self) -> bool:
        """Whether too few stand behind it."""
        return self.of < SMALL

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (JASA 1927), which stays inside 0 to 1 where counts are few."""
        if not self.of:
            return 0.0, 1.0
        share, n = self.value, self.of
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        return max(middle - half, 0.0), min(middle + half, 1.0)


def weighted(found: list[tuple[bool, float]]) -> Share:
    """The share among draws of unequal probability (Hajek), as counts of like precision.

    ``found`` holds whether a draw was confirmed, and its probability of being drawn.
    """
    weights = [1 / probability for _, probability in found]
    whole = sum(weights)
    if not whole:
        return Share(0.0, 0.0)
    hits = sum(weight for (hit, _), weight in zip(found, weights, strict=True) if hit)
    effective = whole**2 / sum(weight**2 for weight in weights)
    return Share(hits / whole * effective, effective)
