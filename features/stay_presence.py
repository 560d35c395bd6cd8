"""Features of a stay: whether the person was in the bed that was billed (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, STAY, feature
from features.units import DAYS


@feature(
    STAY,
    over="visits_and_days",
    unit=DAYS,
    family="presence",
    direction=HIGH,
    zh="无诊疗且在院外就诊的天数",
    says="was seen elsewhere on {value} without treatment here",
    says_zh="有{value}本院无诊疗而在院外就诊",
    empty=0,
)
def idle_days_seen_elsewhere() -> pl.Expr:
    """Days strictly inside the stay on which nothing but the bed was billed and a visit fell.

    Either sign alone has many innocent causes: tablets billed by the week, a relative at the
    pharmacy. Both on one day contradict a person in bed.
    """
    return pl.col("day").filter("idle").n_unique()
