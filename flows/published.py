"""Read what was published, at the versions the manifest names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.errors import NotFoundError, did_you_mean
from claims.lake import Lake
from claims.results import ALERTS, DOSSIERS, MANIFEST
from flows.landing import open_lake
from flows.manifests import newest_manifest
from flows.showing import Names

if TYPE_CHECKING:
    from datetime import date

    from claims.settings import Settings


@dataclass(frozen=True)
class Published:
    """One published night or screen."""

    lake: Lake
    manifest: dict[str, Any]

    def rows(self, table: str) -> pl.LazyFrame:
        """Rows of a table at the published version."""
        return self.lake.scan(table, self.versions[table])

    def holds(self, table: str) -> bool:
        """Whether a table was published with it."""
        return any(item["table"] == table for item in self.manifest["versions"])

    @property
    def versions(self) -> dict[str, int]:
        """The published version of every table."""
        return {item["table"]: item["version"] for item in self.manifest["versions"]}

    @property
    def screened(self) -> bool:
        """Whether it is a screen, whose records were judged out of fold."""
        return bool(self.manifest["kind"] == "screen")

    @property
    def night(self) -> date:
        """Its night."""
        night: date = self.manifest["run_date"]
        return night

    def alerts(self, since: date | None = None) -> pl.DataFrame:
        """Its alerts and, with ``since``, those of the nights before; the worthiest first.

        What the lot chose comes last: it is there to measure, not because it stands out.
        """
        by_lot = pl.col("selected_by") == "random"
        order = [by_lot, pl.col("expected_recovery"), pl.col("anomaly"), pl.col("alert_id")]
        return (
            ALERTS.typed(self.rows(ALERTS.name))
            .filter(pl.col("run_date").is_between(since or self.night, self.night))
            .sort(order, descending=[False, True, True, False])
            .collect()
        )

    def names(self) -> Names:
        """What hospitals and items are called."""
        return Names(
            self._named("hospitals", "hospital_id", "name"),
            self._named("consumables", "item_code", "generic_name"),
        )

    def _named(self, table: str, code: str, name: str) -> dict[str, str]:
        if not self.lake.has(table):
            return {}
        return dict(self.rows(table).sort("received_on").select(code, name).collect().iter_rows())

    def dossier(self, alert_id: str) -> dict[str, Any]:
        """What was written about an alert."""
        found = self.rows(DOSSIERS.name).filter(pl.col("alert_id") == alert_id).collect()
        content: dict[str, Any] = json.loads(found["content"].item())
        return content


def lakes(settings: Settings) -> dict[str, Lake]:
    """The lake of the nights ('') and those of screens, by name."""
    screens = sorted((settings.home / "screens").glob("*/lake"))
    return {"": open_lake(settings)} | {path.parent.name: Lake.at(path) for path in screens}


def newest(
    settings: Settings,
    on: date | None = None,
    screen: str | None = None,
    *,
    by: str = "run_date",
) -> Published:
    """What was published last, of a night or of a screen where one is named.

    ``by`` is handed on to ``flows.manifests.newest_manifest``.
    """
    known = lakes(settings)
    if screen is not None:
        if screen not in known:
            hint = did_you_mean(screen, known)
            raise NotFoundError(
                f"There is no screen '{screen}'.", f"Run `jianbao screen PATH` first.{hint}"
            )
        return Published(known[screen], newest_manifest(known[screen]))
    if on is not None:
        return Published(known[""], newest_manifest(known[""], on))
    found = [Published(lake, newest_manifest(lake, by=by)) for lake in known.values() if _any(lake)]
    if not found:
        return Published(known[""], newest_manifest(known[""]))
    return max(found, key=lambda item: item.manifest["published_at"])


def _any(lake: Lake) -> bool:
    return lake.has(MANIFEST.name)


def find_alert(settings: Settings, alert_id: str) -> tuple[Published, dict[str, Any]]:
    """An alert of any night or screen, with where it was published."""
    seen: set[str] = set()
    for lake in lakes(settings).values():
        if not _any(lake):
            continue
        shown = Published(lake, newest_manifest(lake, by="published_at"))
        rows = ALERTS.typed(shown.rows(ALERTS.name))
        found = rows.filter(pl.col("alert_id") == alert_id).collect().to_dicts()
        if found:
            return shown, found[0]
        seen |= set(rows.select("alert_id").collect().to_series())
    raise NotFoundError(
        f"There is no alert '{alert_id}'.",
        f"List them with `jianbao alerts --format json`.{did_you_mean(alert_id, seen)}",
    )
