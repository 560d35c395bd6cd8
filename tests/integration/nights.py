"""Helpers for tests of whole nights: hashes of what a night wrote, and deliveries."""

from __future__ import annotations

from datetime import date, timedelta
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


def same(first: dict[str, pl.DataFrame], second: dict[str, pl.DataFrame]) -> list[str]:
    """Names of tables whose content differs."""
    return [
        name
        for name in sorted(set(first) | set(second))
        if name not in first or name not in second or not first[name].equals(second[name])
    ]


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
