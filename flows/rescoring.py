"""Score a past night again from what its manifest row recorded, and compare the bytes.

Every table is read at the version that the night was published with, the models and standards
are those it names, and the settings those of its run report. What is computed goes into a
scratch folder; nothing of the lake is touched.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.errors import JianbaoError
from claims.lake import Lake
from claims.results import RUNS, SCORES
from flows import night
from flows.landing import open_lake
from flows.manifests import newest_manifest
from flows.offices import bundles_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from claims.lake import Span
    from claims.settings import Settings

# Settings that decide what a night says; its run report keeps them.
DECIDING = (
    "alerts_per_night",
    "level_alerts_per_night",
    "random_share",
    "reopen_days",
    "case_days",
    "seed",
)
# Tables that a manifest row does not name; their rows are dated, and later ones are not read.
AS_THEY_ARE = ("coverage",)


class RescoreError(JianbaoError):
    """A night scored again does not end in the bytes that are stored."""

    exit_code = 14


@dataclass(frozen=True, kw_only=True)
class Replay(Lake):
    """A lake as a night was published with it; what is written goes elsewhere.

    ``root`` is the scratch folder, ``source`` the lake, ``recorded`` maps tables to versions.
    """

    source: Lake
    recorded: tuple[tuple[str, int], ...]

    def has(self, table: str) -> bool:
        """Whether the night knew the table, or wrote it just now."""
        known = table in dict(self.recorded) or table in AS_THEY_ARE
        return super().has(table) or (known and self.source.has(table))

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """What was written just now instead of the night's rows, beside all others."""
        named = dict(self.recorded).get(table) if version is None else version
        if not super().has(table):
            return self.source.scan(table, named)
        fresh = super().scan(table)
        if named is None:
            return fresh
        others = self.source.scan(table, named)
        nights = fresh.select(pl.col("run_date").unique())
        kept = others.join(nights, on="run_date", how="anti")
        return pl.concat([kept, fresh], how="diagonal_relaxed")

    def replace(self, table: str, rows: pl.DataFrame, span: Span, *, keys: Iterable[str]) -> bool:
        """Write to the scratch folder alone."""
        return Lake.at(self.root).replace(table, rows, span, keys=keys)


@dataclass(frozen=True)
class Rescored:
    """One night scored again: its rows, the hash stored and the hash found."""

    night: date
    rows: int
    stored: str
    found: str
    unlike: tuple[str, ...]
    models: str | None

    @property
    def same(self) -> bool:
        """Whether the bytes are equal."""
        return self.stored == self.found


def rescore(settings: Settings, on: date) -> Rescored:
    """Measure, judge and select a published night again; nothing of the lake changes.

    Raises NotFoundError for a night that was never published, or whose model is gone.
    """
    lake = open_lake(settings)
    manifest = newest_manifest(lake, on)
    versions = {item["table"]: int(item["version"]) for item in manifest["versions"]}
    stored = _scores(lake.scan(SCORES.name, versions[SCORES.name]), on)
    with tempfile.TemporaryDirectory(prefix="jianbao-rescore-") as folder:
        again = Replay(
            folder, settings.retention_days, source=lake, recorded=tuple(versions.items())
        )
        run = night.Run(
            on,
            again,
            settings.model_copy(update=_recorded_settings(lake, on)),
            bundles_of(settings.home, manifest["model_version"]),
            {name: versions[name] for name in night.FROZEN_TABLES if name in versions},
        )
        night.measure_night(run)
        night.select_night(run, night.judge_night(run))
        found = _scores(again.scan(SCORES.name), on)
    unlike = () if digest(stored) == digest(found) else _unlike(stored, found)
    return Rescored(
        on, stored.height, digest(stored), digest(found), unlike, manifest["model_version"]
    )


def must_be_same(found: Rescored) -> None:
    """Raise RescoreError where the bytes differ, naming the columns that do."""
    if not found.same:
        raise RescoreError(
            f"The night of {found.night} does not end in the scores that are stored "
            f"({', '.join(found.unlike)}).",
            "Rules, features or libraries changed since; score it with the code of that night.",
        )


def digest(scores: pl.DataFrame) -> str:
    """SHA-256 of the rows in the order of their keys, as text that keeps every digit."""
    return sha256(scores.write_ndjson().encode()).hexdigest()


def deciding(settings: Settings) -> dict[str, Any]:
    """The settings that decide what a night says, for its run report."""
    return settings.model_dump(include=set(DECIDING), mode="json")


def _scores(rows: pl.LazyFrame, on: date) -> pl.DataFrame:
    mine = rows.filter(pl.col("run_date") == on).select(SCORES.names)
    return mine.sort(SCORES.key).collect()


def _recorded_settings(lake: Lake, on: date) -> dict[str, Any]:
    """Those of the newest run of the night; none for a run before they were kept."""
    if not lake.has(RUNS.name):
        return {}
    rows = lake.scan(RUNS.name).filter((pl.col("run_date") == on) & (pl.col("flow") == "nightly"))
    newest = rows.sort("started_at").tail(1).collect().to_dicts()
    report = json.loads(newest[0]["report"]) if newest else {}
    return dict(report.get("settings", {}))


def _unlike(stored: pl.DataFrame, found: pl.DataFrame) -> tuple[str, ...]:
    if stored.height != found.height:
        return (f"{stored.height} rows stored, {found.height} found",)
    return tuple(name for name in stored.columns if not stored[name].equals(found[name]))
