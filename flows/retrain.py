"""Retraining as a Prefect flow: freeze standards, train, record; promotion is a decision."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from claims.settings import Settings
from flows.handed import as_it_is
from flows.landing import open_lake
from flows.offices import keep
from flows.training import Learned, learn

if TYPE_CHECKING:
    from collections.abc import Callable


@task(name="learn", cache_policy=NO_CACHE)
def learn_task(settings: Settings, as_of: date, progress: Callable[[str], None] | None) -> Learned:
    """Freeze what standards are missing and train a bundle for each kind of subject."""
    return learn(open_lake(settings), settings, as_of, progress)


@task(name="record", cache_policy=NO_CACHE)
def record(settings: Settings, learned: Learned) -> dict[str, str]:
    """Keep the bundles in the registry; the first of a kind takes office."""
    return keep(settings.home, learned)


@flow(name="retrain", validate_parameters=False)
def retrain(
    settings: Settings, as_of: date, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Train on what was known on a night; returns versions, figures and notes by entity."""
    learned = learn_task(settings, as_of, progress)
    versions = record(settings, as_it_is(learned))
    return {
        entity: {
            "version": versions[entity],
            "figures": learned.figures[entity],
            "notes": bundle.notes,
        }
        for entity, bundle in learned.bundles.items()
    }
