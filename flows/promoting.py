"""Put models in office and take them back, and keep a trail of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from claims.errors import NotFoundError
from flows.offices import copy_beside, keep_one, office
from flows.training import ENTITIES
from models import registry
from models.office_trail import PROMOTED, ROLLED_BACK, TOOK_OFFICE, Event, events, keep_event
from models.registry_client import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from models.bundle import Bundle
    from models.office_trail import By
    from models.registry import Papers


def in_trail(home: Path, entity: str, action: str, by: By, act: Callable[[], str]) -> str:
    """Act, and keep in the trail who came into the office by it; nothing where nobody did.

    ``act`` returns a version. Where the registry falls silent between the office and its trail,
    RegistryError says how the trail is completed: by acting once more with who is in office.
    """
    name = office(entity)
    before = registry.champion_version(home, name)
    version = act()
    try:
        now = registry.champion_version(home, name)
        since = _last_told(home, entity) if now == before == version else before
        if now is not None and now != since:
            keep_event(home, name, Event(action, now, since, by))
    except RegistryError as error:
        raise RegistryError(
            f"The office of {entity} may have changed, and its trail does not say so: {error}",
            "See `jianbao promote --list`; promote once more who is in office, to complete it.",
        ) from error
    return version


def _last_told(home: Path, entity: str) -> str | None:
    """Who is in office as far as the trail knows."""
    told = trail(home, entity)
    return told[-1].version if told else None


def record(home: Path, entity: str, bundle: Bundle, papers: Papers, by: By) -> str:
    """Record a trained bundle, which may take office (``flows.offices.keep_one``); its version."""
    return in_trail(home, entity, TOOK_OFFICE, by, lambda: keep_one(home, entity, bundle, papers))


def trail(home: Path, entity: str) -> list[Event]:
    """Who came into the office of an entity, when, by whom and why; oldest first."""
    _check(entity)
    return events(home, office(entity)) if (home / registry.DATABASE).exists() else []


def promote(
    home: Path, versions: Mapping[str, str], by: By, despite: str | None = None
) -> dict[str, str]:
    """Put these versions in office, by entity; GateError for one that failed a gate."""
    for entity in versions:
        _check(entity)
    done = {}
    for entity, version in versions.items():
        act = partial(registry.promote, home, office(entity), version, despite)
        done[entity] = in_trail(home, entity, PROMOTED, _told(by, despite), act)
        _copied(home, entity, done[entity])
    return done


def _told(by: By, despite: str | None) -> By:
    reasons = (by.why, despite and f"despite: {despite}")
    return replace(by, why="; ".join(one for one in reasons if one))


def rollback(home: Path, entity: str, by: By) -> str:
    """Put the last champion of an entity back in office."""
    _check(entity)
    act = partial(registry.rollback, home, office(entity))
    version = in_trail(home, entity, ROLLED_BACK, by, act)
    _copied(home, entity, version)
    return version


def _copied(home: Path, entity: str, version: str) -> None:
    """Copy who took office; where that fails now, the next night does it."""
    name = office(entity)
    with suppress(RegistryError):
        for _, bundle in registry.readable(home, name, [version]):
            copy_beside(home, name, bundle)


def _check(entity: str) -> None:
    if entity not in ENTITIES:
        raise NotFoundError(
            f"There is no model for '{entity}'.", f"Name one of: {', '.join(ENTITIES)}."
        )
