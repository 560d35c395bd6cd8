"""The record of a portrait: what it holds is the same for every kind of subject."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from datetime import date

KINDS = {
    "stay": ("Stay", "住院"),
    "person": ("Person", "参保人"),
    "physician": ("Physician", "医师"),
    "department": ("Department", "科室"),
    "hospital": ("Hospital", "医疗机构"),
    "group": ("Group", "人群"),
}


def labels_of(tags: pl.DataFrame, kind: str, subject: str) -> list[dict[str, Any]]:
    """Labels of one subject among rows of table `tags`."""
    mine = (pl.col("subject_type") == kind) & (pl.col("subject_id") == subject)
    return tags.filter(mine).sort("layer", "tag").to_dicts()


@dataclass(frozen=True)
class Said:
    """One thing in English and Chinese, with a value already written for people."""

    en: str
    zh: str
    value: str = ""


@dataclass(frozen=True)
class Position:
    """Where a subject stands in one dimension; figures in measured units.

    ``away`` is the distance from the peers' median in spreads, ``suspicious`` the same
    positive the suspicious way. ``weak`` says that too few or too distant peers speak.
    """

    feature: str
    family: str
    zh: str
    value: float
    standard: float
    p5: float
    p25: float
    p75: float
    p95: float
    spread: float
    n: int
    cell: str
    away: float
    suspicious: float
    weak: bool
    shown: str
    shown_standard: str
    shown_range: str
    text_en: str
    text_zh: str


@dataclass(frozen=True)
class Portrait:
    """One subject as seen on a night.

    ``labels`` are rows of table `tags`; ``days`` the fees of a stay by day and class in fen;
    ``timeline`` spans of time (stays); ``visits`` those of the person in the year; ``trend``
    one entry a month; ``notes`` say above all where a comparison is weak.
    """

    kind: str
    subject: str
    night: date
    title: Said
    facts: list[Said] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    position: list[Position] = field(default_factory=list)
    trend: list[dict[str, Any]] = field(default_factory=list)
    neighbours: list[Said] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    standards: str | None = None

    def content(self) -> str:
        """The record as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)

    def telling(self, most: int) -> list[Position]:
        """The position farthest out the suspicious way of each family, farthest first."""
        leading: dict[str, Position] = {}
        for one in self.position:
            held = leading.get(one.family)
            if held is None or one.suspicious > held.suspicious:
                leading[one.family] = one
        ordered = sorted(leading.values(), key=lambda one: (-one.suspicious, one.feature))
        return ordered[:most]
