"""A learned ranking that is too good to be true has seen the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.queues import LEAST
from evaluation.telling import called
from models.gates import FEWEST_OF_A_LEAK, LEAK_FROM
from models.quality import average_precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.kinds import Kind

# A learned model this good on anything but the easiest schemes has seen the answers.
LEAK_DIFFICULTY = 2
# What was trained; rules are exempt, since what contradicts itself may be found for certain.
LEARNED = ("jianbao", "the last model", "detectors only")
NOTHING_LEARNED = "rules and detectors order them, and no audit taught these"


@dataclass(frozen=True)
class Asked:
    """How one learned queue stands the test, or why it is not asked (``not_asked``)."""

    kind: str
    queue: str
    planted: int
    auprc: float | None = None
    not_asked: str | None = None

    @property
    def leaks(self) -> bool:
        """Whether it is too good to be true."""
        return self.auprc is not None and self.not_asked is None and self.auprc >= LEAK_FROM

    def __str__(self) -> str:
        """The warning in words."""
        return (
            f"Leak: of {self.kind}s, '{called(self.queue)}' reaches AUPRC {self.auprc:.3f} on"
            f" schemes of difficulty {LEAK_DIFFICULTY} and above ({LEAK_FROM} or more cannot be"
            " honest)"
        )


def leaks(kind: Kind) -> list[Asked]:
    """Learned queues that reach LEAK_FROM on difficulty 2 and above."""
    return [one for one in asked(kind) if one.leaks]


def asked(kind: Kind, learned: Sequence[str] = LEARNED) -> list[Asked]:
    """Each learned queue without what is planted at difficulty 1.

    Few planted may stand first by luck, and where nothing was learned no answer was seen.
    """
    hard = kind.rows.filter((pl.col("true") == 0) | (pl.col("difficulty") >= LEAK_DIFFICULTY))
    true = hard["true"].to_numpy().astype(np.int64)
    planted = int(true.sum())
    why = _not_asked(kind, planted)
    return [
        Asked(kind.name, name, planted, _auprc(hard[kind.columns[name]], true), why)
        for name in learned
        if name in kind.columns
    ]


def _not_asked(kind: Kind, planted: int) -> str | None:
    if not kind.calibrated:
        return NOTHING_LEARNED
    if planted < FEWEST_OF_A_LEAK:
        hard = f"only {planted} of difficulty {LEAK_DIFFICULTY} and above are planted"
        return f"{hard}, and fewer than {FEWEST_OF_A_LEAK} may stand first by luck"
    return None


def _auprc(order: pl.Series, true: np.ndarray) -> float | None:
    """None without any planted."""
    value = average_precision(order.cast(pl.Float64).fill_null(LEAST).to_numpy(), true)
    return None if np.isnan(value) else value
