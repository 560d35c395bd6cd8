"""The night as a Prefect flow: land, validate, measure, judge, hand over, publish.

Tasks are coarse, one a step, and pass the night by its settings and the lake; a step that
fails is tried once more, and a run that is killed is simply started again.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from claims.errors import JianbaoError
from claims.lake import Span
from claims.results import RUNS
from claims.settings import Settings
from features.catalogue import CATALOGUES
from flows import night
from flows.fresh import for_night
from flows.handed import as_it_is
from flows.landing import Landed, land_night, open_lake
from flows.manifests import published_before
from flows.notifying import notify, of_failure, of_night
from flows.offices import bundles_of
from flows.rescoring import deciding
from flows.training import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from cases.judged import Judged
    from models.bundle import Bundle

RETRIES = 1


def worth_another_try(_: Any, __: Any, state: State[Any]) -> bool:  # noqa: ANN401
    """Whether a failed step is tried again: not when a person must solve it first."""
    return not isinstance(state.result(raise_on_failure=False), JianbaoError)


STEP: dict[str, Any] = {
    "retries": RETRIES,
    "retry_condition_fn": worth_another_try,
    "cache_policy": NO_CACHE,
}


@task(name="land", **STEP)
def land(settings: Settings, on: date, accept: frozenset[str]) -> Landed:
    """Take in what waits for the night; bad rows go to quarantine, faults are kept."""
    return land_night(settings, on, accept)


@task(name="validate", **STEP)
def validate(settings: Settings, on: date, landed: Landed) -> list[str]:
    """Run the expectation suites on what was received and keep the night's Data Docs."""
    if landed.admission is None or not landed.admission.tables:
        return []
    from claims.suites import validate as run_suites  # noqa: PLC0415 - its import takes 5 s

    checked = run_suites(
        landed.admission.examined(), night=on, docs=settings.home / "data_docs" / f"{on}"
    )
    return checked.lines()


@task(name="models", **STEP)
def models_of_night(
    settings: Settings, on: date, held: dict[str, Any] | None, now: datetime
) -> tuple[dict[str, Bundle], str | None]:
    """The models for a night, and a notice where they are not simply those in office.

    A night that was published (``held``: its manifest row) keeps its models. Else the newest
    that learned from earlier nights alone; without any, first ones are trained on what was
    known the night before (``flows.fresh``).
    """
    if held is not None:
        return bundles_of(settings.home, held["model_version"]), None
    found = for_night(settings, open_lake(settings), on, now)
    return found.bundles, " ".join(found.notices) or None


@task(name="measure", **STEP)
def measure(run: night.Run) -> dict[str, int]:
    """Measure what arrived and what it touched."""
    return night.measure_night(run)


@task(name="judge", **STEP)
def judge(run: night.Run) -> dict[str, Judged]:
    """Rules, detectors and rankers on the measured subjects."""
    return night.judge_night(run)


@task(name="hand over", **STEP)
def hand_over(run: night.Run, found: dict[str, Judged]) -> dict[str, Any]:
    """Choose, explain, word and gather the night's alerts."""
    return night.hand_over(run, found, night.select_night(run, found))


@task(name="publish", **STEP)
def publish(run: night.Run, found: dict[str, Judged], notice: str | None) -> None:
    """Make the night visible."""
    night.publish(run, found, notice)


@flow(name="nightly", validate_parameters=False)
def nightly(settings: Settings, on: date, accept: frozenset[str] = frozenset()) -> dict[str, Any]:
    """From what was delivered to a ranked, explained list of cases; returns the run report."""
    try:
        report = _night(settings, on, accept)
    except Exception as error:
        notify(settings, of_failure(on, error))
        raise
    notify(settings, of_night(report))
    return report


def _night(settings: Settings, on: date, accept: frozenset[str]) -> dict[str, Any]:
    now, clock = datetime.now(UTC), night.stopwatch()
    landed = land(settings, on, accept)
    checked = validate(settings, on, as_it_is(landed))
    if not open_lake(settings).has("stays"):
        return {"night": f"{on}", "notice": "The lake is empty; nothing was scored."}
    held = published_before(open_lake(settings), on)
    bundles, late = models_of_night(settings, on, held, now)
    run = night.Run(on, open_lake(settings), settings, bundles, _standards_of(held))
    measured = measure(as_it_is(run))
    found = judge(as_it_is(run))
    handed = hand_over(as_it_is(run), as_it_is(found))
    quiet = None if any(measured.values()) else landed.notice or "Nothing new arrived."
    notice = " ".join(filter(None, (quiet, late, *without_model(measured, found)))) or None
    publish(as_it_is(run), as_it_is(found), notice)
    report = {
        "night": f"{on}",
        "landed": landed.lines(),
        "validated": checked,
        "held": landed.held,
        "quarantined": landed.quarantined,
        "measured": measured,
        **handed,
        "notice": notice,
        "settings": deciding(settings),
    }
    _keep_report(run, report, now.replace(tzinfo=None), night.stopwatch() - clock)
    return report


def without_model(measured: Mapping[str, int], found: Container[str]) -> list[str]:
    """Kinds of subjects that came for the first time, before any model could learn of them."""
    return [
        f"{measured[entity]:,} {CATALOGUES[entity].entity.plural} were measured and not scored:"
        " no model has learned of any yet. A later night trains one."
        for entity in ENTITIES
        if measured.get(entity) and entity not in found
    ]


def _standards_of(held: dict[str, Any] | None) -> dict[str, int]:
    """Versions of the tables of standards that a published night was judged by."""
    versions = [] if held is None else held["versions"]
    return {one["table"]: one["version"] for one in versions if one["table"] in night.FROZEN_TABLES}


def _keep_report(run: night.Run, report: dict[str, Any], begun: datetime, seconds: float) -> None:
    row = {
        "run_id": f"nightly {run.on} {begun:%Y-%m-%dT%H:%M:%S.%f}",
        "run_date": run.on,
        "flow": "nightly",
        "started_at": begun,
        "seconds": seconds,
        "report": json.dumps(report, ensure_ascii=False, default=str),
    }
    held = (
        run.lake.scan(RUNS.name).filter(pl.col("run_date") == run.on).select(RUNS.names).collect()
        if run.lake.has(RUNS.name)
        else RUNS.empty()
    )
    rows = pl.concat([held, pl.DataFrame([row], schema=RUNS.dtypes())])
    run.lake.replace(RUNS.name, rows, Span.night(run.on), keys=RUNS.key)
