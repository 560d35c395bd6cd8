"""Schemes at their own level where that stands above the single record: hospital, person, group.

Where a queue orders subjects of the kind, its tested capacity counts; where only rules speak of
them, a hit of the scheme's own rule does; otherwise nothing judges them yet, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.report.asked import RECORDS
from bench.report.reports_of_rules import Told, scheme_of
from evaluation.kinds import OURS
from models.pooling import wilson
from rules.catalogue import RULES
from synthetic.declared import schemes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.report.results import Result
    from evaluation.kinds import Kind

QUEUE, RULE, NOTHING, UNMATCHED = "queue", "rules", "nothing yet", "cannot be matched"


def above(results: Sequence[Result], kinds: Sequence[Kind], reached: pl.DataFrame) -> pl.DataFrame:
    """One row a scheme and kind above records in which it is planted or a rule looks for it."""
    told = Told.of(results)
    rows = [
        _row(kind, code, results, [one for one in kinds if one.name == kind], told, reached)
        for kind, code in _pairs(told)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _pairs(told: Told) -> Iterator[tuple[str, str]]:
    declared = [(one.subject, one.code) for one in schemes()]
    looked_for = [(item.entity.name, scheme_of(item.code)) for item in RULES]
    found = told.planted.select("subject_type", "scheme").unique().rows()
    for kind, code in sorted({pair for pair in (*declared, *looked_for, *found) if pair[1]}):
        if kind not in RECORDS and code is not None:
            yield kind, code


def _row(
    kind: str,
    code: str,
    results: Sequence[Result],
    ranked: Sequence[Kind],
    told: Told,
    reached: pl.DataFrame,
) -> dict[str, object]:
    planted = told.planted.filter(pl.col("scheme") == code)
    mine = told.hits.filter((pl.col("subject_type") == kind) & pl.col("spoken"))
    own = mine.filter(pl.col("code").is_in(_rules_about(kind, code)))
    found, of = told.recalled(own, planted, kind)
    judged, flagged = _judged_by(kind, code, told, ranked), own.n_unique(["seed", "subject_id"])
    if judged == QUEUE:
        found, of, flagged = _by_queue(ranked, code, reached)
    low, high = wilson(found, of)
    return {
        "subject_type": kind,
        "scheme": code,
        "judged_by": judged,
        "planted": of,
        "found": found,
        "low": low,
        "high": high,
        "flagged": flagged,
        "population": _population(kind, results, ranked),
    }


def _rules_about(kind: str, code: str) -> list[str]:
    return [one.code for one in RULES if one.entity.name == kind and scheme_of(one.code) == code]


def _judged_by(kind: str, code: str, told: Told, ranked: Sequence[Kind]) -> str:
    planted = told.planted.filter(pl.col("scheme") == code)
    direct = bool((planted["subject_type"] == kind).any())
    if ranked and direct:
        return QUEUE
    if not _rules_about(kind, code):
        return NOTHING
    return RULE if told.comparable(planted, kind) else UNMATCHED


def _by_queue(kinds: Sequence[Kind], code: str, reached: pl.DataFrame) -> tuple[int, int, int]:
    """Found and planted of a scheme, and all that the tested capacity holds."""
    size = kinds[0].tested
    mine = reached.filter(
        (pl.col("subject_type") == kinds[0].name)
        & (pl.col("scheme") == code)
        & ~pl.col("innocent")
        & (pl.col("queue") == OURS)
        & (pl.col("size") == size)
    )
    taken = sum(float(kind.taken(OURS, kind.tested).sum()) for kind in kinds)
    return round(float(mine["taken"].sum())), mine.height, round(taken)


def _population(kind: str, results: Sequence[Result], ranked: Sequence[Kind]) -> int | None:
    if ranked:
        return sum(one.rows.height for one in ranked)
    counted = [one.made.get("population", {}).get(kind) for one in results]
    return None if None in counted else sum(counted)
