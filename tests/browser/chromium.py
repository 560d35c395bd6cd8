"""A real Chromium, driven through the pipe it offers for that: no driver, no extra package.

Messages are JSON with a zero byte at the end; Chromium reads them on file descriptor 3
and answers on 4.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS_TO_WAIT = 20
# Our ends of the pipes are its standard input and output; Chromium wants them at 3 and 4.
MOVE_PIPES = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null'
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


def found() -> str | None:
    """The path of Chromium on this machine, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Tab:
    """One open page."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        """Open a page and attach to it."""
        self._commands, self._answers, self._number = commands, answers, 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command of the DevTools protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        return self._result()

    def _result(self) -> dict[str, Any]:
        while True:
            answer = json.loads(self._next_message())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def _next_message(self) -> bytes:
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "Chromium closed its pipe"
            message += byte
        return bytes(message)

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def open(self, address: str) -> None:
        """Go to an address."""
        self.call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Press a button or follow a link."""
        self.ask(f"document.querySelector({json.dumps(selector)}).click()")

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript condition holds."""
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while not self.ask(condition):
            assert time.monotonic() < deadline, f"{condition} did not become true"
            time.sleep(0.05)


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """Start Chromium with an empty profile, and end it afterwards."""
    program = found()
    assert program is not None, "Chromium is not installed"
    with subprocess.Popen(
        ["/bin/sh", "-c", MOVE_PIPES, program, *FLAGS, f"--user-data-dir={profile}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Tab(process.stdin, process.stdout)
        finally:
            process.terminate()
            process.wait()
