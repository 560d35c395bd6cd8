"""The books of a delivery: its quarantine, its coverage and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.admission import SHOWN_MESSAGES, Report, TableAccount
from claims.faults import by_code
from claims.gates import hospital_of
from claims.nights import NIGHT
from claims.refusals import HELD, quarantined
from claims.results import COVERAGE, QUARANTINE
from claims.sorting import homes_of
from claims.tables import BY_NAME, DELIVERED

if TYPE_CHECKING:
    from claims.known import Known
    from claims.sorting import Frames, Sorted


def quarantine_of(done: Sorted, known: Known, source: str) -> pl.DataFrame:
    """Every row that is not kept, and those that were released, as quarantine rows."""
    homes = homes_of([done.kept, done.refused, done.unreadable], known)
    rows = [
        quarantined(name, hospital_of(frame, homes), source)
        for part in (done.unreadable, done.refused)
        for name, frame in part.items()
        if not frame.is_empty()
    ]
    return pl.concat([QUARANTINE.empty(), *rows, done.release.entries])


def coverage_of(kept: Frames, filled: frozenset[tuple[str, str]], source: str) -> pl.DataFrame:
    """The first night on which each delivered column really has a value."""
    parts = [
        rows.filter(pl.col(column).is_not_null()).select(
            pl.col(NIGHT).min(),
            pl.lit(source).alias("source"),
            pl.lit(name).alias("table"),
            pl.lit(column).alias("column"),
        )
        for name, rows in sorted(kept.items())
        for column in BY_NAME[name].names
        if (name, column) in filled and rows[column].null_count() < rows.height
    ]
    return pl.concat([COVERAGE.empty(), *parts])


def report_of(
    done: Sorted,
    quarantine: pl.DataFrame,
    faults: pl.DataFrame,
    source: str,
    notices: tuple[str, ...],
) -> Report:
    """Count every table and quote the first messages of each kind."""
    held = quarantine.filter(pl.col("status") == HELD)
    names = [table.name for table in DELIVERED if table.name in done.kept]
    return Report(
        source,
        {name: _account(name, done, held, faults) for name in names},
        notices,
        done.held,
        _examples(held),
    )


def _account(name: str, done: Sorted, held: pl.DataFrame, faults: pl.DataFrame) -> TableAccount:
    out = held.filter(pl.col("table") == name)
    back = done.release.tables.get(name, pl.DataFrame()).height
    kept = done.kept[name].height - back
    return TableAccount(
        received=kept + out.height,
        kept=kept,
        quarantined=out.height,
        released=back,
        refused=by_code(out),
        faults=by_code(faults.filter(pl.col("table") == name)),
    )


def _examples(held: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The first messages of each table and code, so that a reader sees where to look."""
    single = held.filter(~pl.col("code").str.starts_with("gate."))
    groups = single.group_by("table", "code", maintain_order=True).agg(
        pl.col("message").head(SHOWN_MESSAGES)
    )
    return {f"{table} {code}": tuple(texts) for table, code, texts in groups.iter_rows()}
