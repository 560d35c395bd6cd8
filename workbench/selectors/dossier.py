"""A dossier: everything that was said about the doubtful points of a case, as said then.

Rows are read at the version that the case's own night was published with, so that a page
shows what the machine said, whatever came later. Nothing here computes a score.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.results import ALERTS, DOSSIERS, PORTRAITS, TAGS
from workbench.selectors.nights import readable, scan

if TYPE_CHECKING:
    from claims.lake import Lake
    from workbench.selectors.nights import Night
    from workbench.selectors.queue import CaseRow

DOSSIERS_KEPT = 256
PERSON = "person"
SHORT_PSEUDONYM = 8
LOT = "random"


@dataclass(frozen=True)
class Point:
    """One doubtful point: its row of `alerts`, what was written about it, its labels."""

    alert: dict[str, Any]
    content: dict[str, Any]
    portrait: dict[str, Any]
    tags: tuple[dict[str, Any], ...]
    # Of all nights of the case: each gives the subject an alert of its own.
    alert_ids: frozenset[str] = frozenset()

    @property
    def alert_id(self) -> str:
        """Its number."""
        return str(self.alert["alert_id"])

    @property
    def short(self) -> str:
        """What the point is about, in few letters: the stay alone, of a person the beginning."""
        subject: str = self.alert["subject_id"]
        kind = self.alert["subject_type"]
        if kind == "use":
            return subject.partition("|")[0]
        return subject[:SHORT_PSEUDONYM] if kind == PERSON else subject

    @property
    def event_on(self) -> date:
        """The day the point is about; the night where none is written."""
        told = self.content.get("facts", {}).get("event_on")
        return date.fromisoformat(told) if told else self.alert["run_date"]

    @property
    def protective(self) -> list[dict[str, Any]]:
        """Labels that speak for the record."""
        return [tag for tag in self.tags if tag["protective"]]

    @property
    def other_tags(self) -> list[dict[str, Any]]:
        """Labels of fact, statistics and earlier review that do not."""
        shown = ("fact", "statistical", "reviewed")
        return [tag for tag in self.tags if not tag["protective"] and tag["layer"] in shown]

    @property
    def by_lot(self) -> bool:
        """Whether it was drawn at random."""
        return bool(self.alert["selected_by"] == LOT)


@dataclass(frozen=True)
class Dossier:
    """The points of one case, dearest first, and the portrait of its person."""

    points: tuple[Point, ...]
    person: dict[str, Any]

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """The stays of the person, as the first portrait that has them tells."""
        return self._first("timeline")

    @property
    def visits(self) -> list[dict[str, Any]]:
        """The visits of the person in the year, as the first portrait that has them tells."""
        return self._first("visits")

    def _first(self, name: str) -> list[dict[str, Any]]:
        portraits = [self.person, *(point.portrait for point in self.points)]
        return next((one[name] for one in portraits if one.get(name)), [])


def dossier(lake: Lake, night: Night, row: CaseRow) -> Dossier:
    """Read the dossier of a case as its night published it."""
    return _dossier(lake, night, row.case_id, row.person_id, row.opened_on)


@lru_cache(maxsize=DOSSIERS_KEPT)
def _dossier(lake: Lake, night: Night, case_id: str, person_id: str | None, since: date) -> Dossier:
    with readable(lake):
        raised = _between(lake, night, ALERTS.name, since, pl.col("case_id") == case_id)
        alerts = _latest(raised)
        about = pl.col("subject_id").is_in([one["subject_id"] for one in alerts])
        written = _contents(lake, night, since, [one["alert_id"] for one in alerts])
        mine = about | (pl.col("subject_id") == (person_id or ""))
        portraits = _by_subject(_between(lake, night, PORTRAITS.name, since, mine))
        tags = _between(lake, night, TAGS.name, since, about)
    points = tuple(
        Point(
            alert,
            written.get(alert["alert_id"], {}),
            portraits.get((alert["subject_type"], alert["subject_id"]), {}),
            _tags_of(alert, tags),
            frozenset(
                one["alert_id"] for one in raised if one["subject_id"] == alert["subject_id"]
            ),
        )
        for alert in alerts
    )
    return Dossier(points, portraits.get((PERSON, person_id or ""), {}))


def _between(
    lake: Lake, night: Night, table: str, since: date, condition: pl.Expr
) -> list[dict[str, Any]]:
    rows = scan(lake, night, table)
    if rows is None:
        return []
    inside = pl.col("run_date").is_between(since, night.run_date)
    return rows.filter(inside & condition).sort("run_date").collect().to_dicts()


def _latest(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest alert of each subject, dearest first."""
    newest = {one["subject_id"]: one for one in alerts}
    return sorted(newest.values(), key=lambda one: (-one["amount_at_risk"], one["alert_id"]))


def _contents(lake: Lake, night: Night, since: date, ids: list[str]) -> dict[str, Any]:
    rows = _between(lake, night, DOSSIERS.name, since, pl.col("alert_id").is_in(ids))
    return {one["alert_id"]: json.loads(one["content"]) for one in rows}


def _by_subject(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    return {(one["subject_type"], one["subject_id"]): json.loads(one["content"]) for one in rows}


def _tags_of(alert: dict[str, Any], tags: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Labels of the subject, the newest of each name."""
    mine = [one for one in tags if one["subject_id"] == alert["subject_id"]]
    return tuple({one["tag"]: one for one in mine}.values())
