"""Several processes that answer at one address, because Python works on one core a process.

The first listens and lends its socket to the others; whichever is free takes the next call. What
must not be done twice is settled by the database, as between any two processes.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING

import waitress

from claims.errors import JianbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THREADS = 8
WAITING = 128  # calls that may wait until a process is free


class PortError(JianbaoError):
    """The address cannot be listened on."""

    exit_code = 2


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; PortError where the address is taken or not this machine's."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=WAITING)
    except OSError as error:
        raise PortError(
            f"The workbench cannot listen on {host}:{port} ({error.strerror}).",
            "Stop what uses the port, or choose another one.",
        ) from error


def answer(door: socket.socket) -> None:
    """Answer until interrupted; Django must be set up."""
    from workbench.views.desk import warm  # noqa: PLC0415  needs Django set up
    from workbench.wsgi import application  # noqa: PLC0415  needs Django set up

    # A short wait for a free thread is no news; waitress would print a line for each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    Thread(target=warm, daemon=True).start()
    waitress.serve(application, sockets=[door], threads=THREADS, ident="", _quiet=True)


@contextmanager
def beside(door: socket.socket, processes: int, ready: Callable[[], None]) -> Iterator[None]:
    """Let so many processes in all answer at a door; this one is counted.

    ``ready`` sets Django up in each of the others, which end with this one, however it ends.
    """
    fresh = get_context("spawn")
    helpers = [
        fresh.Process(target=_help, args=(door, ready), daemon=True) for _ in range(processes - 1)
    ]
    for one in helpers:
        one.start()
    try:
        yield
    finally:
        for one in helpers:
            one.terminate()


def _help(door: socket.socket, ready: Callable[[], None]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    ready()
    answer(door)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
