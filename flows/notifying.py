"""Short messages to the night shift, through Apprise, to the addresses of the settings.

A message names nights, counts and models, and never a person, a hospital or a record: it
leaves the house. Addresses hold passwords, so that they are shown with those struck out. A
message that does not arrive is logged; it never stops the work that it tells of.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from claims.errors import JianbaoError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from claims.settings import Settings

LOG = logging.getLogger("jianbao.notify")
SUCCESS, WARNING, FAILURE = "success", "warning", "failure"
HIDDEN = "an address that cannot be read"


@dataclass(frozen=True)
class Message:
    """A title, a few sentences, and whether it is success, warning or failure."""

    title: str
    body: str
    kind: str


def notify(settings: Settings, message: Message) -> list[str]:
    """Send a message to every address; return those it did not reach, secrets struck out."""
    missed = []
    for address in settings.notify:
        shown, sent = _sent(address.get_secret_value(), message)
        if not sent:
            missed.append(shown)
            LOG.warning("The message '%s' did not reach %s.", message.title, shown)
    return missed


def _sent(address: str, message: Message) -> tuple[str, bool]:
    shown = HIDDEN
    # A library of plugins may fail in any way; none of them is worth a night.
    try:
        apprise = _apprise()
        service = apprise.Apprise.instantiate(address)
        if service is None:
            return shown, False
        shown = str(service.url(privacy=True)).split("?")[0]
        box = apprise.Apprise()
        box.add(service)
        sent = box.notify(body=message.body, title=message.title, notify_type=message.kind)
    except Exception as error:  # noqa: BLE001
        # Its text may hold the address; its kind does not.
        LOG.warning("The notifier stopped: %s.", type(error).__name__)
        return shown, False
    return shown, bool(sent)


def _apprise() -> Any:  # noqa: ANN401
    # Imported here: a third of a second that only who sends a message needs. Its own log may
    # quote an address that it cannot read, and one plugin imports what Python will drop.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise  # noqa: PLC0415

        apprise.Apprise.instantiate("json://localhost")
    return apprise


def of_night(report: dict[str, Any]) -> Message:
    """What a night did, from its report."""
    held = bool(report.get("held"))
    said = [_counted(report), *_waiting(report), *filter(None, [report.get("notice")])]
    state = "done, some deliveries held back" if held else "done"
    return Message(
        f"Jianbao 鉴保: night of {report['night']} {state}",
        " ".join(said),
        WARNING if held else SUCCESS,
    )


def _counted(report: dict[str, Any]) -> str:
    if "alerts" not in report:
        return "Nothing was scored."
    return f"{report['alerts']} doubtful points in {report['cases']} cases."


def _waiting(report: dict[str, Any]) -> list[str]:
    held, rows = report.get("held", 0), report.get("quarantined", 0)
    said = [f"Deliveries held back: {held}; the night's report names them."] if held else []
    return [*said, *([f"Rows in quarantine: {rows:,}."] if rows else [])]


def of_failure(on: date, error: Exception) -> Message:
    """That a night stopped: by what kind of problem, never with its details."""
    solved = " A person can solve it; the log says how." if isinstance(error, JianbaoError) else ""
    return Message(
        f"Jianbao 鉴保: night of {on} stopped",
        f"{type(error).__name__}.{solved} Then run it again; nothing will be doubled.",
        FAILURE,
    )


def of_nights(reports: Sequence[dict[str, Any]]) -> Message:
    """What many nights did, in one message."""
    alerts = sum(report.get("alerts", 0) for report in reports)
    held = sum(report.get("held", 0) for report in reports)
    first, last = reports[0]["night"], reports[-1]["night"]
    told = [f"{len(reports)} nights, {alerts} doubtful points."]
    told += [f"Deliveries held back: {held}."] if held else []
    return Message(
        f"Jianbao 鉴保: nights of {first} to {last} done",
        " ".join(told),
        WARNING if held else SUCCESS,
    )
