"""The door to MLflow on SQLite: a client that is quiet, and that does not wait for ever.

MLflow is imported where it is used: it takes seconds, and most commands need no registry.
"""

from __future__ import annotations

import json
import os
import sqlite3
import warnings
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from claims.errors import JianbaoError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

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
# Another run writes for a moment; whoever holds the file for longer is not waited for, because
# a night has a copy of its champions. A judgement.
WAIT_SECONDS = 10.0
TRY_AGAIN = "See that no other run holds it and that the disk has room, then try again."


class RegistryError(JianbaoError):
    """The registry cannot be read or written now."""

    exit_code = 9


@contextmanager
def opened(home: Path, *, writing: bool = False) -> Iterator[MlflowClient]:
    """A client that talks to the file itself; its errors come back as RegistryError."""
    os.environ.update(QUIET)
    home.mkdir(parents=True, exist_ok=True)
    _must_be_free(home / DATABASE, writing=writing)
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    try:
        yield _client(home)
    except (MlflowException, SQLAlchemyError) as error:
        raise RegistryError(
            f"The model registry {home / DATABASE} does not answer: {error}", TRY_AGAIN
        ) from error


def _must_be_free(database: Path, *, writing: bool) -> None:
    """Wait a bounded time for the file; MLflow itself would try for minutes."""
    if not database.exists():
        return
    question = "BEGIN IMMEDIATE" if writing else "SELECT count(*) FROM sqlite_master"
    try:
        with closing(sqlite3.connect(database, timeout=WAIT_SECONDS)) as held:
            held.execute(question)
            held.rollback()
    except sqlite3.Error as error:
        raise RegistryError(
            f"The model registry {database} does not answer: {error}", TRY_AGAIN
        ) from error


def _client(home: Path) -> MlflowClient:
    address = f"sqlite:///{(home / DATABASE).absolute()}"
    with warnings.catch_warnings():
        # What MLflow uses of SQLAlchemy is deprecated there; no reader of ours can help it.
        warnings.simplefilter("ignore", DeprecationWarning)
        from mlflow import MlflowClient  # noqa: PLC0415

        return MlflowClient(tracking_uri=address, registry_uri=address)


def recorded(client: MlflowClient, name: str) -> list[ModelVersion]:
    """Every version of a model."""
    return list(client.search_model_versions(f"name = '{name}'", max_results=PAGE))


def by_content(client: MlflowClient, name: str, content: str) -> ModelVersion | None:
    """The oldest version of this content; None when there is none."""
    same = [one for one in recorded(client, name) if one.tags.get(CONTENT) == content]
    return min(same, key=lambda one: int(one.version), default=None)


def find(client: MlflowClient, name: str, version: str) -> ModelVersion:
    """A version by number, full name or content; NotFoundError names the known ones."""
    known = recorded(client, name)
    for one in known:
        if version in (str(one.version), named(one), one.tags.get(CONTENT)):
            return one
    names = ", ".join(named(one) for one in known) or "none"
    raise NotFoundError(
        f"The model '{name}' has no version '{version}'.", f"Recorded versions: {names}."
    )


def alias_of(client: MlflowClient, name: str, alias: str) -> ModelVersion | None:
    """The version that an alias stands at."""
    for model in client.search_registered_models(f"name = '{name}'"):
        if alias in model.aliases:
            return client.get_model_version(name, str(model.aliases[alias]))
    return None


def former(client: MlflowClient, name: str) -> list[str]:
    """Numbers of the champions before, oldest first."""
    return [str(number) for number in json.loads(tags_of_model(client, name).get(FORMER, "[]"))]


def tags_of_model(client: MlflowClient, name: str) -> dict[str, str]:
    """The tags of a registered model; none where it is not there."""
    for model in client.search_registered_models(f"name = '{name}'"):
        return dict(model.tags)
    return {}


def set_former(client: MlflowClient, name: str, numbers: list[str]) -> None:
    """Keep the numbers of the champions before, oldest first."""
    client.set_registered_model_tag(name, FORMER, json.dumps(numbers))


def named(found: ModelVersion) -> str:
    """The version as NUMBER-CONTENT."""
    return f"{found.version}-{found.tags[CONTENT]}"


def folder_of(home: Path, found: ModelVersion) -> Path:
    """Where the version lies under this home, though the home may have been moved since."""
    parts = Path(unquote(urlparse(found.source).path)).parts
    inside = len(parts) - parts[::-1].index(ARTIFACTS)
    return Path(home, ARTIFACTS, *parts[inside:])
