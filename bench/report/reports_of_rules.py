"""Each rule against the key: hits, precision, recall, and how often a guard silenced it.

A rule speaks of its own kind of subject, a scheme may be planted in another: a rule on persons
is right of a person to whom planted stays belong, a rule on stays is right of a stay in a
planted hospital.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from bench.report import membership
from bench.report.membership import ID
from bench.report.results import KIN, POINTS_TO
from models.pooling import wilson
from rules.catalogue import RULES
from rules.declaration import Grade
from synthetic.declared import schemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.report.results import Result
    from rules.declaration import Rule

CODE = r"^[A-Z]\d+"
POOR = 0.2  # the goal of the project: below it a rule is a clue, or silenced better


@dataclass(frozen=True)
class Told:
    """Hits and planted subjects of all cities."""

    hits: pl.DataFrame
    planted: pl.DataFrame
    members: pl.DataFrame

    @classmethod
    def of(cls, results: Sequence[Result]) -> Told:
        """Gather them, each with its seed."""
        hits = [one.hits.with_columns(seed=pl.lit(one.seed)) for one in results]
        keys = [one.key.with_columns(seed=pl.lit(one.seed)) for one in results]
        held = [one.members.with_columns(seed=pl.lit(one.seed)) for one in results]
        guilty = pl.concat(keys).filter(~pl.col("innocent"))
        return cls(pl.concat(hits), guilty, pl.concat(held))

    def groups(self, kind: str) -> pl.DataFrame:
        """The stays that subjects of a kind hold; none for kinds that records point to."""
        return self.members.filter(pl.col("subject_type") == kind)

    def right(self, hits: pl.DataFrame, planted: pl.DataFrame, kind: str) -> pl.DataFrame:
        """The hits that are right of what is planted."""
        groups = self.groups(kind)
        held = membership.right(hits, planted, groups)
        return pl.concat([matched(hits, planted, kind), held]).unique(ID)

    def recalled(self, hits: pl.DataFrame, planted: pl.DataFrame, kind: str) -> tuple[int, int]:
        """How many of the planted were hit, and of how many; for groups that is campaigns."""
        groups = self.groups(kind)
        if groups.is_empty():
            return recalled(hits, planted, kind)
        return membership.campaigns(hits, planted, groups)

    def comparable(self, planted: pl.DataFrame, kind: str) -> bool:
        """Whether anything says which subjects of a kind the planted ones are or belong to."""
        return not self.groups(kind).is_empty() or comparable(planted, kind)


def scheme_of(code: str) -> str | None:
    """The scheme that a rule is about: of the same code, or of the code it begins with."""
    known = {one.code for one in schemes()}
    begins = pl.Series([code]).str.extract(f"({CODE})").item()
    return next((one for one in (code, begins) if one in known), None)


def rules(told: Told) -> pl.DataFrame:
    """One row a rule of the catalogue, in written order."""
    return pl.DataFrame([_row(item, told) for item in RULES], infer_schema_length=None)


def _row(item: Rule, told: Told) -> dict[str, object]:
    kind, scheme = item.entity.name, scheme_of(item.code)
    mine = told.hits.filter((pl.col("code") == item.code) & (pl.col("subject_type") == kind))
    spoken, silenced = mine.filter("spoken"), mine.filter(~pl.col("spoken"))
    wanted = told.planted.filter(pl.col("scheme") == (scheme or ""))
    right = told.right(spoken, wanted, kind)
    found, planted = told.recalled(spoken, wanted, kind)
    low, high = wilson(right.height, spoken.height)
    return {
        "code": item.code,
        "subject_type": kind,
        "title": item.en,
        "grade": item.grade.value,
        "clue": item.grade is Grade.CLUE,
        "scheme": scheme,
        "hits": spoken.height,
        "right": right.height,
        "low": low,
        "high": high,
        "right_any": _right_any(spoken, right, told, kind).height,
        "planted": planted,
        "found": found,
        "comparable": told.comparable(wanted, kind),
        "silenced": silenced.height,
        "silenced_guilty": told.right(silenced, wanted, kind).height,
        "poor": bool(spoken.height) and right.height / spoken.height < POOR,
    }


def matched(hits: pl.DataFrame, planted: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Hits on planted subjects, on whom planted subjects belong to, or on what belongs to them."""
    itself = hits.join(planted, on=list(ID), how="semi")
    return pl.concat([itself, _above(hits, planted, kind), _below(hits, planted)]).unique(ID)


def recalled(hits: pl.DataFrame, planted: pl.DataFrame, kind: str) -> tuple[int, int]:
    """How many of the planted were hit, and of how many.

    They are counted as subjects of the kind that the rule speaks of where they belong to such,
    else as themselves.
    """
    owners, rest = _owners(planted, kind), planted.filter(pl.col("subject_type") != kind)
    units = [(planted.filter(pl.col("subject_type") == kind).select(ID).unique(), hits)]
    units += [(owners, hits)] if owners.height else [(rest.select(ID).unique(), _owned(hits))]
    found = sum(unit.join(reached, on=list(ID), how="semi").height for unit, reached in units)
    return found, sum(unit.height for unit, _ in units)


def comparable(planted: pl.DataFrame, kind: str) -> bool:
    """Whether planted subjects are of a kind, belong to such, or have such among their own."""
    kinds = set(planted["subject_type"])
    up = any(kind in POINTS_TO.get(one, ()) for one in kinds)
    return not kinds or kind in kinds or up or bool(kinds.intersection(POINTS_TO.get(kind, ())))


def _owners(planted: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Subjects of a kind to which planted subjects of other kinds belong."""
    other = planted.filter(pl.col("subject_type") != kind)
    if kind not in KIN:
        return other.clear().select(ID)
    return (
        other.filter(pl.col(kind).is_not_null())
        .select("seed", subject_type=pl.lit(kind), subject_id=pl.col(kind))
        .unique()
    )


def _above(hits: pl.DataFrame, planted: pl.DataFrame, kind: str) -> pl.DataFrame:
    return hits.join(_owners(planted, kind), on=list(ID), how="semi")


def _owned(hits: pl.DataFrame) -> pl.DataFrame:
    """Every subject that hits belong to, as (seed, subject_type, subject_id), with the hit."""
    parts = [
        hits.filter(pl.col(name).is_not_null() & (pl.col("subject_type") != name)).select(
            "seed", hit="subject_id", subject_type=pl.lit(name), subject_id=pl.col(name)
        )
        for name in KIN
    ]
    return pl.concat(parts)


def _below(hits: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    inside = _owned(hits).join(planted, on=list(ID), how="semi").select("seed", subject_id="hit")
    return hits.join(inside.unique(), on=["seed", "subject_id"], how="semi")


def _right_any(hits: pl.DataFrame, right: pl.DataFrame, told: Told, kind: str) -> pl.DataFrame:
    """Hits that are right of anything: of the rule's scheme, or themselves planted.

    A kind in which nothing is planted directly (persons) is guilty through its records; nearly
    every hospital would be, so that it is only where nothing is planted in hospitals.
    """
    direct = told.planted.filter(pl.col("subject_type") == kind)
    itself = hits.join(direct, on=list(ID), how="semi")
    through = _above(hits, told.planted, kind) if direct.is_empty() else hits.clear()
    return pl.concat([right, itself, through]).unique(ID)
