"""Ids that a re-run makes again: hashes of what an alert or a case is about."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

DIGEST_BYTES = 8


def digest(*parts: object) -> str:
    """A short, stable hash of these parts."""
    text = "\x1f".join(str(part) for part in parts)
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


def alert_id(scenario: str, subject_type: str, subject_id: str, run_date: date) -> str:
    """Id of the alert about a subject on a night."""
    return "A" + digest(scenario, subject_type, subject_id, run_date)


def case_id(scenario: str, about: str, opened_on: date) -> str:
    """Id of the case about a hospital and person, or a ledger, opened on a night."""
    return "C" + digest(scenario, about, opened_on)
