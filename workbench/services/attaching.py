"""Attaching files to a case: by who holds it, checked, and kept in the trail by their hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from workbench import attachments, may
from workbench.models import Attachment
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from workbench.models import CaseFile, User


def attach(user: User, file: CaseFile, given_name: str, content: bytes) -> Attachment:
    """Keep a file with the case; raise RefusedError where it may not be attached."""
    may.check_opinion(user, file)
    name = attachments.clean_name(given_name)
    attachments.check(name, content)
    seal = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        if file.attachments.filter(round=file.round).count() >= attachments.MOST_FILES:
            raise may.RefusedError(_("No more files can be attached to this case."))
        kept = Attachment.objects.create(
            case=file, round=file.round, author=user, name=name, size=len(content),
            sha256=seal, content=content,
        )  # fmt: skip
        told = {"name": name, "bytes": len(content), "sha256": seal}
        append(Event(user, "case.attached", file.pk, told))
    return kept


def readable(user: User, file: CaseFile) -> list[Attachment]:
    """What a person may open: all, or the own ones as long as the first opinion is hidden."""
    if not file.stored:
        return []
    kept = file.attachments.select_related("author").defer("content")
    if not may.sees_opinions(user, file):
        kept = kept.exclude(round=file.round) | kept.filter(round=file.round, author=user)
    return list(kept)
