"""Who may do what, as data: a role is a list of permissions, and no role means none."""

from __future__ import annotations

from typing import Final

READ_QUEUE: Final = "workbench.read_queue"
READ_CASE: Final = "workbench.read_case"
DECIDE: Final = "workbench.decide"
SETTLE: Final = "workbench.settle"
UNMASK: Final = "workbench.unmask"
EXPORT: Final = "workbench.export"
READ_OVERVIEW: Final = "workbench.read_overview"
READ_TRAIL: Final = "workbench.read_trail"

# The words Django shows for them; the migration is made from this list.
PERMISSIONS: Final[dict[str, str]] = {
    READ_QUEUE: "May read the queue of cases",
    READ_CASE: "May read dossiers",
    DECIDE: "May take cases and give an opinion",
    SETTLE: "May settle, reopen, release others' cases and record appeals",
    UNMASK: "May see who a person is, with a reason",
    EXPORT: "May take the queue out of the house",
    READ_OVERVIEW: "May read overviews",
    READ_TRAIL: "May read the audit trail",
}

AUDITOR: Final = "auditor"
SENIOR: Final = "senior auditor"
SCIENTIST: Final = "data scientist"
VIEWER: Final = "viewer"
ADMINISTRATOR: Final = "administrator"

# A data scientist reads what the machine said and never who a person is; an administrator
# minds accounts and the trail, and has no business with cases.
ROLES: Final[dict[str, tuple[str, ...]]] = {
    AUDITOR: (READ_QUEUE, READ_CASE, DECIDE, UNMASK, EXPORT, READ_OVERVIEW),
    SENIOR: (
        READ_QUEUE,
        READ_CASE,
        DECIDE,
        SETTLE,
        UNMASK,
        EXPORT,
        READ_OVERVIEW,
        READ_TRAIL,
    ),
    SCIENTIST: (READ_QUEUE, READ_CASE, READ_OVERVIEW),
    VIEWER: (READ_OVERVIEW,),
    ADMINISTRATOR: (READ_TRAIL,),
}


def codename(permission: str) -> str:
    """The part of a permission's name after the dot."""
    return permission.partition(".")[2]
