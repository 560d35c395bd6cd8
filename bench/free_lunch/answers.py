"""The answer key of a city, by kind of subject: who is guilty of what, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.free_lunch.scoring import Flags

ALL = "all"  # all schemes of a kind of subject together
HARDEST_EASY = 1  # difficulty 1 contradicts itself in one record, and may be found by it
FEWEST_CASES = 25  # a curve over fewer says little


@dataclass(frozen=True)
class Answers:
    """Rows of a population: who is innocent, and the guilty of each scheme from difficulty 2 on.

    Whoever is guilty of something easy, or of another scheme, stands on neither side.
    """

    clean: Flags
    guilty: Mapping[str, Flags]
    few: Mapping[str, int]  # schemes with too few cases to be measured, with their number
    absent: int  # planted subjects that the population does not hold

    @property
    def any(self) -> Flags:
        """Guilty of anything from difficulty 2 on."""
        return self.guilty[ALL]


def kinds(key: pl.DataFrame) -> list[str]:
    """Kinds of subjects in which something is planted."""
    return sorted(key.filter(~pl.col("innocent"))["subject_type"].unique())


def answers(key: pl.DataFrame, kind: str, ids: pl.Series) -> Answers:
    """Read the key for the subjects with these ids."""
    planted = key.filter((pl.col("subject_type") == kind) & ~pl.col("innocent"))
    subtle = planted.filter(pl.col("difficulty") > HARDEST_EASY)
    guilty = {ALL: _flags(ids, subtle)}
    few: dict[str, int] = {}
    for scheme in sorted(subtle["scheme"].unique()):
        rows = _flags(ids, subtle.filter(pl.col("scheme") == scheme))
        if rows.sum() < FEWEST_CASES:
            few[scheme] = int(rows.sum())
        else:
            guilty[scheme] = rows
    absent = planted["subject_id"].unique().is_in(ids.implode())
    return Answers(~_flags(ids, planted), guilty, few, int((~absent).sum()))


def _flags(ids: pl.Series, rows: pl.DataFrame) -> Flags:
    flags: Flags = ids.is_in(rows["subject_id"].unique().implode()).to_numpy().astype(np.bool_)
    return flags
