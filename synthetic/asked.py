"""What a city is asked to be: how much of each scheme, how cunning, and since when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from claims.errors import JianbaoError
from synthetic.grammar import Dose, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic.clock import Clock
    from synthetic.shift import Shift

LOWEST_STAYS = 200
DIFFICULTIES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Prevalence:
    """How much of each scheme is planted: subjects for each stay of the city.

    Every scheme declares its share; ``per_stay`` says otherwise for some, and ``others`` is a
    factor on the declared shares of the rest (0 leaves them out).
    """

    per_stay: Mapping[str, float] = field(default_factory=dict)
    others: float = 1.0

    def of(self, scheme: Scheme) -> float:
        """Subjects of a scheme for each stay."""
        return self.per_stay.get(scheme.code, self.others * scheme.share)


@dataclass(frozen=True)
class Asked:
    """What is planted: how much of each scheme, how cunning, and since when."""

    prevalence: Prevalence
    difficulty: tuple[int, ...]
    shift: Shift

    def dose(self, scheme: Scheme, stays: int, clock: Clock) -> Dose:
        """The subjects of a scheme; as dense as ever from the first day on which it is known."""
        since = self.shift.since(scheme.code, clock)
        part = 1 - since / clock.days
        return Dose(round(stays * part * self.prevalence.of(scheme)), self.difficulty, since)


class CityError(JianbaoError, ValueError):
    """A city cannot be made of these figures."""

    exit_code = 10

    def __init__(self, what: str) -> None:
        """Keep what is wrong; the way out is another figure."""
        super().__init__(f"{what[0].upper()}{what[1:]}.", "Give another figure and try again.")


def check(stays: int, months: int, audit_share: float, difficulty: tuple[int, ...]) -> None:
    """Raise CityError where no city can be made of the figures."""
    if stays < LOWEST_STAYS:
        raise CityError(f"a city needs at least {LOWEST_STAYS} stays, not {stays}")
    if months < 1:
        raise CityError(f"a city needs at least one month, not {months}")
    if not 0 <= audit_share <= 1:
        raise CityError(f"audit_share is a share from 0 to 1, not {audit_share}")
    if not difficulty or not set(difficulty) <= set(DIFFICULTIES):
        raise CityError(f"difficulty must be some of {DIFFICULTIES}, not {difficulty}")
