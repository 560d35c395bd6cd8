"""The workbench as a process of its own, on a free port, for as long as somebody looks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_START = 60
SERVE = "from workbench import serve; serve.serve(port={port})"


@contextmanager
def desk() -> Iterator[int]:
    """Run the workbench as the environment says; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    program = [sys.executable, "-c", SERVE.format(port=port)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL) as server:  # noqa: S603  our own
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not listens(port):
        if time.monotonic() > deadline:
            raise TimeoutError("the workbench did not start")
        time.sleep(0.1)


def listens(port: int) -> bool:
    """Whether anybody answers at a port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
