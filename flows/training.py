"""Learn from what is known: freeze standards month by month, then train (plain functions).

A training row reads the standard frozen before its own night, never one that it is part
of. Standards leave out what had been confirmed by the day they were frozen; because a row
is never compared with a standard that could contain it, that leaks no label.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import LakeError
from claims.history import History
from claims.lake import Lake, Span
from claims.results import STANDARDS
from features.catalogue import CATALOGUES
from features.standards import freeze
from features.subjects import ledgers_of_history, stays_of_history, uses_of_history
from flows.editions import comparable, ensure_courses, frozen_days, version_name
from flows.judging import base_measures, compared_in_time
from flows.learned_from import Learned, learned_from
from flows.levels import freeze_levels
from flows.ties import tied, with_ties
from models.labels import answered
from models.labels import labels as labels_of
from models.preparing import Recipe, prepare
from models.train import bundled, grow
from models.training_set import TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.settings import Settings
    from models.bundle import Bundle

    Progress = Callable[[str], None]

ENTITIES = ("stay", "use", "ledger")


@dataclass(frozen=True)
class Trained:
    """What one training made: a bundle an entity, and figures about each."""

    bundles: dict[str, Bundle]
    figures: dict[str, dict[str, float]]


def silent(_: str) -> None:
    """Tell nobody."""


def subjects_of_history(history: History) -> dict[str, pl.DataFrame]:
    """Every stay, use and ledger, each as of the night it was first to be judged."""
    stays = stays_of_history(history)
    return {
        "stay": stays,
        "use": uses_of_history(history, stays),
        "ledger": ledgers_of_history(history),
    }


@dataclass(frozen=True)
class Known:
    """What was known on a night: its history, whom to learn from, and how audits ended.

    ``ties`` names the computed group of a person: (person_id, group_id).
    """

    history: History
    learned: dict[str, Learned]
    outcomes: pl.DataFrame
    as_of: date
    ties: pl.DataFrame


def known_on(lake: Lake, settings: Settings, as_of: date) -> Known:
    """Read what was known, and freeze what case groups usually hold where that is missing."""
    history = History.of(lake, as_of)
    outcomes = history.tables["audit_outcomes"].collect()
    subjects = subjects_of_history(history)
    learned = learned_from(subjects, outcomes, settings.learn_from, settings.seed)
    frozen = ensure_courses(lake, history, learned["stay"].drawn, outcomes, as_of)
    return Known(frozen, learned, outcomes, as_of, tied(history, as_of))


def assemble(lake: Lake, known: Known, entity: str) -> TrainingSet | None:
    """The training set of an entity, each row as of its own night; None without any record.

    Freezes the monthly standards that are missing.
    """
    learned = known.learned[entity]
    base = base_measures(known.history, entity, learned.all)
    if base.is_empty():
        return None
    standards = ensure_standards(
        lake, known.history, entity, learned.usual(base), known.outcomes, known.as_of
    )
    measured = compared_in_time(known.history, entity, base, standards, only_comparable=True)
    scenario = CATALOGUES[entity].entity.scenario
    told = labels_of(known.outcomes, as_of=known.as_of, subject_type=entity, scenario=scenario)
    taught = answered(told, measured.frame, measured.rule_columns)
    return TrainingSet(
        scenario,
        entity,
        with_ties(measured.frame, known.ties),
        taught,
        measured.columns,
        measured.rule_columns,
        known.as_of,
        told.height - taught.height,
    )


def recipe_of(training: TrainingSet, settings: Settings) -> Recipe:
    """How a training set is trained on, but for what tuning finds."""
    return Recipe(
        training.scenario,
        training.entity,
        training.features,
        training.rule_columns,
        settings.seed,
        settings.threads,
        training.as_of,
    )


def learn(lake: Lake, settings: Settings, as_of: date, progress: Progress | None = None) -> Trained:
    """Freeze missing standards and train one bundle an entity on what was known on a night.

    Plainly, without tuning or gates: for a night that finds no model, and for benches.
    """
    tell = progress or silent
    tell("freezing what case groups usually hold")
    known = known_on(lake, settings, as_of)
    bundles: dict[str, Bundle] = {}
    figures: dict[str, dict[str, float]] = {}
    for entity in ENTITIES:
        tell(f"training on {known.learned[entity].all.height:,} {CATALOGUES[entity].entity.plural}")
        training = assemble(lake, known, entity)
        if training is not None:
            ready = prepare(training.measured, training.labels, recipe_of(training, settings))
            bundle = bundles[entity] = bundled(ready, grow(ready))
            measured = dict(bundle.ranker.measures) if bundle.ranker else {}
            figures[entity] = training.counts() | measured
    tell("freezing standards of persons, houses and groups")
    freeze_levels(lake, known.history, as_of)
    return Trained(bundles, figures)


def ensure_standards(
    lake: Lake,
    history: History,
    entity: str,
    base: pl.DataFrame,
    outcomes: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Freeze the monthly standards that are not there yet; return all of the entity."""
    held = frozen_standards(lake, as_of).filter(pl.col("entity") == entity)
    known = set(held["version"].unique())
    catalogue = CATALOGUES[entity]
    features = catalogue.measurable(history)
    fresh = [
        freeze(
            comparable(base, outcomes, entity, on),
            catalogue.entity,
            features,
            version=version_name(on),
            on=on,
        )
        for on in frozen_days(base, as_of)
        if version_name(on) not in known
    ]
    for rows in fresh:
        on = rows["run_date"].item(0) if rows.height else as_of
        others = _others(lake, on, entity)
        lake.replace(
            "standards", pl.concat([others, rows]), Span.night(on), keys=["entity", *STANDARDS.key]
        )
    return pl.concat([held, *fresh]).sort("run_date", "feature", "cell")


def frozen_standards(lake: Lake, as_of: date, version: int | None = None) -> pl.DataFrame:
    """All standards frozen on or before a night, as the table stood at a version."""
    if not lake.has("standards"):
        return STANDARDS.empty()
    rows = lake.scan("standards", version).filter(pl.col("run_date") <= as_of)
    return rows.select(STANDARDS.names).collect()


def _others(lake: Lake, on: date, entity: str) -> pl.DataFrame:
    if not lake.has("standards"):
        return STANDARDS.empty()
    rows = lake.scan("standards").filter((pl.col("run_date") == on) & (pl.col("entity") != entity))
    return rows.select(STANDARDS.names).collect()


def last_night_before(lake: Lake, on: date) -> date:
    """The newest night before one on which a stay became known, else that night itself."""
    nights = lake.scan("stays").select(pl.col("received_on").filter(pl.col("received_on") < on))
    newest = nights.max().collect().item()
    return newest if isinstance(newest, date) else on


def last_night(lake: Lake) -> date:
    """The newest night on which a stay became known."""
    newest = lake.scan("stays").select(pl.col("received_on").max()).collect().item()
    if not isinstance(newest, date):
        raise LakeError("The lake holds no stays.", "Run `jianbao ingest PATH` first.")
    return newest
