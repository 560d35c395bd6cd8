"""Appeals of hospitals: filed, answered by a day, upheld or overturned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from workbench import deadlines, life, may
from workbench.models import Appeal, CaseFile, User
from workbench.services import outcomes
from workbench.services.moves import move
from workbench.services.trail import Event

if TYPE_CHECKING:
    from datetime import date


def file_appeal(user: User, file: CaseFile, filed_on: date, grounds: str) -> Appeal:
    """Record an appeal; the answer is due so many working days after it was filed."""
    may.check_appeal(user, file)
    due = deadlines.after(filed_on, settings.JIANBAO.appeal_days)
    with transaction.atomic():
        appeal = Appeal.objects.create(case=file, filed_on=filed_on, due_on=due, grounds=grounds)
        details = {"filed_on": filed_on, "due_on": due, "grounds": grounds}
        move(file, life.APPEALED, Event(user, "case.appealed", file.pk, details))
    return appeal


def answer(user: User, file: CaseFile, outcome: str, words: str) -> Appeal:
    """Uphold the decision, or overturn it; an overturned one is taken back as an outcome."""
    may.check_answer(user, file)
    with transaction.atomic():
        appeal = file.appeals.get(outcome="")
        appeal.outcome, appeal.answer, appeal.answered_on = outcome, words, timezone.localdate()
        appeal.save()
        move(file, outcome, Event(user, f"case.{outcome}", file.pk, {"answer": words}))
        if outcome == life.OVERTURNED:
            outcomes.overturn(file)
    return appeal
