"""One night, step by step (plain functions; ``flows.nightly`` wraps them as Prefect tasks).

Every step reads tables of the lake and replaces its own rows of this night, so that a run
that stops anywhere can be started again: it ends in the same rows, and nothing doubles.
A night becomes visible only by its manifest row, which is written last.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import polars as pl

from cases import alerts as alerting
from cases.amounts import weigh
from cases.assessment import findings
from cases.data_tags import data_tags
from cases.dossier import dossiers
from cases.gather import assign, gather
from cases.levels import weigh_levels
from cases.portraits.persons import person_portraits
from cases.portraits.stays import stay_portraits
from cases.reviewed import reviewed_tags
from cases.selection import Capacity, line_of, select
from cases.tags import tags
from cases.wording import reasons
from claims.history import History
from claims.lake import Lake, Span
from claims.results import (
    ALERTS,
    CASES,
    DOSSIERS,
    FINDINGS,
    GROUPS,
    MANIFEST,
    PORTRAITS,
    SCORES,
    STANDARDS,
    TAGS,
)
from claims.standard_tables import FROZEN
from claims.tables import DELIVERED
from features.declaration import VERSUS_PEERS
from features.subjects import (
    Night,
    ledgers_of_night,
    stays_around,
    stays_of_night,
    uses_of_night,
)
from flows.counterfacts import counterfacts
from flows.judging import (
    base_measures,
    by_hospital,
    compared_in_time,
    judged,
    lowered_lines,
    switched_off,
    usable_rules,
)
from flows.levels import LEVELS, judge_levels, measure_levels
from flows.training import ENTITIES, frozen_standards
from flows.waiting import counted_tonight
from models.stability import stability
from rules.books import Books

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.judged import Judged
    from claims.schema import Table
    from claims.settings import Settings
    from models.bundle import Bundle

# Each queue has places of its own; what stands above the stay takes none of the stays'.
QUEUES = (
    ("hospitalization", ("stay",)),
    ("consumables", ("use", "ledger")),
    ("hospitalization", LEVELS),
)
FROZEN_TABLES = (STANDARDS.name, *(table.name for table in FROZEN))
PUBLISHED = (SCORES, TAGS, ALERTS, FINDINGS, CASES, DOSSIERS, PORTRAITS)


@dataclass(frozen=True)
class Run:
    """What a night is run with; nothing here changes while it runs."""

    on: date
    lake: Lake
    settings: Settings
    bundles: dict[str, Bundle]
    # A night that was published keeps the standards it was published with: table to version.
    frozen: Mapping[str, int] = field(default_factory=dict)

    @property
    def night(self) -> Night:
        """The night, with how far back new facts reach."""
        return Night(self.on, self.settings.reopen_days)

    def history(self) -> History:
        """What is known on this night."""
        return History.of(self.lake, self.on, self.frozen)


def measure_night(run: Run) -> dict[str, int]:
    """Measure what arrived and what it touched; write tables ``features_<entity>``."""
    history = run.history()
    stays = stays_of_night(history, run.night)
    again = counted_tonight(run.lake, history, run.night)
    uses = pl.concat([uses_of_night(history, stays, run.night), again]).unique().sort("subject_id")
    near = history.focused(stays_around(stays, uses))
    subjects = {"stay": stays, "use": uses, "ledger": ledgers_of_night(history, run.night)}
    for entity, chosen in subjects.items():
        known = history if entity == "ledger" else near
        base = base_measures(known, entity, chosen).with_columns(run_date=pl.lit(run.on))
        run.lake.replace(
            f"features_{entity}", base, Span.night(run.on), keys=["run_date", "subject_id"]
        )
    counted = {entity: chosen.height for entity, chosen in subjects.items()}
    return counted | measure_levels(run.lake, history, run.on)


def judge_night(run: Run) -> dict[str, Judged]:
    """Compare, rule and score the night's subjects, from the tables of ``measure_night``."""
    history = run.history()
    standards = frozen_standards(run.lake, run.on, run.frozen.get(STANDARDS.name))
    version = data_version(run.lake, run.on)
    found: dict[str, Judged] = {}
    for entity in ENTITIES:
        base = _of_night(run, f"features_{entity}").drop("run_date")
        if base.is_empty() or entity not in run.bundles:
            continue
        mine = standards.filter(pl.col("entity") == entity)
        measured = compared_in_time(history, entity, base, mine)
        found[entity] = judged(
            measured, run.bundles[entity], mine, run_date=run.on, data_version=version
        )
    return found | judge_levels(run.lake, history, standards, run.on, version)


