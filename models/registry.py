"""Which bundle is in office: MLflow on SQLite, with runs, versions and two aliases.

``challenger`` is the newest bundle that may take office, ``champion`` the one that scores.
MLflow's own model format is not used, because it pickles; a version points at a folder of ours.
What the gates said of a version stands in its tags, and nobody is promoted past a failed one
unasked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claims.errors import JianbaoError, NotFoundError
from models.bundle import Bundle
from models.gates import FAILED
from models.registry_client import (
    ARTIFACTS,
    CHALLENGER,
    CHAMPION,
    CONTENT,
    DATABASE,
    RegistryError,
    alias_of,
    by_content,
    find,
    folder_of,
    former,
    named,
    opened,
    recorded,
    set_former,
)
from models.registry_files import make_readable, restore
from models.registry_papers import (
    ACTING_TAG,
    GATE_TAG,
    GATES_TAG,
    LONGEST,
    RUN_TAG,
    UNFINISHED,
    Papers,
    keep_run,
    tag,
    tags_of_papers,
)
from models.storage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mlflow.entities.model_registry import ModelVersion


__all__ = [
    "ARTIFACTS", "CHALLENGER", "CHAMPION", "DATABASE", "GateError", "Papers", "RegistryError",
]  # fmt: skip

DESPITE_TAG = "promoted despite"


class GateError(JianbaoError):
    """A version may not take office, because a gate failed."""

    exit_code = 13


def model_name(scenario: str, entity: str) -> str:
    """Name of a registered model, as hospitalization.stay."""
    return f"{scenario}.{entity}"


def record(bundle: Bundle, papers: Papers, *, home: Path) -> str:
    """Keep a training run and its bundle, make it challenger, and return its version.

    What only stands in (``Papers.acting``) challenges nobody.

    A version reads NUMBER-CONTENT: MLflow's number and ``Bundle.version``. A bundle whose
    content is registered already keeps its number; the run and what its gates said are recorded
    all the same, and its files are written again where they were lost.
    """
    name = model_name(bundle.scenario, bundle.entity)
    with opened(home, writing=True) as client:
        run_id, source = keep_run(client, name, bundle, papers, home)
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        found = by_content(client, name, bundle.version)
        if found is None:
            # At once, so that no version stands there without what its gates said.
            named_by = {CONTENT: bundle.version, "content_hash": bundle.content}
            told = named_by | tags_of_papers(papers, run_id)
            found = client.create_model_version(name, source, run_id, tags=told)
        else:
            restore(home, found, bundle)
            tag(client, name, str(found.version), papers, run_id)
        if not papers.acting:
            client.set_registered_model_alias(name, CHALLENGER, str(found.version))
    return named(found)


def promote(home: Path, name: str, version: str, despite: str | None = None) -> str:
    """Put a version (as ``record`` returned it, or its number) in office; return it in full.

    Raises GateError where a gate failed, unless ``despite`` gives a reason, which is kept, and
    ModelError where neither its files nor a copy of them can be read.
    """
    with opened(home, writing=True) as client:
        found = find(client, name, version)
        fallen = _fallen(found.tags)
        if fallen and not despite:
            raise GateError(
                f"Version {named(found)} of '{name}' did not pass: {'; '.join(fallen)}.",
                'Train a better one, or say why it should: add --despite "the reason".',
            )
        make_readable(home, name, found)
        if fallen and despite:
            client.set_model_version_tag(
                name, str(found.version), DESPITE_TAG, f"{'; '.join(fallen)}: {despite}"[:LONGEST]
            )
        now = alias_of(client, name, CHAMPION)
        if now is None or now.version != found.version:
            before = _others(former(client, name), now) + ([str(now.version)] if now else [])
            set_former(client, name, before)
            client.set_registered_model_alias(name, CHAMPION, str(found.version))
    return named(found)


def rollback(home: Path, name: str) -> str:
    """Put the last champion back in office; return its version.

    Raises ModelError, and changes nothing, where neither its files nor a copy can be read.
    """
    with opened(home, writing=True) as client:
        before = _others(former(client, name), alias_of(client, name, CHAMPION))
        if not before:
            raise NotFoundError(
                f"The model '{name}' has no earlier champion.", "There is nothing to roll back to."
            )
        found = client.get_model_version(name, before[-1])
        make_readable(home, name, found)
        # In this order: stopped between the two, who is in office only ends who was before.
        client.set_registered_model_alias(name, CHAMPION, str(found.version))
        set_former(client, name, before[:-1])
    return named(found)


def _others(before: list[str], now: ModelVersion | None) -> list[str]:
    """Champions before; who is in office may end them, where a promotion stopped half-way."""
    kept = list(before)
    while kept and now is not None and kept[-1] == str(now.version):
        kept.pop()
    return kept


def must_answer(home: Path) -> None:
    """Raise RegistryError now, rather than after hours of work, where nothing can be recorded."""
    with opened(home, writing=True):
        return


def champion(home: Path, name: str) -> Bundle | None:
    """The bundle in office; None when none was ever promoted."""
    return _load(home, name, CHAMPION)


def challenger(home: Path, name: str) -> Bundle | None:
    """The newest recorded bundle that does not only stand in; None when there is none."""
    return _load(home, name, CHALLENGER)


def champion_version(home: Path, name: str) -> str | None:
    """The version in office, as NUMBER-CONTENT; None when none was ever promoted."""
    if not (home / DATABASE).exists():
        return None
    with opened(home) as client:
        found = alias_of(client, name, CHAMPION)
    return None if found is None else named(found)


def last_champion_version(home: Path, name: str) -> str | None:
    """The version in office before the present one; None when there was none."""
    if not (home / DATABASE).exists():
        return None
    return next(iter(former_champions(home, name)), None)


def former_champions(home: Path, name: str) -> list[str]:
    """Versions that were in office before, the last one first."""
    with opened(home) as client:
        before = _others(former(client, name), alias_of(client, name, CHAMPION))
        return [named(client.get_model_version(name, number)) for number in before[::-1]]


def versions(home: Path, name: str, *, acting: bool = False) -> list[str]:
    """Every recorded version of a model, as NUMBER-CONTENT, oldest first.

    With ``acting``, only those that stand in where nobody is in office.
    """
    if not (home / DATABASE).exists():
        return []
    with opened(home) as client:
        found = sorted(recorded(client, name), key=lambda one: int(one.version))
    return [named(one) for one in found if not acting or one.tags.get(ACTING_TAG) == "yes"]


def tags_of(home: Path, name: str, version: str) -> dict[str, str]:
    """The tags of a version: what each gate said, and how it came into office."""
    with opened(home) as client:
        return dict(find(client, name, version).tags)


def artifacts_of(home: Path, name: str, version: str) -> Path:
    """Folder with the model card and the pictures of the newest run that made a version."""
    with opened(home) as client:
        found = find(client, name, version)
    run = found.tags.get(RUN_TAG)
    # Versions that were recorded before runs were named lie beside their card.
    return home / ARTIFACTS / run / "artifacts" if run else folder_of(home, found).parent


def load_version(home: Path, name: str, version: str) -> Bundle:
    """The bundle of a version, so that a past night can be scored again."""
    with opened(home) as client:
        found = find(client, name, version)
    return Bundle.load(folder_of(home, found))


def readable(home: Path, name: str, versions: Iterable[str]) -> Iterator[tuple[str, Bundle]]:
    """Versions whose files can be read, in the order given, each loaded when it is asked for."""
    for version in versions:
        try:
            bundle = load_version(home, name, version)
        except (ModelError, OSError):
            continue
        yield version, bundle


def _load(home: Path, name: str, alias: str) -> Bundle | None:
    # A home without a registry needs no MLflow to know that nobody is in office.
    if not (home / DATABASE).exists():
        return None
    with opened(home) as client:
        found = alias_of(client, name, alias)
    return None if found is None else Bundle.load(folder_of(home, found))


def _fallen(tags: Mapping[str, str]) -> list[str]:
    if tags.get(GATES_TAG) == UNFINISHED:
        return ["what its gates said was not written to the end"]
    return sorted(
        f"{key.removeprefix(GATE_TAG)} ({value.removeprefix(f'{FAILED}: ').rstrip('.')})"
        for key, value in tags.items()
        if key.startswith(GATE_TAG) and value.startswith(FAILED)
    )
