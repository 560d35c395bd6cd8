"""Opinions: who concludes what, when a second one is needed, and what two of them make."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from claims.schema import FEN_PER_YUAN
from workbench import life, may
from workbench.models import CaseFile, Opinion, User
from workbench.services import looks, outcomes
from workbench.services.moves import lock, move, told
from workbench.services.trail import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.selectors.dossier import Point

RED = "red"
FIRST, SECOND, SETTLING = 1, 2, 3


@dataclass(frozen=True)
class Given:
    """What a person wrote into the form of a decision; the amount in fen."""

    outcome: str
    reason: str
    note: str
    scheme: str = ""
    amount: int = 0
    alert_ids: tuple[str, ...] = ()

    def about(self, points: tuple[Point, ...]) -> Given:
        """The same, naming every point where none was named."""
        named = self.alert_ids or tuple(point.alert_id for point in points)
        return replace(self, alert_ids=named)

    def says_the_same(self, other: Opinion, points: tuple[Point, ...]) -> bool:
        """Whether two opinions can be one decision, on one night or on two."""
        mine = (self.outcome, self.scheme, self.amount, _meant(self.alert_ids, points))
        return mine == (other.outcome, other.scheme, other.amount, _meant(other.alert_ids, points))


def needs_second(file: CaseFile, given: Given) -> bool:
    """Two people must agree on red cases and above an amount, doubted or decided."""
    if given.outcome == life.ON_SITE:
        return False
    limit = settings.JIANBAO.second_opinion_yuan * FEN_PER_YUAN
    return file.grade == RED or max(file.amount_at_risk, given.amount) >= limit


def give(user: User, file: CaseFile, given: Given, points: tuple[Point, ...]) -> Opinion:
    """Write an opinion of who holds the case, and move the case; all of it or nothing.

    ``points`` are the doubtful points of the case; the outcomes are written about them.
    """
    may.check_opinion(user, file)
    given = given.about(points)
    with transaction.atomic():
        lock(file)
        if file.state == life.IN_SECOND:
            return _second(user, file, given, points)
        if needs_second(file, given):
            opinion = _written(user, file, given, FIRST)
            _move(user, file, life.AWAITS_SECOND, opinion)
            return opinion
        opinion = _written(user, file, given, FIRST)
        _conclude(user, file, opinion, points)
    return opinion


def settle(user: User, file: CaseFile, given: Given, points: tuple[Point, ...]) -> Opinion:
    """Decide where two opinions differ."""
    may.check_settle(user, file)
    given = given.about(points)
    with transaction.atomic():
        lock(file)
        opinion = _written(user, file, given, SETTLING)
        _conclude(user, file, opinion, points)
    return opinion


def reopen(user: User, file: CaseFile, why: str) -> None:
    """Start another round; earlier opinions stay as they are."""
    may.check_reopen(user, file)
    with transaction.atomic():
        event = Event(user, "case.reopened", file.pk, {"why": why, "from": file.state})
        move(file, life.NEW, event, owner=None, held_until=None, round=file.round + 1)


def _second(user: User, file: CaseFile, given: Given, points: tuple[Point, ...]) -> Opinion:
    first = file.opinions.get(round=file.round, turn=FIRST)
    opinion = _written(user, file, given, SECOND)
    if given.says_the_same(first, points):
        _conclude(user, file, opinion, points)
    else:
        _move(user, file, life.CONFLICTED, opinion)
    return opinion


def _conclude(user: User, file: CaseFile, opinion: Opinion, points: tuple[Point, ...]) -> None:
    subjects = sorted(point.alert["subject_id"] for point in points)
    _move(user, file, opinion.outcome, opinion, closed_about=subjects)
    if opinion.outcome in life.CONCLUSIONS:
        outcomes.write(file, opinion, points)


def _move(user: User, file: CaseFile, to: str, opinion: Opinion, **changes: object) -> None:
    details = {name: getattr(opinion, name) for name in ("outcome", "reason", "note", "scheme",
               "amount", "alert_ids", "saw_score", "night", "round", "turn")}  # fmt: skip
    event = Event(user, f"case.{to}", file.pk, details)
    now = {"owner": None, "held_until": None, "points_when_closed": file.points}
    move(file, to, event, **told(file), **now, **changes)


def _meant(alert_ids: Iterable[str], points: tuple[Point, ...]) -> set[str]:
    """The subjects of alerts: each night gives the same subject an alert of its own."""
    subjects = {one: point.alert["subject_id"] for point in points for one in point.alert_ids}
    return {subjects.get(one, one) for one in alert_ids}


def _written(user: User, file: CaseFile, given: Given, turn: int) -> Opinion:
    return Opinion.objects.create(
        case=file,
        round=file.round,
        turn=turn,
        author=user,
        night=file.night,
        saw_score=looks.saw(user, file.pk),
        **asdict(given) | {"alert_ids": list(given.alert_ids)},
    )
