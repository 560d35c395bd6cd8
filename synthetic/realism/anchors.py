"""The anchors of ``data/anchors.csv``: what is known or supposed of a real city."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from synthetic.reference import DATA


@dataclass(frozen=True)
class Anchor:
    """One magnitude with the range that is accepted, where it comes from, and its measure.

    ``name`` is the measure, or the measure and which of its values (``group_days/FM1``).
    ``status`` is sourced, unverified or proposal, as ``section`` of the domain dossier says.
    """

    name: str
    label_en: str
    label_zh: str
    unit: str
    low: float
    high: float
    source: str
    status: str
    section: str
    measure: str

    @property
    def of(self) -> str:
        """Which value of the measure; empty where the measure has one."""
        return self.name.removeprefix(self.measure).removeprefix("/")


@cache
def load_anchors() -> tuple[Anchor, ...]:
    """All anchors in written order."""
    text = {"section": pl.String, "low": pl.Float64, "high": pl.Float64}
    rows = pl.read_csv(DATA / "anchors.csv", schema_overrides=text)
    return tuple(Anchor(**row) for row in rows.to_dicts())
