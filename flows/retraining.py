"""The steps of a retraining (plain functions; ``flows.retrain`` wraps them as Prefect tasks)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.results import STANDARDS
from claims.standard_tables import FROZEN
from claims.tables import DELIVERED
from flows import night, unrecorded
from flows.evaluating import Rehearsed
from flows.offices import copy_in_office, office
from flows.promoting import record
from flows.training import recipe_of
from models import registry
from models.card import JSON_FILE, MARKDOWN_FILE, Story, as_json, as_markdown, card
from models.gates import failed
from models.growth import USUAL
from models.later import parted, ready
from models.plots import pictures
from models.preparing import prepare
from models.ranker import MINIMUM
from models.registry import Papers
from models.registry_client import RegistryError
from models.spread import Spread, spread
from models.storage import ModelError
from models.tuning import Tuned, tune

if TYPE_CHECKING:
    from pathlib import Path

    from claims.lake import Lake
    from claims.settings import Settings
    from flows.evaluating import Evaluated
    from models.bundle import Bundle
    from models.gates import Verdict
    from models.growth import Growth
    from models.office_trail import By
    from models.preparing import Prepared
    from models.training_set import TrainingSet


@dataclass(frozen=True)
class Written:
    """The card, the files that are kept beside the model, and what the gates said."""

    card: dict[str, Any]
    files: dict[str, str]
    verdicts: list[Verdict]


@dataclass(frozen=True)
class Recorded:
    """The version of a model in the registry, or its content and the folder it waits in."""

    version: str
    waits_in: Path | None = None


def prepared(settings: Settings, training: TrainingSet, growth: Growth) -> Prepared:
    """Detectors and examples of a whole training set."""
    recipe = replace(recipe_of(training, settings), growth=growth)
    return prepare(training.measured, training.labels, recipe)


def tuned(
    settings: Settings, training: TrainingSet, champion: Bundle | None, trials: int
) -> Rehearsed:
    """Part the later audits off, and search on the earlier ones alone.

    The champion may move the day from which audits count as later, but not what the search
    sees: a model must not depend on who is in office.
    """
    usual = parted(training)
    later = usual if champion is None else parted(training, champion.trained_as_of)
    found = Tuned(USUAL, 0, "Not tuned: too few audits to part in time.")
    if later is None:
        return Rehearsed(found, champion=champion)
    recipe, known = recipe_of(training, settings), ranked(training)
    made = ready(later, recipe, ranked=known)
    if usual is not None:
        tried = made if later.cut == usual.cut else ready(usual, recipe, ranked=known)
        found = tune(tried.examples, tried.planting(), trials)
    return Rehearsed(found, later, made, champion)


def ranked(training: TrainingSet) -> bool:
    """Whether there are enough audits of each outcome for a ranker."""
    known = training.audited
    return min(known.filter(pl.col("label") == side).height for side in (0, 1)) >= MINIMUM


def champion_of(settings: Settings, entity: str) -> Bundle | None:
    """Who is in office, or the copy of it that nights use; nobody where neither can be read."""
    try:
        return registry.champion(settings.home, office(entity))
    except (RegistryError, ModelError, OSError):
        return copy_in_office(settings.home, entity)


def written(
    settings: Settings,
    lake: Lake,
    evaluated: Evaluated,
    verdicts: list[Verdict],
    seeds: int,
) -> Written:
    """The card and the pictures."""
    one, evidence = evaluated, evaluated.evidence
    later, champion = one.rehearsed.later, one.rehearsed.champion
    story = Story(
        training=one.training,
        bundle=one.bundle,
        tuned=one.rehearsed.tuned,
        seed=settings.seed,
        data_version=night.data_version(lake, one.training.as_of),
        tables=_tables(lake),
        verdicts=verdicts,
        figures=list(evidence.figures.values()),
        parities=evidence.parities,
        cut=None if later is None else later.cut.isoformat(),
        compared=evidence.difference,
        champion=None if champion is None else champion.version,
        spread=_spread(settings, evaluated, seeds),
    )
    record = card(story)
    drawn = {} if one.rehearsal is None else pictures(one.rehearsal.tried, settings.seed)
    files = {JSON_FILE: as_json(record), MARKDOWN_FILE: as_markdown(record, drawn), **drawn}
    return Written(record, files, verdicts)


def _tables(lake: Lake) -> dict[str, int]:
    named = [*(table.name for table in DELIVERED), STANDARDS.name, *(one.name for one in FROZEN)]
    return lake.versions(named)


def _spread(settings: Settings, evaluated: Evaluated, seeds: int) -> Spread | None:
    later = evaluated.rehearsed.later
    if seeds <= 1 or later is None:
        return None
    return spread(
        later,
        recipe_of(evaluated.training, settings),
        evaluated.rehearsed.tuned.growth,
        range(settings.seed, settings.seed + seeds),
        ranked=ranked(evaluated.training),
    )


def registered(
    settings: Settings, evaluated: Evaluated, written: Written, by: By, *, acting: bool = False
) -> str:
    """Record the bundle with its papers; ``acting`` for one that only stands in."""
    papers = replace(_papers(evaluated, written), acting=acting)
    return record(settings.home, evaluated.training.entity, evaluated.bundle, papers, by)


def registered_or_kept(
    settings: Settings, evaluated: Evaluated, written: Written, by: By
) -> Recorded:
    """Record the bundle; where the registry does not answer, keep it: it took hours to train."""
    try:
        return Recorded(registered(settings, evaluated, written, by))
    except (RegistryError, OSError):
        one, papers = evaluated, _papers(evaluated, written)
        folder = unrecorded.keep(settings.home, one.training.entity, one.bundle, papers)
        return Recorded(one.bundle.version, folder)


def _papers(evaluated: Evaluated, written: Written) -> Papers:
    return Papers(
        metrics=metrics(evaluated, written),
        params=_params(written.card),
        artifacts=written.files,
        verdicts=tuple(written.verdicts),
    )


def metrics(evaluated: Evaluated, written: Written) -> dict[str, float]:
    """Every figure by one name, those with an interval with its ends."""
    found = evaluated.training.counts() | evaluated.rehearsed.tuned.record()
    if evaluated.bundle.ranker is not None:
        found |= dict(evaluated.bundle.ranker.measures)
    compared = evaluated.evidence.difference
    told = [*evaluated.evidence.figures.values(), *([compared] if compared else [])]
    for one in told:
        found |= {one.name: one.value, f"{one.name}_low": one.low, f"{one.name}_high": one.high}
    spread_of = written.card["spread"] or {}
    found |= {f"spread_{name}": value for name, value in spread_of.items()}
    return found | {"seconds_to_explain": evaluated.evidence.cost.seconds}


def _params(record: dict[str, Any]) -> dict[str, object]:
    tables = {f"lake.{name}": number for name, number in record["data"]["tables"].items()}
    return {
        "as_of": record["as_of"],
        "data_version": record["data"]["data_version"],
        **record["parameters"],
        **tables,
    }


def told(
    settings: Settings, evaluated: Evaluated, written: Written, recorded: Recorded
) -> dict[str, Any]:
    """What the flow reports of one model; ``waits_in`` names the folder of one not recorded."""
    champion, folder = _filed(settings, evaluated.training.entity, recorded)
    return {
        "version": recorded.version,
        "waits_in": None if recorded.waits_in is None else str(recorded.waits_in),
        "figures": metrics(evaluated, written),
        "notes": evaluated.bundle.notes,
        "tuning": evaluated.rehearsed.tuned.note,
        "gates": [(one.gate, one.state, one.says) for one in written.verdicts],
        "failed": [one.gate for one in failed(written.verdicts)],
        "in_office": champion,
        "card": str(folder / MARKDOWN_FILE),
    }


def _filed(settings: Settings, entity: str, recorded: Recorded) -> tuple[str | None, Path]:
    """Who is in office, and where the card lies, as far as the registry answers."""
    home, name = settings.home, office(entity)
    if recorded.waits_in is not None:
        return None, recorded.waits_in
    try:
        folder = registry.artifacts_of(home, name, recorded.version)
        return registry.champion_version(home, name), folder
    except RegistryError:
        return None, home / registry.ARTIFACTS
