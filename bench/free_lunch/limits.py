"""How much is too much: the limits, and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from bench.free_lunch.answers import ALL
from bench.free_lunch.survey import RAW, Group, luck, survey, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.free_lunch.chance import Guess

ANY_COLUMN = 0.35  # one column or feature, against all schemes of a kind of subject
RAW_COLUMN = 0.30  # one raw column, against any one scheme
FEATURE_BAND = 0.60  # one feature in any shape, against all schemes
SHALLOW_TREE = 0.50  # a tree of depth 3 on all raw columns, against all schemes
# What is counted over other records (stays of a person or physician, visits, a store's books) is a
# feature in all but name: it meets the limit for all schemes, and not that of a raw column for one.
ELSEWHERE = (
    "stays of the person", "visits", "all ", "person_id (frequency)", "physician_id (frequency)",
)  # fmt: skip
# Persons lie in hospitals of both halves, so that bins would know them again; only a threshold
# tells whether such a column means anything.
PERSONAL = ("persons.", "person_id (order)")
ALPHA = 0.0005  # share of shuffles that may do as well as the classifier on marks


@dataclass(frozen=True)
class Verdict:
    """What was measured on one group, and what of it is too much."""

    group: Group
    areas: pl.DataFrame
    tree: float
    too_much: tuple[str, ...]


def judge(group: Group) -> Verdict:
    """Measure a group and hold it against the limits."""
    areas, grown = survey(group), tree(group)
    return Verdict(group, areas, grown, tuple(_too_much(group, areas, grown)))


def _too_much(group: Group, areas: pl.DataFrame, grown: float) -> Iterator[str]:
    raw = group.source == RAW
    together = areas.filter(pl.col("scheme") == ALL)
    yield from _above(group, together, "area" if raw else "threshold", ALL, ANY_COLUMN)
    if not raw:
        yield from _above(group, together, "area", ALL, FEATURE_BAND)
        return
    own = areas.filter(~counted_elsewhere())
    for scheme in group.answers.guilty:
        if scheme != ALL:
            mine = own.filter(pl.col("scheme") == scheme)
            yield from _above(group, mine.filter(~of_person()), "area", scheme, RAW_COLUMN)
            of_persons = mine.filter(of_person())
            yield from _above(group, of_persons, "threshold", scheme, RAW_COLUMN)
    if grown > SHALLOW_TREE:
        yield f"a shallow tree on raw columns of {group.kind}: {grown:.2f} > {SHALLOW_TREE}"


def counted_elsewhere() -> pl.Expr:
    """Whether a raw column is counted over other records than the subject's own."""
    return _begins(ELSEWHERE)


def of_person() -> pl.Expr:
    """Whether a raw column tells a person, who lies in hospitals of both halves."""
    return _begins(PERSONAL)


def _begins(names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(pl.col("column").str.starts_with(name) for name in names)


def _above(
    group: Group, rows: pl.DataFrame, measure: str, scheme: str, limit: float
) -> Iterator[str]:
    over = rows.filter(pl.col(measure) > limit)
    # Luck is costly to try, so only where there is something to excuse.
    allowed = limit + luck(group, scheme) if len(over) else limit
    for name, area in over.filter(pl.col(measure) > allowed).select("column", measure).iter_rows():
        yield f"{group.kind} {scheme}: {group.source} '{name}' reaches {area:.2f} > {allowed:.2f}"


def better_than_chance(guess: Guess) -> bool:
    """Whether a classifier on marks that should mean nothing does better than its shuffles."""
    return guess.p_value <= ALPHA
