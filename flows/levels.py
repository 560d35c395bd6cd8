"""The levels above the stay in the night: who is looked at, measured, frozen, judged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from cases.group_ids import keep_ids
from cases.judged import Judged
from cases.levels import prior_scores, sums, top
from claims.lake import Span
from claims.results import GROUPS, STANDARDS
from features.catalogue import CATALOGUES
from features.communities import named
from features.declaration import LEVELS as LEVEL_ENTITIES
from features.level_stays import YEAR_DAYS
from features.level_subjects import (
    all_with_stays,
    groups_known,
    groups_of_night,
    houses_of_night,
    persons_of_night,
    weekly,
)
from features.standards import freeze
from features.subjects import SCHEMA
from flows.judging import base_measures, compared_in_time, newest_version

if TYPE_CHECKING:
    from claims.history import History
    from claims.lake import Lake
    from features.communities import Found

LEVELS = tuple(entity.name for entity in LEVEL_ENTITIES)
HOUSES = ("physician", "department", "hospital")
# A first standard needs a month of history, as those of stays do.
FIRST_STANDARD_DAYS = 28


def measure_levels(lake: Lake, history: History, on: date) -> dict[str, int]:
    """Measure tonight's persons, houses and groups; write tables ``features_<entity>``."""
    subjects = {"person": persons_of_night(history, on)}
    subjects |= {entity: houses_of_night(history, entity, on) for entity in HOUSES}
    written = {
        entity: _write(lake, history, entity, chosen, on) for entity, chosen in subjects.items()
    }
    return written | {"group": _measure_groups(lake, history, on)}


def _write(lake: Lake, history: History, entity: str, chosen: pl.DataFrame, on: date) -> int:
    base = base_measures(history, entity, chosen) if chosen.height else None
    return _keep(lake, f"features_{entity}", base, on)


def _keep(lake: Lake, table: str, base: pl.DataFrame | None, on: date) -> int:
    """Replace the night's rows; a night without any leaves no table behind."""
    if base is None:
        if not lake.has(table):
            return 0
        base = lake.scan(table).filter(pl.lit(value=False)).drop("run_date").collect()
    rows = base.with_columns(run_date=pl.lit(on))
    lake.replace(table, rows, Span.night(on), keys=["run_date", "subject_id"])
    return rows.height


def _measure_groups(lake: Lake, history: History, on: date) -> int:
    """Find the week's groups, keep their ids, measure those that got a stay since."""
    if not weekly(on):
        return _keep(lake, "features_group", None, on)
    found = groups_known(history, on)
    chosen = groups_of_night(history, found, on)
    return _keep(lake, "features_group", _named_groups(lake, history, found, chosen, on), on)


def _named_groups(
    lake: Lake, history: History, found: Found, chosen: pl.DataFrame, on: date
) -> pl.DataFrame | None:
    """Keep the ids of what was found, and measure the chosen under these; None without any."""
    members = found.members.join(named(found), on=["subject_id", "as_of"], how="semi")
    kept = keep_ids(members.drop("as_of"), _earlier_groups(lake, on), on)
    lake.replace(GROUPS.name, kept, Span.night(on), keys=GROUPS.key)
    if chosen.is_empty():
        return None
    ids = kept.select(subject_id="found_as", group_id="group_id").unique()
    base = base_measures(history, "group", chosen).join(ids, on="subject_id")
    renamed = base.drop("subject_id").rename({"group_id": "subject_id"})
    return renamed.select(base.drop("group_id").columns)


def _earlier_groups(lake: Lake, on: date) -> pl.DataFrame:
    """Groups of the year before a night: whoever was not seen for longer is forgotten."""
    if not lake.has(GROUPS.name):
        return GROUPS.empty()
    since = on - timedelta(days=YEAR_DAYS)
    rows = lake.scan(GROUPS.name).filter((pl.col("run_date") < on) & (pl.col("run_date") > since))
    return rows.select(GROUPS.names).collect()


