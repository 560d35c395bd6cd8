"""Put models in office and take them back, and keep a trail of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from claims.errors import NotFoundError
from flows.offices import copy_beside, keep_one, office
from flows.training import ENTITIES
from models import registry
from models.office_trail import PROMOTED, ROLLED_BACK, TOOK_OFFICE, Event, events, keep_event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from models.bundle import Bundle
    from models.office_trail import By
    from models.registry import Papers


@contextmanager
def in_trail(home: Path, entity: str, action: str, by: By) -> Iterator[None]:
    """Keep in the trail who came into the office meanwhile; nothing where nobody did."""
    name = office(entity)
    before = registry.champion_version(home, name)
    yield
    now = registry.champion_version(home, name)
    if now is not None and now != before:
        keep_event(home, name, Event(action, now, before, by))


def record(home: Path, entity: str, bundle: Bundle, papers: Papers, by: By) -> str:
    """Record a trained bundle, which may take office (``flows.offices.keep_one``); its version."""
    with in_trail(home, entity, TOOK_OFFICE, by):
        return keep_one(home, entity, bundle, papers)


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
        with in_trail(home, entity, PROMOTED, _told(by, despite)):
            done[entity] = registry.promote(home, office(entity), version, despite)
        copy_beside(home, office(entity), registry.load_version(home, office(entity), done[entity]))
    return done


def _told(by: By, despite: str | None) -> By:
    reasons = (by.why, despite and f"despite: {despite}")
    return replace(by, why="; ".join(one for one in reasons if one))


def rollback(home: Path, entity: str, by: By) -> str:
    """Put the last champion of an entity back in office."""
    _check(entity)
    with in_trail(home, entity, ROLLED_BACK, by):
        version = registry.rollback(home, office(entity))
    copy_beside(home, office(entity), registry.load_version(home, office(entity), version))
    return version


def _check(entity: str) -> None:
    if entity not in ENTITIES:
        raise NotFoundError(
            f"There is no model for '{entity}'.", f"Name one of: {', '.join(ENTITIES)}."
        )
