"""The life of a case as data: its states, who owns it in each, and the moves between them.

A case of the lake that nobody touched has no row here and is *new*. ``diagram`` draws
``MOVES`` into the documentation, so that the picture and the program cannot disagree.
"""

from __future__ import annotations

from typing import Final

NEW: Final = "new"
IN_REVIEW: Final = "in_review"
AWAITS_SECOND: Final = "awaits_second"
IN_SECOND: Final = "in_second"
CONFLICTED: Final = "conflicted"
ON_SITE: Final = "on_site"
CONFIRMED: Final = "confirmed"
REFUTED: Final = "refuted"
INCONCLUSIVE: Final = "inconclusive"
APPEALED: Final = "appealed"
UPHELD: Final = "upheld"
OVERTURNED: Final = "overturned"

# Who has to act next; None where a case rests.
OWNERS: Final[dict[str, str | None]] = {
    NEW: "queue",
    IN_REVIEW: "first reviewer",
    AWAITS_SECOND: "queue",
    IN_SECOND: "second reviewer",
    CONFLICTED: "senior auditor",
    ON_SITE: "inspection team",
    CONFIRMED: None,
    REFUTED: None,
    INCONCLUSIVE: None,
    APPEALED: "senior auditor",
    UPHELD: None,
    OVERTURNED: None,
}

# From, to, and the event the audit trail keeps of it.
MOVES: Final[dict[tuple[str, str], str]] = {
    (NEW, IN_REVIEW): "taken",
    (IN_REVIEW, NEW): "released",
    (IN_REVIEW, AWAITS_SECOND): "first opinion",
    (IN_REVIEW, ON_SITE): "referred",
    (IN_REVIEW, CONFIRMED): "decided",
    (IN_REVIEW, REFUTED): "decided",
    (IN_REVIEW, INCONCLUSIVE): "decided",
    (AWAITS_SECOND, IN_SECOND): "taken",
    (IN_SECOND, AWAITS_SECOND): "released",
    (IN_SECOND, CONFIRMED): "agreed",
    (IN_SECOND, REFUTED): "agreed",
    (IN_SECOND, INCONCLUSIVE): "agreed",
    (IN_SECOND, CONFLICTED): "disagreed",
    (CONFLICTED, CONFIRMED): "settled",
    (CONFLICTED, REFUTED): "settled",
    (CONFLICTED, INCONCLUSIVE): "settled",
    (CONFLICTED, ON_SITE): "settled",
    (ON_SITE, NEW): "reopened",
    (CONFIRMED, APPEALED): "appealed",
    (CONFIRMED, NEW): "reopened",
    (REFUTED, NEW): "reopened",
    (INCONCLUSIVE, NEW): "reopened",
    (APPEALED, UPHELD): "upheld",
    (APPEALED, OVERTURNED): "overturned",
    (UPHELD, NEW): "reopened",
    (OVERTURNED, NEW): "reopened",
}

STATES: Final = tuple(OWNERS)
WAITING: Final = frozenset(state for state, owner in OWNERS.items() if owner == "queue")
HELD: Final = frozenset({IN_REVIEW, IN_SECOND})
CLOSED: Final = frozenset(state for state, owner in OWNERS.items() if owner is None)
# What an opinion may say; all but the last end the review.
CONCLUSIONS: Final = (CONFIRMED, REFUTED, INCONCLUSIVE)
OPINIONS: Final = (*CONCLUSIONS, ON_SITE)
TAKING: Final = {NEW: IN_REVIEW, AWAITS_SECOND: IN_SECOND}
RELEASING: Final = {held: waiting for waiting, held in TAKING.items()}
REOPENED_FROM: Final = frozenset(old for (old, _), event in MOVES.items() if event == "reopened")


def diagram() -> str:
    """The moves as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {NEW}"]
    lines += [f"    {old} --> {new}: {event}" for (old, new), event in MOVES.items()]
    return "\n".join(lines) + "\n"
