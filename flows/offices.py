"""Which models are in office: load the champions, promote, roll back, and stand in for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from claims.errors import NotFoundError
from features.catalogue import CATALOGUES
from flows.training import ENTITIES
from models import office_copy, registry
from models.gates import failed
from models.registry_client import RegistryError
from models.storage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from models.bundle import Bundle
    from models.gates import Verdict
    from models.registry import Papers


@dataclass(frozen=True)
class Office:
    """The bundles a night is run with, by entity, what was done instead where one was missing.

    ``lost`` names the entities whose models can neither be read nor replaced.
    """

    bundles: dict[str, Bundle]
    notices: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def empty(held: Office, what: str) -> NotFoundError:
    """Why there is no model to look at: none was trained, or none can be read."""
    if held.lost:
        return NotFoundError(
            " ".join(held.notices),
            "Restore the folder from a backup, or `jianbao retrain` and `jianbao promote` anew.",
        )
    return NotFoundError(f"No model{what} is in office.", "Train one with `jianbao retrain`.")


def office(entity: str) -> str:
    """Registered name of the model of an entity, as hospitalization.stay."""
    return registry.model_name(CATALOGUES[entity].entity.scenario, entity)


def champions(home: Path, before: date | None = None) -> dict[str, Bundle]:
    """The bundles in office, by entity; empty before the first training.

    With ``before``, a champion that learned from that night or later gives way to the
    newest bundle that did not, where there is one.
    """
    return in_office(home, before).bundles


def in_office(home: Path, before: date | None = None) -> Office:
    """The bundles in office, or what stands in for them, with a notice of each of these.

    Where the registry does not answer, or the champion's files are gone, the copy kept beside
    it is used; without a copy the champion before; where nobody is in office, what was recorded
    to stand in (``keep``).
    """
    bundles: dict[str, Bundle] = {}
    notices: list[str] = []
    lost: list[str] = []
    for entity in ENTITIES:
        bundle, notice = _of(home, entity)
        if bundle is not None:
            bundles[entity] = bundle if before is None else _fit_for(home, entity, bundle, before)
        elif notice:
            lost.append(entity)
        notices += [notice] if notice else []
    return Office(bundles, tuple(dict.fromkeys(notices)), tuple(lost))


def _of(home: Path, entity: str) -> tuple[Bundle | None, str | None]:
    name = office(entity)
    try:
        found = registry.champion(home, name)
    except RegistryError:
        why = "the registry of models does not answer (another program may hold it)"
        return _from_copy(home, entity, why)
    except (ModelError, OSError):
        return _former(home, entity, "the files of the model in office cannot be read")
    if found is not None:
        copy_beside(home, name, found)
        return found, None
    return _nobody(home, entity)


def _nobody(home: Path, entity: str) -> tuple[Bundle | None, str | None]:
    """Without a champion: what was recorded to stand in, else the copy of the last champion."""
    name = office(entity)
    for version, bundle in _standing_in(home, name):
        copy_beside(home, name, bundle)
        return bundle, (
            f"No {entity} model passed its gates; rules and detectors order the {entity} queue "
            f"(version {version})."
        )
    if registry.versions(home, name):
        return _from_copy(home, entity, "nobody is in office, though versions are recorded")
    return None, None


def _from_copy(home: Path, entity: str, why: str) -> tuple[Bundle | None, str | None]:
    try:
        held = office_copy.copied(home, office(entity))
    except (ModelError, OSError):
        held = None
    if held is None:
        return None, f"For {entity}, {why}, and there is no copy of an earlier model."
    return (
        held,
        f"For {entity}, {why}; the copy of the last model in office was used: {held.version}.",
    )


def _former(home: Path, entity: str, why: str) -> tuple[Bundle | None, str | None]:
    held, notice = _from_copy(home, entity, why)
    if held is not None:
        return held, notice
    name = office(entity)
    for version, bundle in registry.readable(home, name, registry.former_champions(home, name)):
        return bundle, f"For {entity}, {why}; the champion before was used: {version}."
    for version, bundle in _standing_in(home, name):
        return bundle, f"For {entity}, {why}; rules and detectors order the queue ({version})."
    return None, notice


def _standing_in(home: Path, name: str) -> Iterator[tuple[str, Bundle]]:
    """What was recorded to stand in and can be read, newest first."""
    acting = reversed(registry.versions(home, name, acting=True))
    return registry.readable(home, name, acting)


def copy_beside(home: Path, name: str, bundle: Bundle) -> None:
    """Keep a copy that is readable without the registry."""
    # Without room for a copy the night has its model all the same.
    try:
        office_copy.keep_copy(home, name, bundle)
    except OSError:
        return


def _fit_for(home: Path, entity: str, bundle: Bundle, before: date) -> Bundle:
    if bundle.trained_as_of < before:
        return bundle
    try:
        known = _readable(home, entity)
    except RegistryError:
        return bundle
    earlier = [one for one in known if one.trained_as_of < before]
    return max(earlier, key=lambda one: one.trained_as_of, default=bundle)


def _readable(home: Path, entity: str) -> list[Bundle]:
    name = office(entity)
    known = registry.versions(home, name)
    return [bundle for _, bundle in registry.readable(home, name, known)]


def bundles_of(home: Path, model_version: str | None) -> dict[str, Bundle]:
    """The bundles that a manifest row names, so that a past night is run with its own."""
    named = dict(part.split(":", 1) for part in (model_version or "").split())
    return {entity: _version(home, entity, version) for entity, version in named.items()}


def _version(home: Path, entity: str, version: str) -> Bundle:
    """A version from the registry, or its copy: the content is the same."""
    try:
        return registry.load_version(home, office(entity), version)
    except (RegistryError, ModelError, NotFoundError, OSError):
        held = office_copy.copied(home, office(entity), version)
        if held is None:
            raise
        return held


def keep_one(home: Path, entity: str, bundle: Bundle, papers: Papers) -> str:
    """Record one bundle; return its version. The first takes office if no gate failed.

    A first one that failed waits; its detectors and rules are recorded to stand in for it, so
    that nights run. A later one waits as challenger until somebody promotes it. Where nothing
    that was in office can be read any more, the next one counts as the first.
    """
    version = registry.record(bundle, papers, home=home)
    if _is_filled(home, entity):
        return version
    if not failed(papers.verdicts):
        registry.promote(home, office(entity), version)
        copy_beside(home, office(entity), bundle)
        return version
    stand_in = replace(papers, verdicts=(), artifacts={}, acting=True)
    registry.record(without_ranker(bundle, papers.verdicts), stand_in, home=home)
    return version


def _is_filled(home: Path, entity: str) -> bool:
    """Whether somebody was promoted and a night can be run with them, or their stand-in."""
    promoted = registry.champion_version(home, office(entity)) is not None
    return promoted and _of(home, entity)[0] is not None


def without_ranker(bundle: Bundle, verdicts: Sequence[Verdict]) -> Bundle:
    """Detectors and rules alone, with a note of why."""
    names = ", ".join(one.gate for one in failed(verdicts))
    note = f"Detectors and rules order the queue, because the first model failed: {names}."
    return replace(bundle, ranker=None, notes=(*bundle.notes, note))


def promote(home: Path, versions: Mapping[str, str], despite: str | None = None) -> dict[str, str]:
    """Put these versions in office, by entity; GateError for one that failed a gate."""
    for entity in versions:
        _check(entity)
    done = {}
    for entity, version in versions.items():
        done[entity] = registry.promote(home, office(entity), version, despite)
        copy_beside(home, office(entity), registry.load_version(home, office(entity), done[entity]))
    return done


def rollback(home: Path, entity: str) -> str:
    """Put the last champion of an entity back in office."""
    _check(entity)
    version = registry.rollback(home, office(entity))
    copy_beside(home, office(entity), registry.load_version(home, office(entity), version))
    return version


def _check(entity: str) -> None:
    if entity not in ENTITIES:
        raise NotFoundError(
            f"There is no model for '{entity}'.", f"Name one of: {', '.join(ENTITIES)}."
        )
