"""The models a night is run with: those in office, what stands in for them, or fresh ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flows import retraining as steps
from flows.evaluating import evaluated
from flows.offices import Office, copy_beside, in_office, office, without_ranker
from flows.training import ENTITIES, assemble, known_on, last_night_before
from models.gates import failed, order_left
from models.office_trail import NIGHT, By
from models.registry_client import RegistryError
from models.train import bundled, grow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from claims.lake import Lake
    from claims.settings import Settings
    from flows.training import Known
    from models.bundle import Bundle


def for_night(settings: Settings, lake: Lake, on: date, now: datetime) -> Office:
    """The bundles for a night; where nothing can stand in, fresh ones are trained and kept.

    They learn from what was known the night before, untuned: all where there is none, and a kind
    that came later once a night has measured it. ``now``, with its zone, is when they take office.
    A kind that came later begins with few records: its rules and detectors stand in, and the
    next retraining counts as its first.
    """
    found = in_office(settings.home, before=on)
    bundles, notices = dict(found.bundles), list(found.notices)
    wanted = _wanted(found, lake, on) if bundles else dict.fromkeys(ENTITIES, False)
    for entity, bundle, says, expected in _fresh(settings, lake, on, wanted, now):
        bundles[entity] = bundle
        notices += [] if expected and not found.bundles and entity not in found.lost else [says]
    late = sorted(entity for entity, bundle in bundles.items() if bundle.trained_as_of >= on)
    if late:
        notices.append(f"The models of {', '.join(late)} learned from later nights.")
    return Office(bundles, tuple(dict.fromkeys(notices)))


def _wanted(found: Office, lake: Lake, on: date) -> dict[str, bool]:
    """Kinds without a model beside others that have one, and whether each only came later."""
    return {
        entity: entity not in found.lost
        for entity in ENTITIES
        if entity not in found.bundles
        and (entity in found.lost or measured_before(lake, entity, on))
    }


def measured_before(lake: Lake, entity: str, on: date) -> bool:
    """Whether a night before this one measured subjects of a kind."""
    table = f"features_{entity}"
    if not lake.has(table):
        return False
    return not lake.scan(table).filter(pl.col("run_date") < on).head(1).collect().is_empty()


def _fresh(
    settings: Settings, lake: Lake, on: date, wanted: Mapping[str, bool], now: datetime
) -> Iterable[tuple[str, Bundle, str, bool]]:
    """Train what is wanted; entity, bundle, what was done, and whether all went as expected.

    ``wanted`` says of each entity whether it came later than the others.
    """
    if not wanted:
        return
    known = known_on(lake, settings, last_night_before(lake, on))
    for entity, late in wanted.items():
        made = _one(settings, lake, known, entity, now, late=late)
        if made is not None:
            yield entity, *made


def _one(
    settings: Settings, lake: Lake, known: Known, entity: str, now: datetime, *, late: bool
) -> tuple[Bundle, str, bool] | None:
    training = assemble(lake, known, entity)
    if training is None:
        return None
    rehearsed = steps.tuned(settings, training, None, 0)
    ready = steps.prepared(settings, training, rehearsed.tuned.growth)
    bundle = bundled(ready, grow(ready))
    looked = evaluated(settings, known, training, rehearsed, bundle)
    verdicts = looked.verdicts()
    fallen = [one.gate for one in failed(verdicts)]
    kept = without_ranker(bundle, verdicts) if fallen or late else bundle
    says = f"A fresh {entity} model was trained: {kept.version}."
    if fallen:
        says = f"{says} It failed {', '.join(fallen)}; {order_left(fallen)} order the queue."
    written = steps.written(settings, lake, looked, verdicts, seeds=1)
    recorded = replace(looked, bundle=kept) if late else looked
    try:
        steps.registered(settings, recorded, written, By(NIGHT, now), acting=late)
    except (RegistryError, OSError):
        copy_beside(settings.home, office(entity), kept)
        says = f"{says} It is kept beside the registry, which cannot be written now."
        return kept, says, False
    return kept, says, not fallen
