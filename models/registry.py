"""Which bundle is in office: MLflow on SQLite, with runs, versions and two aliases.

``challenger`` is the newest recorded bundle, ``champion`` the one that scores. MLflow's own
model format is not used, because it pickles; a version points at a folder of ours.
MLflow is imported where it is used: it takes seconds, and most commands need no registry.
"""

from __future__ import annotations

import json
import os
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from claims.errors import JianbaoError, NotFoundError
from models.bundle import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

DATABASE, ARTIFACTS, FOLDER = "mlflow.db", "mlartifacts", "bundle"
CHAMPION, CHALLENGER = "champion", "challenger"
CONTENT = "content"
FORMER = "former_champions"
PAGE = 1000
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}


class RegistryError(JianbaoError):
    """The registry cannot be read or written now."""

    exit_code = 9


def model_name(scenario: str, entity: str) -> str:
    """Name of a registered model, as hospitalization.stay."""
    return f"{scenario}.{entity}"


def record(
    bundle: Bundle, *, metrics: Mapping[str, float], params: Mapping[str, object], home: Path
) -> str:
    """Keep a training run and its bundle, make it challenger, and return its version.

    A version reads NUMBER-CONTENT: MLflow's number and ``Bundle.version``. A bundle whose
    content is registered already keeps its number; the run is recorded all the same.
    """
    name = model_name(bundle.scenario, bundle.entity)
    with _client(home) as client:
        run_id, source = _run(client, bundle, metrics, params, home)
        _ensure_registered(client, name)
        found = _by_content(client, name, bundle.version) or client.create_model_version(
            name, source, run_id, tags={CONTENT: bundle.version}
        )
        client.set_registered_model_alias(name, CHALLENGER, str(found.version))
    return _named(found)


def promote(home: Path, name: str, version: str) -> str:
    """Put a version (as ``record`` returned it, or its number) in office; return it in full."""
    with _client(home) as client:
        found = _find(client, name, version)
        now = _alias(client, name, CHAMPION)
        if now is None or now.version != found.version:
            former = _former(client, name) + ([str(now.version)] if now else [])
            _set_champion(client, name, found, former)
    return _named(found)


def rollback(home: Path, name: str) -> str:
    """Put the last champion back in office; return its version."""
    with _client(home) as client:
        former = _former(client, name)
        if not former:
            raise NotFoundError(
                f"The model '{name}' has no earlier champion.", "There is nothing to roll back to."
            )
        found = client.get_model_version(name, former[-1])
        _set_champion(client, name, found, former[:-1])
    return _named(found)


def champion(home: Path, name: str) -> Bundle | None:
    """The bundle in office; None when none was ever promoted."""
    return _load(home, name, CHAMPION)


def challenger(home: Path, name: str) -> Bundle | None:
    """The newest recorded bundle; None when there is none."""
    return _load(home, name, CHALLENGER)


def champion_version(home: Path, name: str) -> str | None:
    """The version in office, as NUMBER-CONTENT; None when none was ever promoted."""
    if not (home / DATABASE).exists():
        return None
    with _client(home) as client:
        found = _alias(client, name, CHAMPION)
    return None if found is None else _named(found)


def last_champion_version(home: Path, name: str) -> str | None:
    """The version in office before the present one; None when there was none."""
    if not (home / DATABASE).exists():
        return None
    with _client(home) as client:
        former = _former(client, name)
        return _named(client.get_model_version(name, former[-1])) if former else None


def versions(home: Path, name: str) -> list[str]:
    """Every recorded version of a model, as NUMBER-CONTENT, oldest first."""
    with _client(home) as client:
        found = sorted(_versions(client, name), key=lambda one: int(one.version))
    return [_named(one) for one in found]


def load_version(home: Path, name: str, version: str) -> Bundle:
    """The bundle of a version, so that a past night can be scored again."""
    with _client(home) as client:
        found = _find(client, name, version)
    return Bundle.load(_folder(home, found))


def _load(home: Path, name: str, alias: str) -> Bundle | None:
    # A home without a registry needs no MLflow to know that nobody is in office.
    if not (home / DATABASE).exists():
        return None
    with _client(home) as client:
        found = _alias(client, name, alias)
    return None if found is None else Bundle.load(_folder(home, found))


