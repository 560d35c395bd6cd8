"""Indicators of consumables as the monthly run wrote them, one place at a time.

The newest run about a month is shown. Where fewer than five stays or lines stand behind a
subject its figures are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from deltalake import DeltaTable

from claims.results import INDICATORS as TABLE
from claims.schema import FEN_PER_YUAN, THOUSANDTHS_PER_UNIT
from claims.tables import CONSUMABLES
from workbench.indicators import CITY, GRAVITY, ITEM, RUNGS, Indicator, of_rung
from workbench.selectors.nights import readable, scan
from workbench.selectors.precision import SMALL

if TYPE_CHECKING:
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night

EVERY = "*"
PERIODS: Final = ("month", "year")
MILLIONTHS = 1_000_000
PAGES_KEPT = 32


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for: a place on the ladder, a month, a period, a class."""

    chosen: dict[str, str] = field(default_factory=dict)
    month: date | None = None
    period: str = "month"
    kind: str = EVERY

    @property
    def rung(self) -> str:
        """The rung of the place itself."""
        return (CITY, *RUNGS)[len(self.chosen)]

    @property
    def finer(self) -> str | None:
        """The rung below; None under the last."""
        below = list(RUNGS)[len(self.chosen) :]
        return below[0] if below else None

    @property
    def path(self) -> list[tuple[str, str, str | None]]:
        """Rung, name and parent of every place from the city down, as the lake names them."""
        values = list(self.chosen.values())
        # A department belongs to its hospital and bears its name; a hospital has its own.
        named = [CITY, *values[:2], *("|".join(values[1:end]) for end in range(3, len(values) + 1))]
        return list(zip((CITY, *RUNGS), named, [None, *named], strict=False))


@dataclass(frozen=True)
class Measured:
    """One indicator of one subject: its value, its lines, and where it stands."""

    what: Indicator
    value: float | None
    state: str
    yellow: float | None
    red: float | None
    crossed: dict[str, Any] | None


@dataclass(frozen=True)
class Subject:
    """One subject with its figures; ``hidden`` where too few stand behind them."""

    key: str
    name: str
    row: dict[str, Any]
    measured: tuple[Measured, ...]
    hidden: bool

    @property
    def grade(self) -> str:
        """The gravest state."""
        return min((one.state for one in self.measured), key=GRAVITY.index, default=GRAVITY[-1])

    @property
    def alerts(self) -> list[Measured]:
        """What was written as crossed, or as coming."""
        return [] if self.hidden else [one for one in self.measured if one.crossed]

    @property
    def expected(self) -> float | None:
        """What is expected to be billed, in fen; None where nothing is."""
        told = self.row["expected_amount"]
        return told / MILLIONTHS if told else None

    @property
    def units(self) -> float:
        """Units."""
        return float(self.row["quantity"] / THOUSANDTHS_PER_UNIT)

    @property
    def excess(self) -> float:
        """Yuan over what is expected."""
        return float(self.row["amount"] - (self.expected or 0)) / FEN_PER_YUAN


def months(lake: Lake) -> dict[date, date]:
    """The months that were written, newest first, each with its newest run."""
    with readable(lake):
        return dict(_months(lake, *_edition(lake))) if lake.has(TABLE.name) else {}


def kinds(lake: Lake, month: date) -> list[str]:
    """The heads of class codes that were written for a month, all consumables first."""
    with readable(lake):
        return list(_kinds(lake, *_edition(lake), month)) if lake.has(TABLE.name) else []


def place(lake: Lake, wanted: Wanted, names: dict[str, str]) -> Subject | None:
    """The place itself; None where nothing is known about it, or it is not where it is sought."""
    rows = _read(lake, wanted)
    found = [row for row in rows if row["rung"] != wanted.finer]
    # Every place above must be there too: a hospital of another district is none of this one.
    if len(found) != len(wanted.path):
        return None
    return next(_subject(row, wanted, names) for row in found if row["rung"] == wanted.rung)


def parts(lake: Lake, wanted: Wanted, names: dict[str, str]) -> list[Subject]:
    """The subjects one rung below, the gravest first and the hidden last."""
    rows = [row for row in _read(lake, wanted) if row["rung"] == wanted.finer]
    told = [_subject(row, wanted, names) for row in rows]
    return sorted(told, key=_order)


def _order(one: Subject) -> tuple[bool, int, float, str]:
    if one.hidden:
        # By name alone: the order would tell what is hidden.
        return True, 0, 0.0, one.key
    return False, GRAVITY.index(one.grade), -one.excess, one.key


