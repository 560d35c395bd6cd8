"""Indicators of a month as known on the last night: read, judged, written (plain functions)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import LakeError, NotFoundError, did_you_mean
from claims.knowledge.device_classes import Chosen, choose
from claims.lake import Span
from claims.results import CROSSED, INDICATORS
from features.indicator_figures import LASTING, PERIODS, Books, figures
from features.indicators import ITEM_OF_PHYSICIAN, RUNGS, above, below, months_before, rolled
from flows.portrait import Desk
from rules.indicator_lines import ahead, crossed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from claims.history import History
    from claims.lake import Lake
    from claims.settings import Settings
    from features.indicator_figures import Ground

# Classes of the first level of the catalogue, and of its key list, are kept each month.
CHAPTER_CHARACTERS = 3


@dataclass(frozen=True)
class Ladder:
    """Figures of a rung, and the subjects they are part of: the city first."""

    month: date
    period: str
    chosen: Chosen
    rung: str
    ancestors: list[tuple[str, pl.DataFrame]]
    rows: pl.DataFrame

    @property
    def parent(self) -> pl.DataFrame:
        """The figures of the subject that the rows are the parts of."""
        return self.ancestors[-1][1]


def last_whole_month(night: date) -> date:
    """The first day of the last month that had ended before a night."""
    return months_before(night.replace(day=1), 1)


def class_names(history: History) -> dict[str, str]:
    """Names of the classes in the catalogue of consumables, by code."""
    rows = history.current("consumables").select("class_code", "class_name", "valid_from")
    newest = rows.drop_nulls().sort("valid_from").unique("class_code", keep="last")
    return dict(newest.select("class_code", "class_name").collect().iter_rows())


def climb(
    history: History,
    month: date,
    *,
    period: str,
    rung: str,
    asked: str | None,
    of: str | None,
) -> Ladder:
    """The figures of a rung, or those one rung below the subject ``of``, with its ancestors."""
    chosen = choose(asked, class_names(history))
    told = _books(history, month).of_class(chosen.classes)
    if of is None:
        return Ladder(month, period, chosen, rung, [("city", judged(told, "city", period))],
                      judged(told, rung, period))  # fmt: skip
    ancestors = list(_ancestors(told, period, *_found(told, period, of)))
    finer = below(ancestors[-1][0])
    if finer is None:
        raise NotFoundError(
            f"Nothing lies below '{of}'.", "A serial number is the finest of the rungs."
        )
    # Below a physician nothing is compared with peers, so the others need not be worked out.
    near = told if finer in LASTING else told.within(*_subject(ancestors[-1]))
    rows = judged(near, finer, period).filter(pl.col("parent_id") == of)
    return Ladder(month, period, chosen, finer, ancestors, rows)


def _books(history: History, month: date) -> Books:
    books = Books.of(history, month)
    if not books.stays["month"].is_in([month]).any():
        raise NotFoundError(
            f"No stay is known that was settled in {month:%Y-%m}.",
            "Name another month, as `--month 2025-03`.",
        )
    if books.lines.is_empty():
        raise LakeError(
            f"No line of a consumable is known in the year up to {month:%Y-%m}.",
            "Indicators need fee lines of the category 'consumable'.",
        )
    return books


def _subject(ancestor: tuple[str, pl.DataFrame]) -> tuple[str, str]:
    return ancestor[0], ancestor[1]["subject_id"].item()


def _found(told: Ground, period: str, subject: str) -> tuple[str, str]:
    """The rung on which a subject stands, the widest first."""
    rows = told.of_period(period)
    known: list[str] = []
    for rung in RUNGS:
        ids = rolled(rows, rung)["subject_id"]
        if ids.is_in([subject]).any():
            return rung, subject
        known += ids.to_list() if rung in LASTING else []
    raise NotFoundError(
        f"No '{subject}' has figures in the {period}.",
        "Ids are printed in the first column: H, H|DEPARTMENT, H|DEPARTMENT|PHYSICIAN, STAY, "
        f"STAY|ITEM, STAY|ITEM|LOT.{did_you_mean(subject, known)}",
    )


def _ancestors(
    told: Ground, period: str, rung: str, subject: str
) -> Iterator[tuple[str, pl.DataFrame]]:
    """A subject and all above it, the city first."""
    mine = judged(told, rung, period).filter(pl.col("subject_id") == subject)
    wider = above(rung)
    if wider is not None:
        yield from _ancestors(told, period, wider, mine["parent_id"].item())
    yield rung, mine


def judged(told: Ground, rung: str, period: str) -> pl.DataFrame:
    """Figures of a rung with the lines crossed and those ahead, in the columns of the table."""
    day = months_before(told.month, -1) - timedelta(days=1)
    found = figures(told, rung, period)
    lines = crossed(found, rung, day)
    if period == "month":
        lines = pl.concat([lines, ahead(told, rung, day)])
    gathered = lines.group_by("subject_id", maintain_order=True).agg(
        crossed=pl.struct([field.name for field in CROSSED.fields])
    )
    named = found.join(gathered, on="subject_id", how="left").with_columns(
        pl.col("crossed").fill_null(pl.lit([], pl.List(CROSSED))),
        month=pl.lit(told.month),
        period=pl.lit(period),
        rung=pl.lit(rung),
    )
    columns = [name for name in INDICATORS.names if name in named.columns]
    return named.select(columns).sort("subject_id")


def store(
    lake: Lake, history: History, night: date, month: date, tell: Callable[[str], None]
) -> int:
    """Write table ``indicators`` of a month: city to physician, by class; returns the rows.

    All consumables, the classes of the first level, and those of the key list; of all
    consumables also the articles of each physician. Stays and what lies below are worked out
    when somebody asks.
    """
    books, parts = _books(history, month), []
    for code, classes in _kept(history).items():
        tell(code)
        told = books.of_class(classes)
        parts += [
            judged(told, rung, period).with_columns(pl.lit(code).alias("class"))
            for period in PERIODS
            for rung in (LASTING if classes is not None else (*LASTING, ITEM_OF_PHYSICIAN))
        ]
    rows = pl.concat(parts).with_columns(run_date=pl.lit(night))
    # A subject without any use of a class, and none expected, says nothing about it.
    telling = (pl.col("lines") > 0) | (pl.col("expected_amount") > 0) | (pl.col("amount") != 0)
    kept = rows.filter(telling).select(
        pl.col(name).cast(dtype) for name, dtype in INDICATORS.dtypes().items()
    )
    together = pl.concat([_other_months(lake, night, month), kept])
    lake.replace(INDICATORS.name, together, Span.night(night), keys=INDICATORS.key)
    return kept.height


def _other_months(lake: Lake, night: date, month: date) -> pl.DataFrame:
    """What was written on a night about other months, which stays."""
    if not lake.has(INDICATORS.name):
        return INDICATORS.empty()
    other = (pl.col("run_date") == night) & (pl.col("month") != month)
    return lake.scan(INDICATORS.name).filter(other).select(INDICATORS.names).collect()


def store_month(
    settings: Settings, month: date | None = None, tell: Callable[[str], None] = lambda _: None
) -> tuple[date, int]:
    """Write a month, by default the last whole one, as known on the last published night."""
    desk = Desk.open(settings)
    chosen = month or last_whole_month(desk.night)
    return chosen, store(desk.lake, desk.history(), desk.night, chosen, tell)


def _kept(history: History) -> Mapping[str, frozenset[str] | None]:
    """Heads of class codes that are kept, each with its classes; None for all."""
    rows = history.current("consumables").select("class_code", "key_list").drop_nulls("class_code")
    classes = rows.group_by("class_code").agg(pl.col("key_list").any()).sort("class_code").collect()
    codes = classes["class_code"].to_list()
    chapters = sorted({code[:CHAPTER_CHARACTERS] for code in codes})
    heads = {head: frozenset(c for c in codes if c.startswith(head)) for head in chapters}
    key = {code: frozenset([code]) for code in classes.filter("key_list")["class_code"]}
    return {Chosen.every().code: None, **heads, **key}


def names(history: History) -> dict[str, str]:
    """What hospitals and articles are called, by code."""
    hospitals = history.current("hospitals").select(code="hospital_id", name="name")
    goods = (
        history.current("consumables")
        .sort("valid_from")
        .select(code="item_code", name="generic_name")
    )
    rows = pl.concat([hospitals, goods]).drop_nulls().collect()
    return dict(rows.iter_rows())
