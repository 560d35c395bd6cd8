"""Which nights were published, by the manifest: light to import, for all who only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from claims.errors import NotFoundError
from claims.results import MANIFEST

if TYPE_CHECKING:
    from datetime import date

    from claims.lake import Lake


def published_before(lake: Lake, on: date) -> dict[str, Any] | None:
    """The manifest row that a night has already, None when it was never published."""
    if not lake.has(MANIFEST.name):
        return None
    rows = lake.scan(MANIFEST.name).filter(pl.col("run_date") == on).collect().to_dicts()
    return rows[0] if rows else None


def newest_manifest(lake: Lake, on: date | None = None, *, by: str = "run_date") -> dict[str, Any]:
    """The manifest row of a night, or of the newest one; NotFoundError when there is none.

    ``by`` says what newest means: the night (``run_date``), or the clock
    (``published_at``), whose versions hold every night published so far.
    """
    if lake.has(MANIFEST.name):
        rows = lake.scan(MANIFEST.name).sort(by)
        if on is not None:
            rows = rows.filter(pl.col("run_date") == on)
        found = rows.tail(1).collect().to_dicts()
        if found:
            return found[0]
    which = f"the night {on}" if on else "any night"
    raise NotFoundError(
        f"Nothing has been published for {which}.",
        "Run `jianbao nightly --date YYYY-MM-DD`, or `jianbao demo` for a first look.",
    )
