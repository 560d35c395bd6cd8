"""Take in a whole extract, as a Prefect flow."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from claims.settings import Settings
from flows.landing import Landed, land_history, source_of, split


@task(name="part by night", cache_policy=NO_CACHE)
def part(settings: Settings, path: Path, until: date) -> tuple[Path, list[date]]:
    """Leave later nights in the inbox; returns the folder of the rest, and these nights."""
    history = settings.home / "deliveries" / path.name
    return history, split(path, history, settings.inbox, until=until)


@task(name="land", cache_policy=NO_CACHE)
def land(settings: Settings, path: Path, mapping: Path | None, source: str) -> Landed:
    """Land an extract, each row on its own night."""
    return land_history(
        settings,
        path,
        mapping=mapping,
        source=source,
        fallback_night=date.today(),  # noqa: DTZ011
    )


@flow(name="ingest", validate_parameters=False)
def ingest(
    settings: Settings, path: Path, *, mapping: Path | None = None, until: date | None = None
) -> dict[str, Any]:
    """Take in an extract; with ``until``, later nights wait in the inbox for their turn."""
    waiting: list[date] = []
    source, folder = source_of(path), path
    if until is not None:
        folder, waiting = part(settings, path, until)
    landed = land(settings, folder, mapping, source)
    return {"landed": landed.lines(), "waiting": waiting}
