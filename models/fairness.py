"""Whether false alarms fall on some kinds of hospitals or persons more than on others.

A false alarm is a record that auditors refuted and that stands among the first of the queue.
Each group's rate is held against that of all other records, with an interval that draws whole
hospitals, so that a handful of refuted records accuses no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.frames import SUBJECT
from models.resampling import draws, interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from numpy.typing import NDArray

# The part of the queue that counts as an alarm. Wider than a night's list, because few refuted
# audits stand that high. A judgement.
ALARMED = 0.05
# Refuted records of a group, and of all others, below which nothing is said.
FEWEST_REFUTED = 30
REPLICATES = 500
# One hospital alone would seem to be certain.
FEWEST_HOUSES = 5
# Half an alarm is added to either side, so that a side without any has a ratio.
HALF = 0.5


@dataclass(frozen=True)
class Parity:
    """False alarms of one group against all others, with the 95% interval of the ratio."""

    attribute: str
    group: str
    refuted: int
    alarms: int
    rate: float
    ratio: float
    low: float
    high: float


def parities(refuted: pl.DataFrame, groups: pl.DataFrame, bar: float, seed: int) -> list[Parity]:
    """Every group with enough refuted records on its side and on the other.

    ``refuted``: subject_id, hospital_id, margin. ``groups``: subject_id and a column an
    attribute; a null belongs to no group. ``bar`` is the margin from which a record is alarmed.
    """
    rows = refuted.join(groups, on=SUBJECT, how="left").sort(SUBJECT)
    if rows["hospital_id"].n_unique() < FEWEST_HOUSES:
        return []
    attributes = [name for name in groups.columns if name != SUBJECT]
    return [one for attribute in attributes for one in _of(rows, attribute, bar, seed)]


def _of(rows: pl.DataFrame, attribute: str, bar: float, seed: int) -> Iterator[Parity]:
    known = rows.drop_nulls(attribute)
    for group in known[attribute].unique().sort().to_list():
        inside = (known[attribute] == group).to_numpy()
        if min(inside.sum(), (~inside).sum()) >= FEWEST_REFUTED:
            yield _parity(known, attribute, str(group), inside, bar, seed)


def _parity(
    known: pl.DataFrame,
    attribute: str,
    group: str,
    inside: NDArray[np.bool_],
    bar: float,
    seed: int,
) -> Parity:
    alarmed = (known["margin"] >= bar).to_numpy()
    ones = np.ones(len(inside), dtype=np.int64)
    drawn = draws(known["hospital_id"].to_list(), REPLICATES, seed)
    low, high = interval([_ratio(alarmed, inside, counts) for counts in drawn])
    return Parity(
        attribute,
        group,
        refuted=int(inside.sum()),
        alarms=int(alarmed[inside].sum()),
        rate=float(alarmed[inside].mean()),
        ratio=_ratio(alarmed, inside, ones),
        low=low,
        high=high,
    )


def _ratio(
    alarmed: NDArray[np.bool_], inside: NDArray[np.bool_], counts: NDArray[np.int64]
) -> float:
    sides = (inside, ~inside)
    if any(counts[side].sum() == 0 for side in sides):
        return float("nan")
    own, other = ((counts[s] @ alarmed[s] + HALF) / (counts[s].sum() + 2 * HALF) for s in sides)
    return float(own / other)
