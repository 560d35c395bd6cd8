"""Each anchor held against what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from synthetic.realism import measures
from synthetic.realism.anchors import Anchor, load_anchors
from synthetic.realism.cells import LEAST, printed
from synthetic.realism.measure import Measure, Measured, Values, gather

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic.realism.facts import Facts


class Place(StrEnum):
    """Where a value lies."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    FEW = "too few"
    UNSEEN = "not shown"


OUTSIDE = (Place.BELOW, Place.ABOVE)


@dataclass(frozen=True)
class Verdict:
    """An anchor, its measure and what this city gives."""

    anchor: Anchor
    measure: Measure
    measured: Measured | None

    @property
    def place(self) -> Place:
        """Inside or outside the accepted range, or why that cannot be said."""
        if self.measured is None:
            return Place.UNSEEN
        if self.measured.n < LEAST and self.anchor.unit not in UNCOUNTED:
            return Place.FEW
        # Judged as it is printed, so that no reader sees 0.01 above 0.01.
        value = printed(self.measured.value)
        if value < self.anchor.low:
            return Place.BELOW
        return Place.ABOVE if value > self.anchor.high else Place.INSIDE


UNCOUNTED = ("kinds",)


def all_measures() -> dict[str, Measure]:
    """Every measure by name."""
    return gather(measures)


def judge(facts: Facts) -> tuple[Verdict, ...]:
    """A verdict on every anchor, in the order of the anchors."""
    known = all_measures()
    values: Mapping[str, Values] = {name: item.count(facts) for name, item in known.items()}
    return tuple(
        Verdict(anchor, known[anchor.measure], values[anchor.measure].get(anchor.of))
        for anchor in load_anchors()
    )
