"""Which models are in office: load the champions, promote, roll back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claims.errors import NotFoundError
from features.catalogue import CATALOGUES
from flows.training import ENTITIES
from models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from flows.training import Learned
    from models.bundle import Bundle


def office(entity: str) -> str:
    """Registered name of the model of an entity, as hospitalization.stay."""
    return registry.model_name(CATALOGUES[entity].entity.scenario, entity)


def champions(home: Path, before: date | None = None) -> dict[str, Bundle]:
    """The bundles in office, by entity; empty before the first training.

    With ``before``, a champion that learned from that night or later gives way to the
    newest bundle that did not, where there is one.
    """
    found = {entity: registry.champion(home, office(entity)) for entity in ENTITIES}
    kept = {entity: bundle for entity, bundle in found.items() if bundle is not None}
    if before is None:
        return kept
    return {entity: _fit_for(home, entity, bundle, before) for entity, bundle in kept.items()}


def _fit_for(home: Path, entity: str, bundle: Bundle, before: date) -> Bundle:
    if bundle.trained_as_of < before:
        return bundle
    known = (
        registry.load_version(home, office(entity), version)
        for version in registry.versions(home, office(entity))
    )
    earlier = [one for one in known if one.trained_as_of < before]
    return max(earlier, key=lambda one: one.trained_as_of, default=bundle)


def bundles_of(home: Path, model_version: str | None) -> dict[str, Bundle]:
    """The bundles that a manifest row names, so that a past night is run with its own."""
    named = dict(part.split(":", 1) for part in (model_version or "").split())
    return {
        entity: registry.load_version(home, office(entity), version)
        for entity, version in named.items()
    }


def keep(home: Path, learned: Learned) -> dict[str, str]:
    """Record what a training made; the first of its kind takes office at once.

    A later one waits as challenger until somebody promotes it.
    """
    versions: dict[str, str] = {}
    for entity, bundle in learned.bundles.items():
        version = registry.record(
            bundle,
            metrics=learned.figures[entity],
            params={"as_of": bundle.trained_as_of, "columns": len(bundle.columns)},
            home=home,
        )
        if registry.champion_version(home, office(entity)) is None:
            registry.promote(home, office(entity), version)
        versions[entity] = version
    return versions


def promote(home: Path, versions: Mapping[str, str]) -> dict[str, str]:
    """Put these versions in office, by entity."""
    for entity in versions:
        _check(entity)
    return {
        entity: registry.promote(home, office(entity), version)
        for entity, version in versions.items()
    }


def rollback(home: Path, entity: str) -> str:
    """Put the last champion of an entity back in office."""
    _check(entity)
    return registry.rollback(home, office(entity))


def _check(entity: str) -> None:
    if entity not in ENTITIES:
        raise NotFoundError(
            f"There is no model for '{entity}'.", f"Name one of: {', '.join(ENTITIES)}."
        )
