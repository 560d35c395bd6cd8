"""Helpers for tests of whole nights: hashes of what a night wrote, and deliveries."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

import polars as pl

from claims.lake import Lake
from claims.results import ALERTS, CASES, DOSSIERS, FINDINGS, SCORES, STANDARDS, TAGS
from claims.standard_tables import FROZEN
from claims.tables import DELIVERED

if TYPE_CHECKING:
    from claims.settings import Settings

FEATURES = ("features_stay", "features_use", "features_ledger")
CLOCKS = ("published_at", "versions")
# Characters of two long values shown on either side of where they part.
SHOWN = 120


def lake_of(settings: Settings) -> Lake:
    """The lake of these settings."""
    return Lake.at(settings.lake)


def written(settings: Settings, on: date) -> dict[str, pl.DataFrame]:
    """Everything a night wrote about itself, key-sorted, clocks left out."""
    keys = {
        table.name: list(table.key) for table in (SCORES, TAGS, ALERTS, FINDINGS, CASES, DOSSIERS)
    }
    keys |= {name: ["subject_id"] for name in FEATURES} | {"manifest": ["run_date"]}
    lake = lake_of(settings)
    return {
        name: lake.scan(name)
        .filter(pl.col("run_date") == on)
        .drop(CLOCKS, strict=False)
        .sort(key)
        .collect()
        for name, key in keys.items()
        if lake.has(name)
    }


def delivered(settings: Settings) -> dict[str, pl.DataFrame]:
    """Everything that was delivered or frozen, key-sorted."""
    lake = lake_of(settings)
    keys = {table.name: [*table.key, "received_on"] for table in DELIVERED}
    keys |= {table.name: list(table.key) for table in (STANDARDS, *FROZEN)}
    keys |= {"quarantine": ["quarantine_id", "status"]}
    return {
        name: lake.scan(name).sort(key).collect() for name, key in keys.items() if lake.has(name)
    }


def check_same(first: dict[str, pl.DataFrame], second: dict[str, pl.DataFrame]) -> None:
    """Fail, naming table, column, row and both values of the first that differ."""
    found = differences(first, second)
    # In the message itself, because pytest cuts a long list short.
    assert not found, "\n".join(["These tables differ:", *found])


def differences(first: dict[str, pl.DataFrame], second: dict[str, pl.DataFrame]) -> list[str]:
    """One line a table or column whose content differs."""
    both = sorted(set(first) & set(second))
    alone = [f"{name}: written once only" for name in sorted(set(first) ^ set(second))]
    return alone + [line for name in both for line in _unlike(name, first[name], second[name])]


def _unlike(name: str, first: pl.DataFrame, second: pl.DataFrame) -> list[str]:
    if first.schema != second.schema or first.height != second.height:
        return [f"{name}: {first.shape} {first.schema} and {second.shape} {second.schema}"]
    columns = [one for one in first.columns if not first[one].equals(second[one])]
    return [f"{name}.{one}{_first_unlike(first[one], second[one])}" for one in columns]


def _first_unlike(first: pl.Series, second: pl.Series) -> str:
    pairs = list(zip(first.to_list(), second.to_list(), strict=True))
    # As text: a value that is no number is unequal to itself.
    rows = [row for row, pair in enumerate(pairs) if repr(pair[0]) != repr(pair[1])]
    one, other = (repr(value) for value in pairs[rows[0]])
    at = next(place for place, pair in enumerate(zip_longest(one, other)) if pair[0] != pair[1])
    near = slice(max(0, at - SHOWN), at + SHOWN)
    return f": {len(rows)} rows, the first at {rows[0]}: ...{one[near]}... and ...{other[near]}..."


def inbox(settings: Settings, on: date) -> dict[str, pl.DataFrame]:
    """What waits for a night."""
    folder = settings.inbox / f"{on}"
    return {file.stem: pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def put(settings: Settings, on: date, tables: dict[str, pl.DataFrame]) -> None:
    """Lay tables into the inbox of a night, beside or in place of what waits there."""
    folder = settings.inbox / f"{on}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        rows.write_parquet(folder / f"{name}.parquet")


def next_night(on: date) -> date:
    """The night after."""
    return on + timedelta(days=1)
