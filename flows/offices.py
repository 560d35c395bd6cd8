"""Which models are in office: load the champions, record new ones, and stand in for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from claims.errors import NotFoundError
from features.catalogue import CATALOGUES
from flows.training import ENTITIES
from models import office_copy, registry
from models.detectors import ordinary
from models.gates import APART, failed, order_left
from models.registry_client import RegistryError
from models.storage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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

    With ``before``, a champion that learned from that night or later gives way to the newest
    of those that were in office before it, or stood in, and did not; where there is one.
    """
    return in_office(home, before).bundles


def in_office(home: Path, before: date | None = None) -> Office:
    """The bundles in office, or what stands in for them, with a notice of each of these.

    Where the registry does not answer, or the champion's files are gone, the copy kept beside
    it is used; without a copy the champion before; where nobody is in office, what was recorded
    to stand in (``keep_one``).
    """
    bundles: dict[str, Bundle] = {}
    notices: list[str] = []
    lost: list[str] = []
    for entity in ENTITIES:
        bundle, notice = _of(home, entity)
        notices += [notice] if notice else []
        if bundle is not None:
            bundles[entity], instead = _fit_for(home, entity, bundle, before)
            notices += [instead] if instead else []
        elif notice:
            lost.append(entity)
    return Office(bundles, tuple(dict.fromkeys(notices)), tuple(lost))


def _of(home: Path, entity: str) -> tuple[Bundle | None, str | None]:
    try:
        return _recorded(home, entity)
    # At whichever question it fell silent.
    except RegistryError:
        why = "the registry of models does not answer (another program may hold it)"
        return _from_copy(home, entity, why)


def _recorded(home: Path, entity: str) -> tuple[Bundle | None, str | None]:
    name = office(entity)
    try:
        found = registry.champion(home, name)
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
            f"No {entity} model passed its gates; {_ordering(bundle)} order the {entity} queue "
            f"(version {version})."
        )
    if registry.versions(home, name):
        return _from_copy(home, entity, "nobody is in office, though versions are recorded")
    return None, None


def copy_in_office(home: Path, entity: str) -> Bundle | None:
    """The copy of the last model in office; None where there is none that can be read."""
    try:
        return office_copy.copied(home, office(entity))
    except (ModelError, OSError):
        return None


def _from_copy(home: Path, entity: str, why: str) -> tuple[Bundle | None, str | None]:
    held = copy_in_office(home, entity)
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
    for bundle, says in _before(home, entity):
        return bundle, f"For {entity}, {why}; {says}."
    return None, notice


def _before(home: Path, entity: str) -> Iterator[tuple[Bundle, str]]:
    """Who was in office before, the last first, then what stood in; each with words for it.

    Nobody else ever was to score: not what waits or failed a gate, nor what was rolled back.
    """
    name = office(entity)
    for version, bundle in registry.readable(home, name, registry.former_champions(home, name)):
        yield bundle, f"a champion before was used: {version}"
    for version, bundle in _standing_in(home, name):
        yield bundle, f"{_ordering(bundle)} order the queue ({version})"


def _ordering(bundle: Bundle) -> str:
    """What orders the queue of a bundle that stands in."""
    return order_left(() if bundle.detectors.features else (APART,))


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


def _fit_for(
    home: Path, entity: str, bundle: Bundle, before: date | None
) -> tuple[Bundle, str | None]:
    """The bundle, or where it learned from that night or later, an earlier one and why."""
    if before is None or bundle.trained_as_of < before:
        return bundle, None
    try:
        earlier = [one for one in _before(home, entity) if one[0].trained_as_of < before]
    except RegistryError:
        return bundle, None
    if not earlier:
        return bundle, None
    held, says = max(earlier, key=lambda one: one[0].trained_as_of)
    return held, f"For {entity}, the model of today learned from later nights; {says}."


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

    A first one that failed waits; what is sound of its detectors and rules is recorded to stand
    in for it, so that nights run, with the same papers: it passed no more gates. A later one
    waits as challenger until somebody promotes it. Where nothing that was in office can be read
    any more, the next one counts as the first. What only stands in (``Papers.acting``) takes no
    office.
    """
    version = registry.record(bundle, papers, home=home)
    if papers.acting or _is_filled(home, entity):
        return version
    if not failed(papers.verdicts):
        registry.promote(home, office(entity), version)
        copy_beside(home, office(entity), bundle)
        return version
    stand_in = replace(papers, acting=True)
    registry.record(without_ranker(bundle, papers.verdicts), stand_in, home=home)
    return version


def _is_filled(home: Path, entity: str) -> bool:
    """Whether somebody was promoted and a night can be run with them, or their stand-in."""
    promoted = registry.champion_version(home, office(entity)) is not None
    return promoted and _of(home, entity)[0] is not None


def without_ranker(bundle: Bundle, verdicts: Sequence[Verdict]) -> Bundle:
    """Rules and detectors alone, with a note of why; rules alone where those tell nothing apart.

    The gate names the worst detector and no other, so that none of them is believed.
    """
    fallen = [one.gate for one in failed(verdicts)]
    order = order_left(fallen).capitalize()
    why = (
        f"because the first model failed: {', '.join(fallen)}"
        if fallen
        else "until the next retraining, which has more to learn from"
    )
    note = f"{order} order the queue, {why}."
    detectors = ordinary() if APART in fallen else bundle.detectors
    return replace(bundle, detectors=detectors, ranker=None, notes=(*bundle.notes, note))
