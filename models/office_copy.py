"""Copies of the models that nights were run with, beside the registry and readable without it.

A night must not fail because another program holds the registry's file, or because somebody
cleared its folders. Every bundle that takes office is copied; ``current`` names the last one.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from models.bundle import Bundle

if TYPE_CHECKING:
    from pathlib import Path

COPIES, CURRENT = "in-office", "current"


def keep_copy(home: Path, name: str, bundle: Bundle) -> None:
    """Copy a bundle and name it the current one; nothing is written where it is that already."""
    folder = home / COPIES / name
    if current(home, name) == bundle.version and (folder / bundle.version).exists():
        return
    making = folder / f"{bundle.version}.new"
    bundle.save(making)
    shutil.rmtree(folder / bundle.version, ignore_errors=True)
    making.rename(folder / bundle.version)
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(bundle.version, encoding="utf-8")
    fresh.replace(folder / CURRENT)


def current(home: Path, name: str) -> str | None:
    """Content of the last bundle in office."""
    file = home / COPIES / name / CURRENT
    return file.read_text(encoding="utf-8") if file.exists() else None


def copied(home: Path, name: str, content: str | None = None) -> Bundle | None:
    """The copy of a content, or of the last bundle in office; None when there is none."""
    wanted = content or current(home, name)
    if wanted is None or not (home / COPIES / name / wanted).exists():
        return None
    return Bundle.load(home / COPIES / name / wanted)
