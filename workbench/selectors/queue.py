"""The queue: the newest row of every case that is still open to change, dearest first.

A case takes alerts for ``case_days`` days, and each night writes its row again, so the
queue shows the newest row of each case over the nights of that time. Every night is read
at the version that its own manifest row names. Such a version never changes, so what was
read once is kept, and a page of 100,000 cases costs a filter and a slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from claims.results import CASES, GRADES
from claims.schema import FEN_PER_YUAN
from workbench.selectors.nights import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night

PAGE_SIZE = 50
NIGHTS_KEPT = 64
QUEUES_KEPT = 8


@dataclass(frozen=True)
class Wanted:
    """What a reader asked for; None asks for nothing in particular."""

    scenario: str | None = None
    grade: str | None = None
    hospital: str | None = None


@dataclass(frozen=True)
class CaseRow:
    """One line of the queue. ``score`` is empty as long as there is no probability."""

    rank: int
    run_date: date
    case_id: str
    scenario: str
    hospital_id: str | None
    hospital_name: str | None
    person_id: str | None
    about: str
    opened_on: date
    alerts: int
    grade: str
    score: float | None
    anomaly: float
    amount_at_risk: int
    rule_codes: list[str]
    headline_en: str
    headline_zh: str


@dataclass(frozen=True)
class Page:
    """One page of the queue, with what the whole of it adds up to."""

    rows: tuple[CaseRow, ...]
    number: int
    pages: int
    total: int
    amount_yuan: int
    by_grade: dict[str, int]

    @property
    def first(self) -> int:
        """Rank of the first row, 0 on an empty page."""
        return self.rows[0].rank if self.rows else 0

    @property
    def last(self) -> int:
        """Rank of the last row, 0 on an empty page."""
        return self.rows[-1].rank if self.rows else 0

    @property
    def previous(self) -> int:
        """Number of the page before."""
        return self.number - 1

    @property
    def next(self) -> int:
        """Number of the page after."""
        return self.number + 1

    @property
    def codes(self) -> list[str]:
        """The rule codes on this page, each once."""
        return sorted({code for row in self.rows for code in row.rule_codes})


def page(lake: Lake, nights: tuple[Night, ...], wanted: Wanted, number: int) -> Page:
    """Return one page; a number that is too high gives the last page."""
    elsewise = _queue(lake, nights).filter(_scenario(wanted), _hospital(wanted))
    found = elsewise.filter(_grade(wanted))
    pages = max(1, -(-found.height // PAGE_SIZE))
    number = min(max(number, 1), pages)
    return Page(
        rows=tuple(_rows(found, (number - 1) * PAGE_SIZE)),
        number=number,
        pages=pages,
        total=found.height,
        amount_yuan=int(found["amount_at_risk"].sum()) // FEN_PER_YUAN,
        by_grade=_by_grade(elsewise),
    )


@lru_cache(maxsize=QUEUES_KEPT)
def hospitals(lake: Lake, nights: tuple[Night, ...]) -> tuple[str, ...]:
    """The names of all hospitals in the queue, for the field that filters by them."""
    names = _queue(lake, nights)["hospital_name"].drop_nulls()
    return tuple(names.unique().sort())


@lru_cache(maxsize=QUEUES_KEPT)
def _queue(lake: Lake, nights: tuple[Night, ...]) -> pl.DataFrame:
    rows = pl.concat([_empty(), *(_of_night(lake, night) for night in nights)])
    newest = rows.sort("run_date", descending=True).unique(
        "case_id", keep="first", maintain_order=True
    )
    # Amount and id settle a tie, so that the order is the same on every request.
    order = ["priority", "amount_at_risk", "case_id"]
    return newest.sort(order, descending=[True, True, False], nulls_last=True)


@lru_cache(maxsize=NIGHTS_KEPT)
def _of_night(lake: Lake, night: Night) -> pl.DataFrame:
    if night.version is None:
        return _empty()
    with readable(lake):
        rows = lake.scan(CASES.name, night.version).filter(pl.col("run_date") == night.run_date)
        return rows.select(_SHOWN).collect()


def _empty() -> pl.DataFrame:
    return CASES.empty().select(_SHOWN)


_SHOWN = [
    *(name for name in CASES.names if name != "alert_ids"),
    pl.col("alert_ids").list.len().cast(pl.Int64).alias("alerts"),
]


def _rows(found: pl.DataFrame, start: int) -> Iterator[CaseRow]:
    shown = found.slice(start, PAGE_SIZE).drop("priority")
    for rank, row in enumerate(shown.iter_rows(named=True), start + 1):
        yield CaseRow(rank=rank, **row)


def _by_grade(rows: pl.DataFrame) -> dict[str, int]:
    counts = dict(rows["grade"].value_counts().iter_rows())
    return {grade: counts.get(grade, 0) for grade in GRADES}


def _scenario(wanted: Wanted) -> pl.Expr:
    return _anything() if wanted.scenario is None else pl.col("scenario") == wanted.scenario


def _grade(wanted: Wanted) -> pl.Expr:
    return _anything() if wanted.grade is None else pl.col("grade") == wanted.grade


def _hospital(wanted: Wanted) -> pl.Expr:
    if wanted.hospital is None:
        return _anything()
    text = wanted.hospital.lower()
    named = pl.col("hospital_name").str.to_lowercase().str.contains(text, literal=True)
    return named.fill_null(value=False) | (pl.col("hospital_id").str.to_lowercase() == text)


def _anything() -> pl.Expr:
    return pl.lit(value=True)
