"""Who may do what, as data: a role is a list of permissions, and no role means none."""

from __future__ import annotations

from typing import Final

READ_QUEUE: Final = "workbench.read_queue"

AUDITOR: Final = "auditor"

ROLES: Final[dict[str, tuple[str, ...]]] = {
    AUDITOR: (READ_QUEUE,),
}
