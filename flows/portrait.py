"""Draw one portrait as of the last published night (plain functions)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cases.judged import Judged
from cases.portraits.groups import group_portrait
from cases.portraits.persons import person_portraits
from cases.portraits.record import KINDS, labels_of
from cases.portraits.stays import stay_portraits
from cases.portraits.units import UNITS, unit_portrait
from cases.reviewed import reviewed_tags
from cases.tags import tags
from claims.errors import NotFoundError, did_you_mean
from claims.history import History
from claims.results import ALERTS, GROUPS, MANIFEST, TAGS
from features.subjects import SCHEMA
from flows.judging import base_measures, compared_in_time
from flows.landing import open_lake
from flows.level_portraits import seen
from flows.manifests import newest_manifest
from flows.training import frozen_standards, last_night

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cases.portraits.record import Portrait, Position
    from claims.lake import Lake
    from claims.settings import Settings

NO_SCORES = {
    "subject_id": pl.String(),
    "score": pl.Float64(),
    "score_kind": pl.String(),
    "margin": pl.Float64(),
    "anomaly": pl.Float64(),
}


@dataclass(frozen=True)
class Desk:
    """The lake as of one night, at the versions that were published."""

    lake: Lake
    night: date
    versions: Mapping[str, int]

    @classmethod
    def open(cls, settings: Settings) -> Desk:
        """The last published night; before any, the last night on which a stay came in."""
        lake = open_lake(settings)
        if not lake.has(MANIFEST.name):
            return cls(lake, last_night(lake), {})
        row = newest_manifest(lake, by="published_at")
        return cls(lake, row["run_date"], {one["table"]: one["version"] for one in row["versions"]})

    def history(self) -> History:
        """What was known on the night."""
        return History.of(self.lake, self.night, self.versions)

    def standards(self, entity: str) -> pl.DataFrame:
        """Standards of one kind of subject."""
        rows = frozen_standards(self.lake, self.night, self.versions.get("standards"))
        return rows.filter(pl.col("entity") == entity)

    def rows(self, table: str) -> pl.LazyFrame | None:
        """A table that nights write, None where there is none."""
        return self.lake.scan(table, self.versions.get(table)) if self.lake.has(table) else None


def portrait_of(settings: Settings, kind: str, subject: str) -> Portrait:
    """The portrait of one subject; NotFoundError when there is no such subject or kind."""
    desk = Desk.open(settings)
    if kind == "stay":
        return _stay(desk, subject)
    if kind == "person":
        return _person(desk, subject)
    if kind == "group":
        return _group(desk, subject)
    if kind in UNITS:
        return _unit(desk, kind, subject)
    raise NotFoundError(
        f"There is no portrait of a '{kind}'.",
        f"Kinds: {', '.join(KINDS)}.{did_you_mean(kind, KINDS)}",
    )


def grade_of(settings: Settings, kind: str, subject: str) -> str:
    """Grade and probability of the newest alert about a subject, in words; '' without one."""
    rows = Desk.open(settings).rows(ALERTS.name)
    if rows is None:
        return ""
    mine = (pl.col("subject_type") == kind) & (pl.col("subject_id") == subject)
    found = rows.filter(mine).sort("run_date").tail(1).collect().to_dicts()
    if not found:
        return ""
    sure = "prior" if found[0]["score"] is None else f"{found[0]['score']:.0%}"
    return f"{found[0]['grade']} {GRADES_ZH[found[0]['grade']]} · {sure}"


GRADES_ZH = {"red": "红", "orange": "橙", "yellow": "黄", "watch": "关注"}


def _stay(desk: Desk, subject: str) -> Portrait:
    history = desk.history()
    subjects = pl.DataFrame([(subject, desk.night)], schema=SCHEMA, orient="row")
    near = history.focused(subjects.lazy().select(stay_id="subject_id"))
    base = base_measures(near, "stay", subjects)
    if base.is_empty():
        raise NotFoundError(
            f"No stay '{subject}' is known on {desk.night}.",
            "Stays of alerts stand in `jianbao alerts --format json`.",
        )
    standards = desk.standards("stay")
    measured = compared_in_time(near, "stay", base, standards)
    judged = Judged(
        catalogue=measured.catalogue,
        measured=measured.frame,
        scores=pl.DataFrame(schema=NO_SCORES),
        hits=measured.hits,
        standards=standards,
        top=lambda rows: rows,
        run_date=desk.night,
        model_version=None,
        benchmark_version=measured.frame["standard_version"].item(0),
        data_version="",
    )
    alerted = subjects.select("subject_id", subject_type=pl.lit("stay"))
    told = [
        tags(judged, subjects, near),
        reviewed_tags(history, desk.night, alerted),
        _stored_rows(desk, "stay", subject).filter(pl.col("layer") == "model"),
    ]
    (drawn,) = stay_portraits(judged, subjects, near, pl.concat(told).unique("tag"))
    return drawn


def _unit(desk: Desk, kind: str, subject: str) -> Portrait:
    history = desk.history()
    found = unit_portrait(history, kind, subject, desk.night, desk.standards("stay"), [])
    position, told = _seen(desk, history, kind, subject)
    found.labels.extend(labels_of(told, kind, subject))
    found.position.extend(position)
    return found


def _person(desk: Desk, subject: str) -> Portrait:
    history = desk.history()
    unknown = NotFoundError(
        f"No stay of the person '{subject}' is known on {desk.night}.",
        "Use the pseudonym, as `jianbao alerts --format json` has it.",
    )
    mine = history.current("stays").filter(pl.col("person_id") == subject)
    if mine.select(pl.len()).collect().item() == 0:
        raise unknown
    position, told = _seen(desk, history, "person", subject)
    labels = pl.concat([told, _of_stays(desk, history, subject)])
    (drawn,) = person_portraits(history, [subject], desk.night, labels)
    drawn.position.extend(position)
    return drawn


def _of_stays(desk: Desk, history: History, person: str) -> pl.DataFrame:
    """What the newest night said of each stay of a person."""
    rows = desk.rows(TAGS.name)
    if rows is None:
        return TAGS.empty()
    stays = history.current("stays").filter(pl.col("person_id") == person)
    mine = rows.filter(pl.col("subject_type") == "stay").join(
        stays.select(subject_id="stay_id"), on="subject_id", how="semi"
    )
    newest = pl.col("run_date") == pl.col("run_date").max().over("subject_id")
    return mine.filter(newest).select(TAGS.names).collect()


def _group(desk: Desk, subject: str) -> Portrait:
    rows = desk.rows(GROUPS.name)
    if rows is None:
        raise NotFoundError(
            "No groups have been found in this lake.",
            "Groups are looked for on Mondays: run one, or draw the portrait of a person.",
        )
    mine = rows.filter(pl.col("group_id") == subject)
    newest = mine.filter(pl.col("run_date") == pl.col("run_date").max()).collect()
    if newest.is_empty():
        known = rows.select("group_id").unique().collect()["group_id"].sort()
        raise NotFoundError(
            f"There is no group '{subject}'.",
            f"Ids stand in table `{GROUPS.name}`.{did_you_mean(subject, known)}",
        )
    history = desk.history()
    position, told = _seen(desk, history, "group", subject)
    labels = labels_of(told, "group", subject)
    return group_portrait(history, subject, newest, desk.night, labels, position)


def _seen(
    desk: Desk, history: History, kind: str, subject: str
) -> tuple[list[Position], pl.DataFrame]:
    """Positions and labels by the declared features of a kind, with what was confirmed."""
    rows = desk.rows(f"features_{kind}")
    position, told = seen(rows, history, kind, subject, desk.night, desk.standards(kind))
    stored = _stored_rows(desk, kind, subject).join(told, on="tag", how="anti")
    return position, pl.concat([told, stored])


def _stored_rows(desk: Desk, kind: str, subject: str) -> pl.DataFrame:
    """Labels that the newest night which labelled the subject wrote."""
    rows = desk.rows(TAGS.name)
    if rows is None:
        return TAGS.empty()
    mine = rows.filter((pl.col("subject_type") == kind) & (pl.col("subject_id") == subject))
    newest = pl.col("run_date") == pl.col("run_date").max()
    return mine.filter(newest).select(TAGS.names).collect()
