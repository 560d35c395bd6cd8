"""A PostgreSQL of the test run alone, on this machine, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# PostgreSQL refuses to run as root; where tests do, somebody without rights runs it.
UNPRIVILEGED = "nobody"


def programs() -> Path | None:
    """Where the programs of PostgreSQL lie; Debian keeps them off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    if places:
        return places[-1]
    return Path(found).resolve().parent if found else None


def why_not() -> str:
    """What is missing for tests on PostgreSQL, empty where nothing is."""
    if programs() is None:
        return "PostgreSQL is not installed"
    if find_spec("psycopg") is None:
        return "psycopg, the driver of PostgreSQL, is not installed"
    return ""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def as_whom(folder: Path) -> dict[str, Any]:
    """Who runs the server in a folder of its own: we ourselves, or nobody where we are root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    owner = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return {"cwd": folder, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running server, up to the name of a database."""
    if why_not():
        pytest.skip(why_not())
    found, port = programs(), free_port()
    assert found is not None
    with tempfile.TemporaryDirectory(prefix="jianbao-postgres-") as folder:
        how = as_whom(Path(folder))

        def run(program: str, *words: str) -> None:
            command = [str(found / program), "-D", f"{folder}/data", *words]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **how)

        run("initdb", "-U", "desk", "-A", "trust", "-N")
        options = f"-p {port} -h 127.0.0.1 -k {folder} -F"
        run("pg_ctl", "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://desk@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "-m", "fast", "stop")


@pytest.fixture
def postgres(postgres_server: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database of this test alone."""
    found = programs()
    assert found is not None
    name = f"desk_{abs(hash(request.node.nodeid))}"
    subprocess.run(
        [found / "createdb", "--maintenance-db", f"{postgres_server}postgres", name], check=True
    )
    return postgres_server + name