def judge_levels(
    lake: Lake, history: History, standards: pl.DataFrame, on: date, data_version: str
) -> dict[str, Judged]:
    """Compare, rule and score tonight's rows of ``measure_levels``."""
    found: dict[str, Judged] = {}
    for entity in LEVELS:
        table = f"features_{entity}"
        if not lake.has(table):
            continue
        base = lake.scan(table).filter(pl.col("run_date") == on).drop("run_date").collect()
        if base.height:
            mine = standards.filter(pl.col("entity") == entity)
            found[entity] = judged_level(history, entity, base, mine, on, data_version)
    return found


def judged_level(
    history: History,
    entity: str,
    base: pl.DataFrame,
    standards: pl.DataFrame,
    on: date,
    data_version: str,
) -> Judged:
    """Compare, rule and score measured subjects of one kind by the newest standards before."""
    measured = compared_in_time(history, entity, base, standards)
    judged = Judged(
        catalogue=measured.catalogue,
        measured=measured.frame,
        scores=prior_scores(measured.frame, measured.catalogue),
        hits=measured.hits,
        standards=standards,
        top=lambda rows: top(judged, rows),
        run_date=on,
        model_version=None,
        benchmark_version=newest_version(measured.frame),
        data_version=data_version,
        sums=lambda rows: sums(measured.catalogue, rows),
    )
    return judged


def judge_extract(lake: Lake, history: History, on: date, data_version: str) -> dict[str, Judged]:
    """Judge every person, house and group of an extract; write its groups.

    Their standards are those of all of them together: a city has too few hospitals or groups to
    leave a fifth out, and no model learns from these distances.
    """
    found: dict[str, Judged] = {}
    for entity in LEVELS:
        catalogue = CATALOGUES[entity]
        features = catalogue.measurable(history)
        base = _whole(lake, history, entity, on) if features else None
        if base is not None and base.height:
            standards = freeze(base, catalogue.entity, features, version=f"{on:%Y-%m-%d}", on=on)
            found[entity] = judged_level(history, entity, base, standards, on, data_version)
    return found


def _whole(lake: Lake, history: History, entity: str, on: date) -> pl.DataFrame | None:
    if entity != "group":
        chosen = all_with_stays(history, entity, on)
        return base_measures(history, entity, chosen) if chosen.height else None
    known = groups_known(history, on)
    return _named_groups(lake, history, known, named(known).select(*SCHEMA), on)


def freeze_levels(lake: Lake, history: History, as_of: date) -> None:
    """Freeze the newest monthly standards of the levels above the stay, where missing.

    All subjects as known the night before the first of the month, each once, so that n is a
    number of persons or houses. Nothing is trained on them, so older months need none.
    """
    on = as_of.replace(day=1)
    oldest = history.tables["stays"].select(pl.col("received_on").min()).collect().item()
    if not isinstance(oldest, date) or on < oldest + timedelta(days=FIRST_STANDARD_DAYS):
        return
    held = _held(lake, on)
    for entity in LEVELS:
        if held.filter(pl.col("entity") == entity).is_empty():
            rows = _frozen(history, entity, on)
            if rows.height:
                held = pl.concat([held, rows])
                keys = ["entity", *STANDARDS.key]
                lake.replace(STANDARDS.name, held, Span.night(on), keys=keys)


def _frozen(history: History, entity: str, on: date) -> pl.DataFrame:
    eve = on - timedelta(days=1)
    catalogue = CATALOGUES[entity]
    features = catalogue.measurable(history)
    subjects = (
        _groups_on(history, eve) if entity == "group" else all_with_stays(history, entity, eve)
    )
    if subjects.is_empty() or not features:
        return STANDARDS.empty()
    base = base_measures(history, entity, subjects)
    return freeze(base, catalogue.entity, features, version=f"{on:%Y-%m-%d}", on=on)


def _groups_on(history: History, on: date) -> pl.DataFrame:
    return named(groups_known(history, on)).select(*SCHEMA)


def _held(lake: Lake, on: date) -> pl.DataFrame:
    if not lake.has(STANDARDS.name):
        return STANDARDS.empty()
    rows = lake.scan(STANDARDS.name).filter(pl.col("run_date") == on)
    return rows.select(STANDARDS.names).collect()
