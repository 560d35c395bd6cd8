"""First letters of labels, one a kind of subject (DOMAIN 7.2)."""

from __future__ import annotations

PREFIXES = {
    "stay": "S",
    "line": "B",
    "use": "K",
    "ledger": "L",
    "person": "P",
    "physician": "D",
    "department": "W",
    "hospital": "H",
    "group": "G",
}


def prefix(entity: str) -> str:
    """The letter of a kind of subject; a kind that is new here takes its own first one."""
    return PREFIXES.get(entity, entity[:1].upper())
