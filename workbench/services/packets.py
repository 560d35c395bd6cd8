"""Evidence packets: a dossier as one file that leaves the house, sealed by its hash.

The hash is SHA-256 over what stands between two comments of the file. The file names it, and
so does the audit trail, written before the file is handed over: a packet that comes back can
be held against both.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from workbench.models import TrailEntry
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from workbench.models import CaseFile, User

EVENT: Final = "case.packed"
BEGIN: Final = "<!-- sealed content begins -->"
END: Final = "<!-- sealed content ends -->"
CONTENT: Final = re.compile(re.escape(BEGIN) + "(.*)" + re.escape(END), re.DOTALL)


@dataclass(frozen=True)
class Checked:
    """What a packet that came back turned out to be."""

    seal: str
    named: bool
    case_id: str
    entry: int | None


def seal(content: str) -> str:
    """SHA-256 of a content, as UTF-8."""
    return hashlib.sha256(content.encode()).hexdigest()


def packed(user: User, file: CaseFile, content: str, language: str) -> str:
    """Write into the trail that a packet leaves, and return its hash."""
    told = seal(content)
    with transaction.atomic():
        append(Event(user, EVENT, file.pk, {"sha256": told, "language": language}))
    return told


def checked(text: str) -> Checked | None:
    """Hold a packet against the hash it names and against the trail; None if it is no packet."""
    found = CONTENT.search(text)
    if found is None:
        return None
    told = seal(found[1])
    # The trail keeps details as JSON; a hash stands in no other place of it.
    entry = TrailEntry.objects.filter(event=EVENT, details__contains=told).first()
    rest = text[: found.start()] + text[found.end() :]
    if entry is None:
        return Checked(told, told in rest, "", None)
    return Checked(told, told in rest, entry.subject, entry.number)
