"""The trail of an office: who put which version in it, when and why. Added to, never changed.

Each event is one tag of the registered model, so that none has to be written anew for the next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.registry_client import opened, tags_of_model
from models.registry_papers import LONGEST

if TYPE_CHECKING:
    from pathlib import Path

EVENT_TAG = "office."
TOOK_OFFICE, PROMOTED, ROLLED_BACK = "took office", "promoted", "rolled back"
# Who acts where nobody typed a command for it.
NIGHT, RETRAINING = "night", "retrain"


@dataclass(frozen=True)
class By:
    """Who acts, at what time (with its zone), and why; '' where no reason was given."""

    who: str
    at: datetime
    why: str = ""


@dataclass(frozen=True)
class Event:
    """What was done to an office: who is in it since, in whose place (None: nobody's)."""

    action: str
    version: str
    before: str | None
    by: By

    def record(self) -> str:
        """As it is kept, the time in UTC."""
        by = self.by
        told = {
            "action": self.action,
            "version": self.version,
            "before": self.before,
            "who": by.who[:LONGEST],
            "at": by.at.astimezone(UTC).isoformat(),
            "why": by.why[:LONGEST],
        }
        return json.dumps(told, ensure_ascii=False)

    @classmethod
    def of_record(cls, text: str) -> Event:
        """Read what ``record`` wrote."""
        told = json.loads(text)
        by = By(told["who"], datetime.fromisoformat(told["at"]), told["why"])
        return cls(told["action"], told["version"], told["before"], by)


def keep_event(home: Path, name: str, event: Event) -> None:
    """Add an event to the trail of a registered model."""
    with opened(home, writing=True) as client:
        known = _numbers(tags_of_model(client, name))
        number = max(known, default=0) + 1
        client.set_registered_model_tag(name, f"{EVENT_TAG}{number}", event.record())


def events(home: Path, name: str) -> list[Event]:
    """The trail of a registered model, oldest first; empty where nothing was kept."""
    with opened(home) as client:
        tags = tags_of_model(client, name)
    return [Event.of_record(tags[f"{EVENT_TAG}{number}"]) for number in _numbers(tags)]


def _numbers(tags: dict[str, str]) -> list[int]:
    return sorted(int(key.removeprefix(EVENT_TAG)) for key in tags if key.startswith(EVENT_TAG))
