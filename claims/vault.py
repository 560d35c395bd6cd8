"""The way back: an encrypted store of which pseudonym stands for whom, beside the keys.

An inspector on site needs the true number of a person. Only the workbench's logged
unmasking opens this vault; nothing in the nightly work reads it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from claims.errors import NotFoundError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

KEY_BYTES = 32
# What AES-GCM asks for: 96 random bits, never twice with one key.
NONCE_BYTES = 12
OWNER_ONLY = 0o600
OWNER_FOLDER = 0o700


def load_key(path: Path) -> bytes:
    """Read a key of 32 bytes, made at first use with access for its owner alone.

    Raises SettingsError when the file does not hold such a key.
    """
    path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(
            f"The file {path} does not hold a key.",
            "Restore it from its backup: with a new key, nobody would keep their pseudonym.",
        )
    return key


def _make_key(path: Path) -> None:
    # Written aside and linked into place: another process never reads half a key, and
    # whoever comes second keeps the first one's.
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


@dataclass(frozen=True)
class Vault:
    """Pseudonyms and, encrypted, what they stand for, in one file that only grows."""

    path: Path
    key: bytes

    @classmethod
    def at(cls, folder: Path) -> Vault:
        """Open the vault of a folder of keys; its own key is made at first use."""
        return cls(folder / "vault.sqlite", load_key(folder / "vault.key"))

    def keep(self, originals: Mapping[str, str]) -> int:
        """Add pseudonym -> original pairs that are not there yet; return how many were new."""
        with closing(self._open()) as store, store:
            store.execute("CREATE TEMP TABLE given (pseudonym TEXT PRIMARY KEY) WITHOUT ROWID")
            store.executemany("INSERT INTO given VALUES (?)", ((one,) for one in sorted(originals)))
            new = [
                one
                for (one,) in store.execute(
                    "SELECT pseudonym FROM given EXCEPT SELECT pseudonym FROM vault"
                )
            ]
            store.executemany(
                "INSERT OR IGNORE INTO vault VALUES (?, ?)", self._sealed(new, originals)
            )
        return len(new)

    def unmask(self, pseudonym: str) -> str:
        """Return what a pseudonym stands for.

        The caller logs who asked and why. Raises NotFoundError when the vault does not
        know it, SettingsError when the key is not the one it was sealed with.
        """
        with closing(self._open()) as store:
            row = store.execute(
                "SELECT sealed FROM vault WHERE pseudonym = ?", (pseudonym,)
            ).fetchone()
        if row is None:
            raise NotFoundError(
                "The vault does not know this pseudonym.", "Check that it was copied in full."
            )
        sealed: bytes = row[0]
        try:
            plain = AESGCM(self.key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], pseudonym.encode()
            )
        except InvalidTag as error:
            raise SettingsError(
                f"The vault at {self.path} cannot be opened with the key beside it.",
                "Restore vault.key from the backup made together with the vault.",
            ) from error
        return plain.decode()

    def _sealed(self, new: list[str], originals: Mapping[str, str]) -> Iterable[tuple[str, bytes]]:
        cipher = AESGCM(self.key)
        for pseudonym in new:
            nonce = os.urandom(NONCE_BYTES)
            # Bound to its pseudonym: a sealed value moved to another row does not open.
            bound = cipher.encrypt(nonce, originals[pseudonym].encode(), pseudonym.encode())
            yield pseudonym, nonce + bound

    def _open(self) -> sqlite3.Connection:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, OWNER_ONLY))
        store = sqlite3.connect(self.path)
        store.execute(
            "CREATE TABLE IF NOT EXISTS vault (pseudonym TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
            " WITHOUT ROWID"
        )
        return store
