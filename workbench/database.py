"""From one address to Django's database settings: SQLite unless told otherwise."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from claims.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path
    from urllib.parse import SplitResult

FILE = "workbench.db"
VARIABLE = "JIANBAO_DATABASE_URL"
EXAMPLE = "postgresql://name:password@host:5432/database"
POSTGRES_SCHEMES = ("postgres", "postgresql")
CONNECTION_SECONDS = 60

# WAL lets auditors read while one of them writes; IMMEDIATE takes the write lock at the
# start of a transaction, so that two writers wait for each other instead of failing.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database(url: str, home: Path) -> dict[str, Any]:
    """Return the settings of one database; an empty address means SQLite in ``home``.

    Raises SettingsError when the address is of no known kind or its driver is missing.
    """
    if not url:
        return _sqlite(str(home / FILE))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path).removeprefix("/"))
    if parts.scheme in POSTGRES_SCHEMES:
        return _postgres(parts)
    raise SettingsError(
        f"{VARIABLE} is of an unknown kind: '{parts.scheme}'.",
        f"Write it as {EXAMPLE}, or leave it out to use SQLite.",
    )


def _sqlite(path: str) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}


def _postgres(parts: SplitResult) -> dict[str, Any]:
    if find_spec("psycopg") is None:
        raise SettingsError(
            f"{VARIABLE} names PostgreSQL, but its driver 'psycopg' is not installed.",
            f"Run `make setup` again, or leave {VARIABLE} out to use SQLite.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_SECONDS,
    }
