"""Frozen standards as published last, and what items are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.results import MANIFEST, STANDARDS
from claims.standard_tables import FROZEN
from features.item_standards import CLASS_CHARACTERS
from flows.landing import open_lake
from flows.night import newest_manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.settings import Settings

TABLES = {table.name: table for table in (STANDARDS, *FROZEN)}


def newest_frozen(settings: Settings) -> Callable[[str], pl.DataFrame]:
    """A reader of frozen tables by name: as the last published night knew them.

    Before any night was published it reads what training froze.
    """
    lake = open_lake(settings)
    row = newest_manifest(lake, by="published_at") if lake.has(MANIFEST.name) else {"versions": []}
    versions = {one["table"]: one["version"] for one in row["versions"]}

    def read(name: str) -> pl.DataFrame:
        table = TABLES[name]
        if not lake.has(name):
            return table.empty()
        return lake.scan(name, versions.get(name)).select(table.names).collect()

    return read


def item_names(settings: Settings) -> dict[str, str]:
    """What services and classes of consumables are called, by the item of a standard."""
    lake = open_lake(settings)
    names: dict[str, str] = {}
    if lake.has("service_items"):
        rows = lake.scan("service_items").sort("valid_from").select("item_code", "name")
        names |= dict(rows.collect().iter_rows())
    if lake.has("consumables"):
        code = pl.col("item_code").str.slice(0, CLASS_CHARACTERS)
        rows = lake.scan("consumables").sort("valid_from").select(code, "class_name")
        names |= dict(rows.collect().iter_rows())
    return names
