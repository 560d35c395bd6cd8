"""Retraining as a Prefect flow, a step a task; promotion is a decision.

Each kind of subject goes through the steps by itself, so that one training set at a time is in
memory: assemble what was known, tune, train, calibrate, evaluate on later audits, ask the gates,
write the model card, register.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from claims.lake import Lake
from claims.settings import Settings
from features.catalogue import CATALOGUES
from flows import retraining as steps
from flows.evaluating import Evaluated, Grown, Rehearsed
from flows.evaluating import evaluated as evaluate
from flows.handed import as_it_is
from flows.landing import open_lake
from flows.levels import freeze_levels
from flows.training import ENTITIES, Known, assemble, known_on, silent
from models.bundle import Bundle
from models.gates import Verdict
from models.office_trail import RETRAINING, By
from models.registry import must_answer
from models.train import bundled, grow
from models.training_set import TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable

STEP: dict[str, Any] = {"cache_policy": NO_CACHE}


@task(name="read what was known", **STEP)
def read(settings: Settings, lake: Lake, as_of: date) -> Known:
    """Read what was known on the night, and freeze what case groups usually hold."""
    must_answer(settings.home)
    return known_on(lake, settings, as_of)


@task(name="assemble", task_run_name="assemble {entity}", **STEP)
def assemble_task(lake: Lake, known: Known, entity: str) -> TrainingSet | None:
    """The training set, each row as of its own night; None without any record."""
    return assemble(lake, known, entity)


@task(name="tune", **STEP)
def tune_task(settings: Settings, training: TrainingSet) -> Rehearsed:
    """Search how trees should grow, on audits before the later ones, forward in time."""
    champion = steps.champion_of(settings, training.entity)
    return steps.tuned(settings, training, champion, settings.tuning_trials)


@task(name="train", **STEP)
def train_task(settings: Settings, training: TrainingSet, rehearsed: Rehearsed) -> Grown:
    """Fit the detectors and grow the trees, on every audit."""
    prepared = steps.prepared(settings, training, rehearsed.tuned.growth)
    return Grown(prepared, grow(prepared))


@task(name="calibrate", **STEP)
def calibrate_task(grown: Grown) -> Bundle:
    """Map margins to probabilities by those of models that did not see the record."""
    return bundled(grown.prepared, grown.draft)


@task(name="evaluate", **STEP)
def evaluate_task(
    settings: Settings, known: Known, training: TrainingSet, rehearsed: Rehearsed, bundle: Bundle
) -> Evaluated:
    """Try the rehearsal on later audits; compare it with who is in office; cost and fairness."""
    return evaluate(settings, known, training, rehearsed, bundle)


@task(name="ask the gates", **STEP)
def gates_task(evaluated: Evaluated) -> list[Verdict]:
    """Hold the model before every gate."""
    return evaluated.verdicts()


@task(name="write the model card", **STEP)
def card_task(
    settings: Settings, lake: Lake, evaluated: Evaluated, verdicts: list[Verdict], seeds: int
) -> steps.Written:
    """The card as JSON and Markdown, and the pictures."""
    return steps.written(settings, lake, evaluated, verdicts, seeds)


@task(name="register", **STEP)
def register_task(
    settings: Settings, evaluated: Evaluated, written: steps.Written, now: datetime
) -> steps.Recorded:
    """Record the model as challenger; the first that passes its gates takes office ``now``."""
    return steps.registered_or_kept(settings, evaluated, written, By(RETRAINING, now))


@task(name="freeze standards above the stay", **STEP)
def freeze_task(lake: Lake, known: Known) -> None:
    """Standards of persons, houses and groups, where they are missing."""
    freeze_levels(lake, known.history, known.as_of)


@flow(name="retrain", validate_parameters=False)
def retrain(
    settings: Settings,
    as_of: date,
    progress: Callable[[str], None] | None = None,
    seeds: int = 1,
) -> dict[str, Any]:
    """Train on what was known on a night; returns versions, figures, gates and notes by entity.

    A model that the registry does not take at the end is kept and named (``flows.unrecorded``).
    ``seeds`` above 1 trains the rehearsal so many times and tells how far its figure moves.
    """
    tell = progress or silent
    lake = open_lake(settings)
    tell("reading what was known")
    known = read(settings, lake, as_of)
    made: dict[str, Any] = {}
    for entity in ENTITIES:
        tell(f"measuring {known.learned[entity].all.height:,} {CATALOGUES[entity].entity.plural}")
        training = assemble_task(lake, as_it_is(known), entity)
        if training is not None:
            made[entity] = _one(settings, lake, known, training, seeds, tell)
    tell("freezing standards of persons, houses and groups")
    freeze_task(lake, as_it_is(known))
    return made


def _one(
    settings: Settings,
    lake: Lake,
    known: Known,
    training: TrainingSet,
    seeds: int,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    called = CATALOGUES[training.entity].entity.plural
    tell(f"tuning the model of {called}")
    rehearsed = tune_task(settings, as_it_is(training))
    tell(f"training on {training.measured.height:,} {called}")
    grown = train_task(settings, as_it_is(training), as_it_is(rehearsed))
    bundle = calibrate_task(as_it_is(grown))
    tell(f"evaluating the model of {called} on later audits")
    evaluated = evaluate_task(
        settings, as_it_is(known), as_it_is(training), as_it_is(rehearsed), as_it_is(bundle)
    )
    verdicts = gates_task(as_it_is(evaluated))
    written = card_task(settings, lake, as_it_is(evaluated), verdicts, seeds)
    now = datetime.now(UTC)
    recorded = register_task(settings, as_it_is(evaluated), as_it_is(written), now)
    return steps.told(settings, evaluated, written, recorded)
