"""The key that signs sessions and forms: made on the first start, kept beside the data."""

from __future__ import annotations

import os
import secrets
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = "workbench.key"
KEY_BYTES = 48


def read(keys: Path) -> str | None:
    """Return the key of this installation, None before its first start."""
    path = keys / FILE
    return path.read_text(encoding="ascii").strip() or None if path.exists() else None


def fresh() -> str:
    """Return a new random key."""
    return secrets.token_urlsafe(KEY_BYTES)


def ensure(keys: Path) -> None:
    """Write a key that only the owner can read, unless there is one."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    if read(keys) is None:
        _write_once(keys, fresh())


def _write_once(keys: Path, key: str) -> None:
    # Written whole under another name and then linked: of two processes that start
    # together, one wins, and neither can read half a key. Temporary files are 0600.
    with NamedTemporaryFile("w", dir=keys, prefix=".key-", encoding="ascii") as draft:
        draft.write(key)
        draft.flush()
        try:
            os.link(draft.name, keys / FILE)
        except FileExistsError:
            return