@contextmanager
def _client(home: Path) -> Iterator[MlflowClient]:
    """A client that talks to the file itself; its errors come back as RegistryError."""
    os.environ.update(QUIET)
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    home.mkdir(parents=True, exist_ok=True)
    try:
        yield _opened(home)
    except (MlflowException, SQLAlchemyError) as error:
        raise RegistryError(
            f"The model registry {home / DATABASE} does not answer: {error}",
            "See that no other run holds it and that the disk has room, then try again.",
        ) from error


def _opened(home: Path) -> MlflowClient:
    address = f"sqlite:///{(home / DATABASE).absolute()}"
    with warnings.catch_warnings():
        # What MLflow uses of SQLAlchemy is deprecated there; no reader of ours can help it.
        warnings.simplefilter("ignore", DeprecationWarning)
        from mlflow import MlflowClient  # noqa: PLC0415

        return MlflowClient(tracking_uri=address, registry_uri=address)


def _run(
    client: MlflowClient,
    bundle: Bundle,
    metrics: Mapping[str, float],
    params: Mapping[str, object],
    home: Path,
) -> tuple[str, str]:
    name = model_name(bundle.scenario, bundle.entity)
    run = client.create_run(_experiment(client, name, home), run_name=bundle.version)
    run_id = run.info.run_id
    for key, value in sorted(params.items()):
        client.log_param(run_id, key, value)
    for key, number in sorted(metrics.items()):
        client.log_metric(run_id, key, number)
    # Where MLflow looks for it, but under this home: an experiment keeps the address it was
    # made with, and the home may have been moved or copied since.
    folder = (home / ARTIFACTS / run_id / "artifacts" / FOLDER).absolute()
    bundle.save(folder)
    client.set_terminated(run_id)
    return run_id, folder.as_uri()


def _experiment(client: MlflowClient, name: str, home: Path) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    place = (home / ARTIFACTS).absolute().as_uri()
    return str(client.create_experiment(name, artifact_location=place))


def _ensure_registered(client: MlflowClient, name: str) -> None:
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)


def _versions(client: MlflowClient, name: str) -> list[ModelVersion]:
    return list(client.search_model_versions(f"name = '{name}'", max_results=PAGE))


def _by_content(client: MlflowClient, name: str, content: str) -> ModelVersion | None:
    same = [one for one in _versions(client, name) if one.tags.get(CONTENT) == content]
    return min(same, key=lambda one: int(one.version), default=None)


def _find(client: MlflowClient, name: str, version: str) -> ModelVersion:
    known = _versions(client, name)
    for one in known:
        if version in (str(one.version), _named(one), one.tags.get(CONTENT)):
            return one
    names = ", ".join(_named(one) for one in known) or "none"
    raise NotFoundError(
        f"The model '{name}' has no version '{version}'.", f"Recorded versions: {names}."
    )


def _alias(client: MlflowClient, name: str, alias: str) -> ModelVersion | None:
    for model in client.search_registered_models(f"name = '{name}'"):
        if alias in model.aliases:
            return client.get_model_version(name, str(model.aliases[alias]))
    return None


def _former(client: MlflowClient, name: str) -> list[str]:
    for model in client.search_registered_models(f"name = '{name}'"):
        return [str(number) for number in json.loads(model.tags.get(FORMER, "[]"))]
    return []


def _set_champion(client: MlflowClient, name: str, found: ModelVersion, former: list[str]) -> None:
    client.set_registered_model_tag(name, FORMER, json.dumps(former))
    client.set_registered_model_alias(name, CHAMPION, str(found.version))


def _named(found: ModelVersion) -> str:
    return f"{found.version}-{found.tags[CONTENT]}"


def _folder(home: Path, found: ModelVersion) -> Path:
    """Where the version lies under this home, though the home may have been moved since."""
    parts = Path(unquote(urlparse(found.source).path)).parts
    inside = len(parts) - parts[::-1].index(ARTIFACTS)
    return Path(home, ARTIFACTS, *parts[inside:])
