"""What a person may do with a case now: each check raises with a reason that reaches the screen.

The reason is a sentence for the reader; ``refusal`` turns a check into that sentence, so that
a page can say why a button is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench import access, life

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workbench.models import CaseFile, User
    from workbench.selectors.queue import CaseRow


class RefusedError(Exception):
    """What was asked is not possible now; the message says why."""


def refusal(check: Callable[[User, CaseFile], None], user: User, file: CaseFile) -> str:
    """The reason why not, empty where it is allowed."""
    try:
        check(user, file)
    except RefusedError as reason:
        return str(reason)
    return ""


def check_read(user: User, district: str | None) -> None:
    """Cases of another district are none of a person's business."""
    if user.district and user.district != district:
        raise PermissionDenied(_("This case belongs to another district."))


def holds(user: User, file: CaseFile) -> bool:
    """Whether a case is in a person's hands, and the time has not run out."""
    in_time = file.held_until is not None and file.held_until > timezone.now()
    return file.state in life.HELD and file.owner_id == user.pk and in_time


def check_take(user: User, file: CaseFile) -> None:
    """Waiting cases may be taken; the second opinion by somebody who gave no first one."""
    _check_permission(user, access.DECIDE)
    if file.state in life.HELD and file.held_until and file.held_until > timezone.now():
        raise RefusedError(_("Somebody else is working on this case."))
    if file.state not in life.WAITING | life.HELD:
        raise RefusedError(_("This case is not waiting for a reviewer."))
    if _spoke(user, file):
        raise RefusedError(_("You gave the first opinion; the second must be somebody else's."))


def check_release(user: User, file: CaseFile) -> None:
    """Who holds a case may put it back; a senior auditor may do it for others."""
    if file.state not in life.HELD:
        raise RefusedError(_("Nobody holds this case."))
    if file.owner_id != user.pk:
        _check_permission(user, access.SETTLE)


def check_opinion(user: User, file: CaseFile) -> None:
    """An opinion is given by who holds the case."""
    _check_permission(user, access.DECIDE)
    if not holds(user, file):
        raise RefusedError(_("Take the case first; it is not in your hands."))


def check_settle(user: User, file: CaseFile) -> None:
    """Differing opinions are settled by a senior auditor who gave neither."""
    _check_permission(user, access.SETTLE)
    if file.state != life.CONFLICTED:
        raise RefusedError(_("There is no difference to settle."))
    if _spoke(user, file):
        raise RefusedError(_("You gave one of the opinions; somebody else must settle."))


def check_reopen(user: User, file: CaseFile) -> None:
    """Closed cases are reopened by senior auditors."""
    _check_permission(user, access.SETTLE)
    if file.state not in life.REOPENED_FROM:
        raise RefusedError(_("Only a closed case can be reopened."))


def check_appeal(user: User, file: CaseFile) -> None:
    """A hospital appeals against what was confirmed."""
    _check_permission(user, access.SETTLE)
    if file.state != life.CONFIRMED:
        raise RefusedError(_("Only a confirmed case can be appealed."))


def check_answer(user: User, file: CaseFile) -> None:
    """An appeal is answered by a senior auditor who gave no opinion."""
    _check_permission(user, access.SETTLE)
    if file.state != life.APPEALED:
        raise RefusedError(_("No appeal is open."))
    if _spoke(user, file):
        raise RefusedError(_("You gave an opinion; somebody else must answer the appeal."))


def sees_opinions(user: User, file: CaseFile) -> bool:
    """The second reviewer is blind to the first opinion until the own one is given."""
    return file.state not in {life.AWAITS_SECOND, life.IN_SECOND} or _spoke(user, file)


def sees_score(user: User, file: CaseFile) -> bool:
    """Without *facts only*, or after an own opinion in this round, or once it is decided."""
    return not user.facts_only or _spoke(user, file) or file.state in life.CLOSED


def sees_scores(user: User, rows: Iterable[CaseRow]) -> frozenset[str]:
    """Of a list of cases, those of which ``sees_score`` holds; one question for all of them."""
    if not user.facts_only:
        return frozenset(row.case_id for row in rows)
    spoken = set(user.opinions.filter(round=F("case__round")).values_list("case_id", flat=True))
    seen = (row for row in rows if row.case_id in spoken or row.state in life.CLOSED)
    return frozenset(row.case_id for row in seen)


def _spoke(user: User, file: CaseFile) -> bool:
    return file.stored and file.opinions.filter(round=file.round, author=user).exists()


def _check_permission(user: User, name: str) -> None:
    if not user.has_perm(name):
        raise RefusedError(_("Your role does not allow this."))
