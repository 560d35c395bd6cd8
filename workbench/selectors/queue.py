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
from workbench.life import NEW
from workbench.selectors.files import overlay
from workbench.selectors.hospitals import known
from workbench.selectors.nights import readable, scan
from workbench.selectors.once import one_at_a_time
from workbench.selectors.wanted import EVERY_STATE, Wanted, conditions, narrowed, of_grade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night

PAGE_SIZE = 50
NIGHTS_KEPT = 128
QUEUES_KEPT = 8


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
    district: str | None
    state: str
    owner: str | None


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


def page(lake: Lake, nights: tuple[Night, ...], wanted: Wanted, number: int) -> Page:
    """Return one page; a number that is too high gives the last page."""
    elsewise = narrowed(_with_files(lake, nights), *conditions(wanted))
    found = narrowed(elsewise, of_grade(wanted))
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


def every(lake: Lake, nights: tuple[Night, ...], wanted: Wanted) -> Iterator[CaseRow]:
    """All rows that are wanted, in order, read as they are asked for."""
    found = narrowed(_with_files(lake, nights), *conditions(wanted), of_grade(wanted))
    for start in range(0, found.height, PAGE_SIZE):
        yield from _rows(found, start)


def one(lake: Lake, nights: tuple[Night, ...], case_id: str) -> CaseRow | None:
    """The newest row of a case, None where these nights have none."""
    found = _with_files(lake, nights, pl.col("case_id") == case_id)
    return next(_rows(found, 0), None)


def some(lake: Lake, nights: tuple[Night, ...], ids: list[str]) -> tuple[CaseRow, ...]:
    """The newest rows of these cases, dearest first, no more than a page of them."""
    found = _with_files(lake, nights, pl.col("case_id").is_in(ids))
    return tuple(_rows(found, 0))


def linked(
    lake: Lake, nights: tuple[Night, ...], row: CaseRow, district: str = ""
) -> list[CaseRow]:
    """Other cases of the same person or about the same ledger, dearest first.

    Those of other districts are left out where a district is given.
    """
    thing, about = row.about.rpartition(":")[2], pl.col("about")
    same = (about == thing) | about.str.ends_with(f":{thing}")
    if row.person_id is not None:
        same = same | (pl.col("person_id") == row.person_id).fill_null(value=False)
    within = conditions(Wanted(only_district=district, state=EVERY_STATE))
    others = same & (pl.col("case_id") != row.case_id)
    found = narrowed(_with_files(lake, nights, others), *within)
    return list(_rows(found, 0))


def without(lake: Lake, nights: tuple[Night, ...], ids: list[str]) -> list[str]:
    """Those of these cases that the nights do not tell of."""
    cases = _queue(lake, nights)["case_id"]
    there = set(cases.filter(cases.is_in(ids)))
    return [one for one in ids if one not in there]


def told(lake: Lake, night: Night, ids: set[str]) -> set[str]:
    """Those of these cases that a night tells of."""
    return ids.intersection(_of_night(lake, night)["case_id"])


@lru_cache(maxsize=QUEUES_KEPT)
def hospitals(lake: Lake, nights: tuple[Night, ...], district: str = "") -> tuple[str, ...]:
    """The names of hospitals in the queue, of one district where one is given."""
    rows = _queue(lake, nights)
    if district:
        mine = known(lake, nights).filter(pl.col("district") == district)
        rows = rows.join(mine, on="hospital_id", how="semi")
    names = rows["hospital_name"].drop_nulls()
    return tuple(names.unique().sort())


@one_at_a_time
@lru_cache(maxsize=QUEUES_KEPT)
def _queue(lake: Lake, nights: tuple[Night, ...]) -> pl.DataFrame:
    rows = pl.concat([_empty(), *(_of_night(lake, night) for night in nights)])
    newest = rows.sort("run_date", descending=True).unique(
        "case_id", keep="first", maintain_order=True
    )
    # Amount and id settle a tie, so that the order is the same on every request.
    order = ["priority", "amount_at_risk", "case_id"]
    ordered = newest.sort(order, descending=[True, True, False], nulls_last=True)
    places = known(lake, nights).select("hospital_id", "district")
    return ordered.join(places, on="hospital_id", how="left", maintain_order="left")


def _with_files(lake: Lake, nights: tuple[Night, ...], only: pl.Expr | None = None) -> pl.DataFrame:
    """The queue, or only a part of it, with the state and owner of each case."""
    cases = _queue(lake, nights)
    cases = cases if only is None else cases.filter(only)
    told = cases.join(overlay(), on="case_id", how="left", maintain_order="left")
    return told.with_columns(pl.col("state").fill_null(NEW))


@lru_cache(maxsize=NIGHTS_KEPT)
def _of_night(lake: Lake, night: Night) -> pl.DataFrame:
    with readable(lake):
        rows = scan(lake, night, CASES.name)
        if rows is None:
            return _empty()
        mine = rows.filter(pl.col("run_date") == night.run_date)
        asked = mine.filter(pl.col("case_id").is_in(night.only)) if night.only else mine
        return asked.select(_SHOWN).collect()


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
