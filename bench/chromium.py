"""A real Chromium, driven through the pipe it offers for that: no driver, no extra package.

Messages are JSON with a zero byte at the end; Chromium reads them on file descriptor 3
and answers on 4. Clicks are those of a mouse: what something else covers is not clicked.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS_TO_WAIT = 20
SECONDS_BETWEEN = 0.05
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
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Where the middle of an element is; null where it is absent, hidden or covered.
MIDDLE = """(() => {
  const found = document.querySelector(%s);
  if (!found) return null;
  found.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = found.getClientRects()[0];
  if (!box || found.disabled) return null;
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  const hit = document.elementFromPoint(x, y);
  return hit && (found.contains(hit) || hit.contains(found)) ? [x, y] : null;
})()"""
CHOOSE = """(() => {
  const found = document.querySelector(%s);
  found.value = %s;
  found.dispatchEvent(new Event('change', {bubbles: true}));
})()"""


class RefusedError(Exception):
    """Chromium answered a command with an error."""


def found() -> str | None:
    """The path of Chromium on this machine, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One running Chromium; each of its tabs is a person with cookies of their own."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        """Speak through the two pipes."""
        self._commands, self._answers, self._number = commands, answers, 0

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:  # noqa: ANN401  as the protocol has it
        """Send one command of the DevTools protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        return self._result()

    def tab(self, width: int = 1280, height: int = 800) -> Tab:
        """Open a page for a person of its own; sizes in pixels of CSS."""
        return Tab(self, width, height)

    def _result(self) -> dict[str, Any]:
        while True:
            answer = json.loads(self._next_message())
            if answer.get("id") != self._number:
                continue
            if "error" in answer:
                raise RefusedError(answer["error"]["message"])
            result: dict[str, Any] = answer["result"]
            return result

    def _next_message(self) -> bytes:
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise RefusedError("Chromium closed its pipe")
            message += byte
        return bytes(message)


class Tab:
    """One open page."""

    def __init__(self, browser: Browser, width: int, height: int) -> None:
        """Open a page with cookies of its own and attach to it."""
        self._browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call(
            "Target.createTarget", url="about:blank", browserContextId=self.context
        )
        attached = browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self.resize(width, height)

    def call(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401  as the protocol has it
        """Send one command about this page."""
        return self._browser.call(method, self._session, **params)

    def resize(self, width: int, height: int) -> None:
        """Look through a window of this size, in pixels of CSS."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def keep_downloads(self, folder: Path) -> None:
        """Let downloads of this person land in a folder."""
        self._browser.call(
            "Browser.setDownloadBehavior",
            behavior="allow", browserContextId=self.context, downloadPath=str(folder),
        )  # fmt: skip

    def ask(self, expression: str) -> Any:  # noqa: ANN401  whatever JavaScript says
        """Return the value of a JavaScript expression on the page; promises are waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RefusedError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def text(self) -> str:
        """The words that a reader sees on the page."""
        return str(self.ask("document.body.innerText"))

    def open(self, address: str) -> None:
        """Go to an address."""
        self._leave(lambda: self.call("Page.navigate", url=address))

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, over what stands there."""
        self.click(selector)
        self.ask(f"document.querySelector({json.dumps(selector)}).select?.()")
        self.call("Input.insertText", text=text)

    def choose(self, selector: str, value: str) -> None:
        """Set a list or a date, whose own windows belong to no page."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        self.ask(CHOOSE % (json.dumps(selector), json.dumps(value)))

    def click(self, selector: str) -> None:
        """Press the mouse on an element, as soon as it can be pressed."""
        x, y = self.wait_for(MIDDLE % json.dumps(selector), selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def follow(self, selector: str) -> None:
        """Press a link or the button of a form, and wait for the page it leads to."""
        self._leave(lambda: self.click(selector))

    def _leave(self, deed: Callable[[], object]) -> None:
        self.ask("window.left = true")
        deed()
        self.wait_for("!window.left && document.readyState === 'complete'")

    def wait_for(self, condition: str, name: str = "") -> Any:  # noqa: ANN401  as the page says
        """Wait until a JavaScript condition holds, and return its value."""
        return self.until(lambda: self._ask_again(condition), name or condition)

    def until(self, answer: Callable[[], Any], name: str = "an answer") -> Any:  # noqa: ANN401
        """Wait until a question has an answer that is not empty, and return it."""
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while not (told := answer()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited in vain for {name}")
            time.sleep(SECONDS_BETWEEN)
        return told

    def _ask_again(self, expression: str) -> Any:  # noqa: ANN401  as the page says
        try:
            return self.ask(expression)
        except RefusedError:
            # Between two pages there is nobody to answer.
            return None

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        answer = self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with an empty profile, and end it afterwards."""
    program = found()
    if program is None:
        raise RefusedError("Chromium is not installed")
    with subprocess.Popen(  # noqa: S603  the browser of this machine
        ["/bin/sh", "-c", MOVE_PIPES, program, *FLAGS, f"--user-data-dir={profile}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RefusedError("Chromium has no pipes")
        try:
            yield Browser(process.stdin, process.stdout)
        finally:
            process.terminate()
            process.wait()
