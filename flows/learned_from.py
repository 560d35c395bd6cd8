"""Which subjects a training measures: everyone of a small city, of a large one a draw.

Standards and detectors tell what is usual, and a draw of 60,000 tells it as well as all of half
a million do, at a part of the time and memory. What audits looked at is measured in any
case: a ranker has nothing else to learn from (docs/decisions/0027-learning-from-a-draw.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from models.frames import SUBJECT, sample

if TYPE_CHECKING:
    from collections.abc import Mapping

# Another draw than those inside a training, which start from the seed itself.
SALT = 27


@dataclass(frozen=True)
class Learned:
    """Subjects that one training measures: (subject_id, as_of), in order of their ids.

    ``drawn`` stand for all and make what is usual; ``audited`` are those outside the draw
    on which an audit said something, and are only compared with it.
    """

    drawn: pl.DataFrame
    audited: pl.DataFrame

    @classmethod
    def of(cls, subjects: pl.DataFrame, audited: pl.Series, most: int, seed: int) -> Learned:
        """Draw at most ``most`` subjects, by the hash of their id; ``audited`` holds ids."""
        drawn = sample(subjects, most, seed + SALT)
        known = subjects.filter(pl.col(SUBJECT).is_in(audited.implode()))
        return cls(drawn, known.join(drawn, on=SUBJECT, how="anti").sort(SUBJECT))

    @property
    def all(self) -> pl.DataFrame:
        """Everyone who is measured."""
        return pl.concat([self.drawn, self.audited])

    def usual(self, measured: pl.DataFrame) -> pl.DataFrame:
        """The measured rows that stand for all."""
        return measured.join(self.audited, on=SUBJECT, how="anti", maintain_order="left")


def learned_from(
    subjects: Mapping[str, pl.DataFrame], outcomes: pl.DataFrame, most: int, seed: int
) -> dict[str, Learned]:
    """What is measured of each kind of subject; ``outcomes`` are rows of `audit_outcomes`."""
    named = {
        kind: outcomes.filter(pl.col("subject_type") == kind)[SUBJECT].unique() for kind in subjects
    }
    return {kind: Learned.of(rows, named[kind], most, seed) for kind, rows in subjects.items()}
