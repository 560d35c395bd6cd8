"""A web server on this machine that keeps what it was sent, in the place of a messenger."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "hush-4711"  # noqa: S105 - of nothing


class Received(HTTPServer):
    """A server on this machine that keeps what it was sent."""

    def __init__(self, status: int = 200) -> None:
        """Listen on any free port; ``status`` is every answer."""
        super().__init__(("127.0.0.1", 0), Keeping)
        self.status = status
        self.bodies: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        """As a setting holds it, with a password."""
        return f"json://night:{PASSWORD}@127.0.0.1:{self.server_port}/desk"


class Keeping(BaseHTTPRequestHandler):
    """Keep the body of a message and answer with the server's status."""

    server: Received

    def do_POST(self) -> None:
        """Take in one message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening(status: int = 200) -> Iterator[Received]:
    """A server that answers every message with a status."""
    server = Received(status)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