def small(row: dict[str, Any]) -> bool:
    """Whether so few stays or lines stand behind a row that a person could be told apart."""
    few_stays = row["stays"] is not None and row["stays"] < SMALL
    few_lines = row["lines"] < SMALL and (row["lines"] > 0 or row["amount"] != 0)
    return bool(few_stays or few_lines)


def _subject(row: dict[str, Any], wanted: Wanted, names: dict[str, str]) -> Subject:
    crossed = {one["indicator"]: one for one in row["crossed"] or []}
    measured = tuple(
        _measured(one, row, crossed.get(one.name), wanted) for one in of_rung(row["rung"])
    )
    key = row["subject_id"].rpartition("|")[2]
    return Subject(key, names.get(key, key), row, measured, small(row))


def _measured(
    one: Indicator, row: dict[str, Any], crossed: dict[str, Any] | None, wanted: Wanted
) -> Measured:
    day = wanted.month or row["month"]
    value = row[one.name]
    grade = None if crossed is None else crossed["grade"]
    return Measured(one, value, one.state(value, grade, day), *one.lines(day), crossed)


def _read(lake: Lake, wanted: Wanted) -> tuple[dict[str, Any], ...]:
    """The rows of a place, of those above it, and of those one rung below."""
    run = months(lake).get(wanted.month) if wanted.month else None
    if run is None:
        return ()
    with readable(lake):
        keys = (run, wanted.month, wanted.period, wanted.kind)
        return _rows(lake, *_edition(lake), keys, tuple(wanted.path), wanted.finer)


@lru_cache(maxsize=PAGES_KEPT)
def _rows(
    lake: Lake,
    table_id: str,
    version: int,
    keys: tuple[date, date, str, str],
    path: tuple[tuple[str, str, str | None], ...],
    finer: str | None,
) -> tuple[dict[str, Any], ...]:
    del table_id  # part of the key alone: a lake made anew counts its versions from 0 again
    run, month, period, kind = keys
    wanted = [_is(*step) & _of_kind(step[0], kind) for step in path]
    if finer is not None:
        below = (pl.col("rung") == finer) & (pl.col("parent_id") == path[-1][1])
        wanted.append(below & _of_kind(finer, kind))
    rows = lake.scan(TABLE.name, version).filter(
        (pl.col("run_date") == run) & (pl.col("month") == month) & (pl.col("period") == period),
        pl.any_horizontal(wanted),
    )
    return tuple(rows.sort("subject_id").collect().to_dicts())


def _is(rung: str, subject: str, parent: str | None) -> pl.Expr:
    found = (pl.col("rung") == rung) & (pl.col("subject_id") == subject)
    return found if parent is None else found & (pl.col("parent_id") == parent)


def _of_kind(rung: str, kind: str) -> pl.Expr:
    """Rows of a class; articles are written once, and know their class by their code."""
    if rung != ITEM or kind == EVERY:
        return pl.col("class") == kind
    article = pl.col("subject_id").str.split("|").list.last()
    return (pl.col("class") == EVERY) & article.str.starts_with(kind)


@lru_cache(maxsize=2)
def _months(lake: Lake, table_id: str, version: int) -> tuple[tuple[date, date], ...]:
    del table_id
    rows = lake.scan(TABLE.name, version).group_by("month").agg(pl.col("run_date").max())
    return tuple(rows.sort("month", descending=True).collect().iter_rows())


@lru_cache(maxsize=8)
def _kinds(lake: Lake, table_id: str, version: int, month: date) -> tuple[str, ...]:
    del table_id
    rows = lake.scan(TABLE.name, version).filter(pl.col("month") == month)
    return tuple(rows.select("class").unique().sort("class").collect()["class"])


def _edition(lake: Lake) -> tuple[str, int]:
    table = DeltaTable(lake.path(TABLE.name))
    return str(table.metadata().id), table.version()


@lru_cache(maxsize=2)
def goods(lake: Lake, night: Night) -> dict[str, str]:
    """What articles and classes are called, by code, as known on a night."""
    with readable(lake):
        rows = scan(lake, night, CONSUMABLES.name)
        if rows is None:
            return {}
        newest = rows.sort("valid_from").group_by("item_code", maintain_order=True).last()
        told = newest.select("item_code", "generic_name", "class_code", "class_name").collect()
    named = dict(told.select("class_code", "class_name").drop_nulls().iter_rows())
    return named | dict(told.select("item_code", "generic_name").drop_nulls().iter_rows())
