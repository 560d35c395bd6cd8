"""The files of a recorded version, written again where they were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import office_copy
from models.bundle import Bundle
from models.registry_client import CONTENT, folder_of
from models.storage import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow.entities.model_registry import ModelVersion


def restore(home: Path, found: ModelVersion, bundle: Bundle) -> None:
    """Write a bundle of the version's own content where the version cannot be read."""
    folder = folder_of(home, found)
    try:
        Bundle.load(folder)
    except (ModelError, OSError):
        bundle.save(folder)


def make_readable(home: Path, name: str, found: ModelVersion) -> None:
    """Restore a version from its copy in ``in-office/`` where it cannot be read.

    ModelError or OSError where the copy cannot be read either: it must not take office.
    """
    try:
        Bundle.load(folder_of(home, found))
    except (ModelError, OSError):
        held = _copy(home, name, found.tags[CONTENT])
        if held is None:
            raise
        restore(home, found, held)


def _copy(home: Path, name: str, content: str) -> Bundle | None:
    try:
        held = office_copy.copied(home, name, content)
    except (ModelError, OSError):
        return None
    return held if held is not None and held.version == content else None