def select_night(run: Run, found: dict[str, Judged]) -> dict[str, pl.DataFrame]:
    """Choose the night's alerts within capacity; write table `scores`.

    Returns the selected rows by entity.
    """
    earlier = _open_alerts(run)
    chosen: dict[str, pl.DataFrame] = {}
    scored: list[pl.DataFrame] = [SCORES.empty()]
    for scenario, entities in QUEUES:
        above = entities == LEVELS
        weighed = [
            (weigh_levels if above else weigh)(found[entity]).with_columns(
                entity=pl.lit(entity),
                model_version=pl.lit(found[entity].model_version, pl.String),
                benchmark_version=pl.lit(found[entity].benchmark_version, pl.String),
            )
            for entity in entities
            if entity in found
        ]
        if not weighed:
            continue
        together = pl.concat(weighed, how="diagonal_relaxed")
        told = earlier.filter(pl.col("scenario") == scenario)
        capacity = _capacity(run.settings, above=above)
        marked = select(alerting.mark_repeats(together, told), capacity, run.on)
        scored.append(_score_rows(marked, scenario, run.on))
        marked = marked.with_columns(line=pl.lit(line_of(marked)))
        for entity in entities:
            chosen[entity] = marked.filter(
                (pl.col("entity") == entity) & pl.col("selected_by").is_not_null()
            ).drop("model_version", "benchmark_version")
    run.lake.replace("scores", pl.concat(scored), Span.night(run.on), keys=SCORES.key)
    return chosen


def _capacity(settings: Settings, *, above: bool) -> Capacity:
    """Places of a queue; no lot falls on a house or a person, whom nobody audits at random."""
    if above:
        return Capacity(settings.level_alerts_per_night, 0.0, settings.seed)
    return Capacity(settings.alerts_per_night, settings.random_share, settings.seed)


def _score_rows(marked: pl.DataFrame, scenario: str, on: date) -> pl.DataFrame:
    return marked.with_columns(
        run_date=pl.lit(on), scenario=pl.lit(scenario), subject_type=pl.col("entity")
    ).select(SCORES.names)


def hand_over(
    run: Run, found: dict[str, Judged], chosen: dict[str, pl.DataFrame]
) -> dict[str, Any]:
    """Explain the chosen, word them, gather them; write tags, alerts, cases, dossiers.

    Returns what the report says of it.
    """
    history = run.history()
    built: list[pl.DataFrame] = [ALERTS.empty().drop("case_id")]
    labels: list[pl.DataFrame] = [TAGS.empty()]
    for entity, item in found.items():
        picked = chosen.get(entity)
        if picked is None:
            continue
        rows = _rows_of(item, picked)
        built.append(alerting.alerts(item, picked, reasons(item, item.top(rows))))
        labels.append(tags(item, picked, history))
    cases = CASES.empty() if not run.lake.has("cases") else _before(run, CASES)
    assigned = assign(pl.concat(built), cases, run.on, run.settings.case_days)
    final = assigned.select(ALERTS.names)
    gathered = gather(assigned, _told(run, cases), _hospitals(history), run.on)
    _replace(run, ALERTS.name, final, ALERTS.key)
    _replace(run, FINDINGS.name, findings(found.values(), final), FINDINGS.key)
    labels += [_data_tags(run), reviewed_tags(history, run.on, final)]
    labelled = pl.concat(labels)
    _replace(run, TAGS.name, labelled, TAGS.key)
    _replace(run, PORTRAITS.name, portraits(run, history, found, final, labelled), PORTRAITS.key)
    _replace(run, CASES.name, gathered, CASES.key)
    written = [
        dossiers(
            item,
            final.filter(pl.col("subject_type") == entity),
            history,
            leaving(run, item, chosen.get(entity), history),
            steadiness(run, item, chosen.get(entity)),
            item.sums(_rows_of(item, chosen.get(entity))),
        )
        for entity, item in found.items()
    ]
    _replace(run, DOSSIERS.name, pl.concat([DOSSIERS.empty(), *written]), DOSSIERS.key)
    lowered = lowered_lines(item.hits for item in found.values())
    return {
        "alerts": final.height,
        "cases": gathered.height,
        "graded_down": lowered,
        "by_hospital": by_hospital(history, run.on),
    }


def leaving(
    run: Run, item: Judged, chosen: pl.DataFrame | None, history: History
) -> dict[str, list[dict[str, Any]]]:
    """What would take each alert out of the queue, where a model put it there."""
    entity = item.catalogue.entity.name
    if chosen is None or entity not in run.bundles:
        return {}
    rules, books = usable_rules(history, entity), Books(history)
    return counterfacts(item, run.bundles[entity], rules, books, chosen)


def steadiness(run: Run, item: Judged, chosen: pl.DataFrame | None) -> dict[str, float]:
    """How steady the explanation of each alert is under small changes of its figures."""
    entity = item.catalogue.entity.name
    if chosen is None or entity not in run.bundles:
        return {}
    rows = _rows_of(item, chosen)
    return stability(run.bundles[entity], rows, item.catalogue.families(), VERSUS_PEERS)


def _rows_of(item: Judged, chosen: pl.DataFrame | None) -> pl.DataFrame:
    """The measured rows of what was chosen."""
    if chosen is None:
        return item.measured.clear()
    return item.measured.join(chosen.select("subject_id"), on="subject_id", how="semi")


