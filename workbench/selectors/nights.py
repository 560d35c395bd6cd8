"""The nights that were published, and where each of them left its cases.

A night becomes visible by its manifest row, which is written last and names the version of
every table. Whoever asks here first, and then reads the version named here, never sees a
night that is half written.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from claims.errors import JianbaoError, LakeError
from claims.results import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from claims.lake import Lake


# Tables of nights that stay open: opening one costs twenty times what a question to it does.
OPEN_TABLES = 128


@dataclass(frozen=True)
class Night:
    """One published night, with the version of every table of the lake it was published at."""

    run_date: date
    published_at: datetime
    notice: str | None
    versions: tuple[tuple[str, int], ...] = ()
    # The only cases that are asked of it; empty: all of them.
    only: frozenset[str] = frozenset()

    def version_of(self, table: str) -> int | None:
        """Version of one table, None where the night has none."""
        return dict(self.versions).get(table)


def scan(lake: Lake, night: Night, table: str) -> pl.LazyFrame | None:
    """A table as it was published with a night, None where it was not."""
    return None if night.version_of(table) is None else _opened(lake, night, table)


@lru_cache(maxsize=OPEN_TABLES)
def _opened(lake: Lake, night: Night, table: str) -> pl.LazyFrame:
    return lake.scan(table, night.version_of(table))


def published(lake: Lake) -> tuple[Night, ...]:
    """Every published night, newest first."""
    with readable(lake):
        mark = _mark(lake)
        return _published(lake) if mark is None else _marked(lake, mark)


def _mark(lake: Lake) -> tuple[int, int] | None:
    """What every commit to the manifest changes; None where there is no folder to ask."""
    try:
        log = Path(lake.path(MANIFEST.name), "_delta_log").stat()
    except OSError:
        return None
    return log.st_ino, log.st_mtime_ns


@lru_cache(maxsize=4)
def _marked(lake: Lake, mark: tuple[int, int]) -> tuple[Night, ...]:
    del mark  # part of the key alone
    return _published(lake)


def _published(lake: Lake) -> tuple[Night, ...]:
    if not lake.has(MANIFEST.name):
        return ()
    table = DeltaTable(lake.path(MANIFEST.name))
    return _nights(lake, str(table.metadata().id), table.version())


def recent(nights: tuple[Night, ...], days: int) -> tuple[Night, ...]:
    """The nights of the last ``days`` days, counted back from the newest one."""
    if not nights:
        return ()
    oldest = nights[0].run_date - timedelta(days=days)
    return tuple(night for night in nights if night.run_date > oldest)


def tellings(lake: Lake, run_date: date) -> Iterator[Night]:
    """What one night said, the newest publication first, as far back as the lake remembers."""
    table = DeltaTable(lake.path(MANIFEST.name))
    seen = None
    for version in range(table.version(), -1, -1):
        told = _telling(lake, str(table.metadata().id), version, run_date)
        if told is not None and told != seen:
            yield told
        seen = told


@contextmanager
def readable(lake: Lake) -> Iterator[None]:
    """Turn a lake that cannot be read into an error with a way out."""
    try:
        yield
    except (DeltaError, OSError, pl.exceptions.PolarsError) as error:
        raise LakeError(
            f"The lake at {lake.root} cannot be read as its manifest says.",
            "Run `jianbao nightly --date YYYY-MM-DD` for the newest night again, or restore "
            "the lake from a copy.",
        ) from error


@lru_cache(maxsize=1024)
def _telling(lake: Lake, table_id: str, version: int, run_date: date) -> Night | None:
    try:
        nights = _nights.__wrapped__(lake, table_id, version)
    except (DeltaError, OSError, JianbaoError, pl.exceptions.PolarsError):
        # Too old: the lake has cleared it away.
        return None
    return next((night for night in nights if night.run_date == run_date), None)


@lru_cache(maxsize=4)
def _nights(lake: Lake, table_id: str, version: int) -> tuple[Night, ...]:
    del table_id  # part of the key alone: a lake made anew counts its versions from 0 again
    rows = (
        lake.scan(MANIFEST.name, version)
        .select("run_date", "published_at", "notice", "versions")
        .sort("run_date", descending=True)
        .collect()
    )
    return tuple(
        Night(
            **row | {"versions": tuple((one["table"], one["version"]) for one in row["versions"])}
        )
        for row in rows.iter_rows(named=True)
    )
