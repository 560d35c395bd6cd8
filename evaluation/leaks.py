"""A learned ranking that is too good to be true has seen the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.queues import LEAST
from models.quality import average_precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.kinds import Kind

# DESIGN section 5: a learned model this good on anything but the easiest schemes has
# seen the answers.
LEAK_AUPRC, LEAK_DIFFICULTY = 0.98, 2
# What was trained; rules are exempt, since what contradicts itself may be found for certain.
LEARNED = ("jianbao", "the last model", "detectors only")


@dataclass(frozen=True)
class Leak:
    """A learned queue that is too good to be true."""

    kind: str
    queue: str
    auprc: float

    def __str__(self) -> str:
        """The warning in words."""
        return (
            f"leak: of {self.kind}s, '{self.queue}' reaches AUPRC {self.auprc:.3f} on schemes of"
            f" difficulty {LEAK_DIFFICULTY} and above ({LEAK_AUPRC} or more cannot be honest)"
        )


def leaks(kind: Kind, learned: Sequence[str] = LEARNED) -> list[Leak]:
    """Learned queues that reach LEAK_AUPRC on difficulty 2 and above."""
    return [
        Leak(kind.name, name, value)
        for name, value in hard_auprc(kind, learned).items()
        if LEAK_AUPRC <= value <= 1.0
    ]


def hard_auprc(kind: Kind, learned: Sequence[str] = LEARNED) -> dict[str, float]:
    """AUPRC of each learned queue without what is planted at difficulty 1; NaN without any."""
    hard = kind.rows.filter((pl.col("true") == 0) | (pl.col("difficulty") >= LEAK_DIFFICULTY))
    true = hard["true"].to_numpy().astype(np.int64)
    return {
        name: average_precision(
            hard[kind.columns[name]].cast(pl.Float64).fill_null(LEAST).to_numpy(), true
        )
        for name in learned
        if name in kind.columns
    }