def portraits(
    run: Run, history: History, found: dict[str, Judged], alerts: pl.DataFrame, tags: pl.DataFrame
) -> pl.DataFrame:
    """Rows of table `portraits`: the stays that became alerts, and whose stays they are."""
    stays = alerts.filter(pl.col("subject_type") == "stay")
    if stays.is_empty() or "stay" not in found:
        return PORTRAITS.empty()
    near = history.focused(stays.lazy().select(stay_id="subject_id"))
    persons = stays["person_id"].drop_nulls().unique().to_list()
    drawn = [
        *stay_portraits(found["stay"], stays, near, tags),
        *person_portraits(near, persons, run.on, tags),
    ]
    rows = [(run.on, one.kind, one.subject, one.content()) for one in drawn]
    return pl.DataFrame(rows, schema=PORTRAITS.dtypes(), orient="row")


def publish(run: Run, found: dict[str, Judged], notice: str | None, kind: str = "night") -> None:
    """Write the manifest row that makes the night visible; unchanged nights keep theirs."""
    tables = [
        *(table.name for table in DELIVERED),
        *(table.name for table in PUBLISHED),
        *(f"features_{entity}" for entity in (*ENTITIES, *LEVELS)),
        GROUPS.name,
        *FROZEN_TABLES,
        "quarantine",
        "data_faults",
    ]
    versions = run.lake.versions(tables)
    versions |= run.frozen
    benchmark = {item.benchmark_version for item in found.values()} - {None}
    row = {
        "run_date": run.on,
        "kind": kind,
        "versions": [{"table": name, "version": versions[name]} for name in sorted(versions)],
        "data_version": data_version(run.lake, run.on),
        "model_version": _models(run, found),
        "benchmark_version": max(map(str, benchmark)) if benchmark else None,
        "switched_off": switched_off(run.history()),
        "notice": notice,
        "published_at": datetime.now(UTC).replace(tzinfo=None),
    }
    fresh = pl.DataFrame([row], schema=MANIFEST.dtypes())
    held = _held_manifest(run)
    if not fresh.drop("published_at").equals(held.drop("published_at")):
        _replace(run, MANIFEST.name, fresh, MANIFEST.key)


def _models(run: Run, found: dict[str, Judged]) -> str | None:
    """One name for all models of the night, by which it can be run again."""
    versions: dict[str, str | None] = {
        entity: bundle.version for entity, bundle in run.bundles.items()
    } or {entity: item.model_version for entity, item in found.items() if item.model_version}
    return " ".join(f"{entity}:{version}" for entity, version in versions.items()) or None


def _held_manifest(run: Run) -> pl.DataFrame:
    if not run.lake.has(MANIFEST.name):
        return MANIFEST.empty()
    return _of_night(run, MANIFEST.name).select(MANIFEST.names)


def data_version(lake: Lake, on: date) -> str:
    """Hash of what was known: rows of every table until the night, and the night's own."""
    parts: list[int] = []
    for table in DELIVERED:
        if not lake.has(table.name):
            continue
        rows = lake.scan(table.name).select(table.names)
        known = rows.filter(pl.col("received_on") <= on).select(pl.len()).collect().item()
        tonight = rows.filter(pl.col("received_on") == on).collect()
        parts += [int(known), int(tonight.hash_rows(seed=0).sum()) if tonight.height else 0]
    return blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()


def _of_night(run: Run, table: str) -> pl.DataFrame:
    return run.lake.scan(table).filter(pl.col("run_date") == run.on).collect()


def _before(run: Run, table: Table) -> pl.DataFrame:
    rows = run.lake.scan(table.name).filter(pl.col("run_date") < run.on)
    return table.typed(rows).collect()


def _open_alerts(run: Run) -> pl.DataFrame:
    if not run.lake.has(ALERTS.name):
        return ALERTS.empty()
    since = run.on - timedelta(days=run.settings.case_days)
    rows = run.lake.scan(ALERTS.name).filter(
        (pl.col("run_date") < run.on) & (pl.col("run_date") > since)
    )
    return ALERTS.typed(rows).collect()


def _told(run: Run, cases: pl.DataFrame) -> pl.DataFrame:
    """Past alerts with what ties them and when their case was opened."""
    if not run.lake.has(ALERTS.name):
        return ALERTS.empty().with_columns(
            about=pl.lit(None, pl.String), opened_on=pl.lit(None, pl.Date)
        )
    ties = cases.select("case_id", "about", "opened_on").unique(subset="case_id")
    return _before(run, ALERTS).join(ties, on="case_id")


def _hospitals(history: History) -> pl.DataFrame:
    return history.current("hospitals").select("hospital_id", "name").collect()


def _data_tags(run: Run) -> pl.DataFrame:
    if not run.lake.has("data_faults"):
        return TAGS.empty()
    rows = run.lake.scan("data_faults").filter(pl.col("received_on") == run.on)
    return data_tags(rows.collect(), run.on)


def _replace(run: Run, table: str, rows: pl.DataFrame, keys: tuple[str, ...]) -> None:
    run.lake.replace(table, rows, Span.night(run.on), keys=keys)


def stopwatch() -> float:
    """Seconds of a clock that only goes forward."""
    return time.perf_counter()
