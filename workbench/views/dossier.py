"""The dossier of one case: facts first, then what the machine made of them, then the decision."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from workbench import drawing, life, may, web_drawing
from workbench.access import READ_CASE
from workbench.decision_forms import AnswerForm, AppealForm, OpinionForm, WhyForm
from workbench.models import CaseFile, Opinion
from workbench.selectors import network, queue, shown
from workbench.selectors.raised import same_physician
from workbench.selectors.supply import before_supply, supply
from workbench.services import attaching, looks
from workbench.templatetags.formats import subject_word
from workbench.views.desk import Opened, opened, reader
from workbench.wording import PRICE_WORDS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrPromise

    from workbench.models import User
    from workbench.selectors.dossier import Point

PAST_SHOWN = 10
MOST_ASKED = 500
GROUP = "group"
STAMP_LENGTH = 16


@require_safe
@permission_required(READ_CASE, raise_exception=True)
def dossier(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show a case; that it was opened, and whether with the score, is kept."""
    case, user = opened(request, case_id), reader(request)
    return page(request, case, OpinionForm(None, case.row.scenario, choices(case)), user=user)


def page(
    request: HttpRequest, case: Opened, form: OpinionForm, *, user: User, unmasked: str = ""
) -> HttpResponse:
    """Write the page with a form that may have complaints in it."""
    saw_score = may.sees_score(user, case.file)
    looks.looked(user, case.file, saw_score=saw_score)
    context = {
        "case": case,
        "row": case.row,
        "file": case.file,
        "saw_score": saw_score,
        "points": points_of(case),
        "timeline": drawing.timeline(case.dossier.timeline, case.dossier.visits, _stays(case)),
        "linked": queue.linked(case.desk.lake, case.desk.open_nights, case.row, user.district),
        "past": _past(user, case),
        "opinions": _opinions(case.file) if may.sees_opinions(user, case.file) else None,
        "appeals": case.file.appeals.order_by("filed_on") if case.file.stored else [],
        "attachments": attaching.readable(user, case.file),
        "grown": _grown(case),
        "regraded": _regraded(case),
        "told": stamp(case),
        "form": form,
        "kept": form.data.get("note", ""),
        **_actions(user, case.file),
        "unmasked": unmasked,
    }
    return render(request, "workbench/dossier.html", context)


def points_of(case: Opened) -> list[dict[str, Any]]:
    """The doubtful points of a case as templates show them."""
    return [_point(case, point) for point in case.dossier.points]


def stamp(case: Opened) -> str:
    """What a page told of a case, in a few letters: another stamp, and it has changed since."""
    told = [(point.alert_id, point.alert["amount_at_risk"], point.alert["grade"],
             [hit["code"] for hit in point.alert["rules"]])
            for point in case.dossier.points]  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:STAMP_LENGTH]


def choices(case: Opened) -> list[tuple[str, str]]:
    """The doubtful points as a form offers them."""
    return [
        (point.alert_id, f"{_called(point)} ({point.event_on})") for point in case.dossier.points
    ]


def _called(point: Point) -> str:
    """What a point is about: its kind, its item where it has one, its number."""
    item = point.content.get("facts", {}).get("generic_name", "")
    return " ".join(filter(None, [subject_word(point.alert["subject_type"]), item, point.short]))


def _point(case: Opened, point: Point) -> dict[str, Any]:
    return {
        "it": point,
        "facts": shown.facts(point),
        "matrix": drawing.matrix(point),
        "compared": [drawing.dot(one) for one in shown.compared(point)],
        "prices": shown.chain(point, PRICE_WORDS),
        "supply": supply(point),
        "chain": before_supply(point),
        "rules": point.content.get("rules", []),
        "not_raised": point.content.get("not_raised", []),
        "names": point.content.get("labels", {}),
        "reasons": point.content.get("reasons", []),
        "leaves": point.content.get("leaves_queue"),
        "stability": point.content.get("stability"),
        "falls": [(one, drawing.falls(one.steps)) for one in shown.waterfalls(point)],
        "web": _web(case, point),
    }


def _web(case: Opened, point: Point) -> web_drawing.Web | None:
    """The network of a group; None for what is no group."""
    if point.alert["subject_type"] != GROUP:
        return None
    subject = point.alert["subject_id"]
    return web_drawing.web(network.network(case.desk.lake, case.night, subject))


def _stays(case: Opened) -> set[str]:
    """The stays that the points of a case are about; of a use, the stay it belongs to."""
    return {point.alert["subject_id"].partition("|")[0] for point in case.dossier.points}


def _past(user: User, case: Opened) -> list[tuple[StrPromise, Opinion]]:
    """What was concluded about the same person, physician or hospital, each once, newest first."""
    file = case.file
    found: dict[int, tuple[StrPromise, Opinion]] = {}
    closed = Opinion.objects.filter(case__state__in=life.CLOSED).exclude(case_id=file.pk)
    mine = closed.filter(case__district=user.district) if user.district else closed
    newest = mine.select_related("case").order_by("-given_at")
    for word, same in _ties(case):
        for one in newest.filter(same)[:PAST_SHOWN]:
            found.setdefault(one.pk, (word, one))
    return list(found.values())[:PAST_SHOWN]


def _ties(case: Opened) -> list[tuple[StrPromise, Q]]:
    """What ties another case to this one, the closest first."""
    file = case.file
    person = Q(case__person_id=file.person_id) if file.person_id else Q(pk__in=[])
    stays = frozenset(_stays(case))
    of_physician = _concluded(same_physician(case.desk.lake, case.desk.published[0], stays))
    return [
        (_("same person"), person),
        (_("same physician"), Q(case_id__in=of_physician)),
        (_("same hospital"), Q(case__hospital_id=file.hospital_id)),
    ]


def _concluded(cases: list[str]) -> list[str]:
    """Those of many cases that are closed; few ones as they are, because they are asked for.

    A database takes long over a question with thousands of values, or refuses it.
    """
    if len(cases) <= MOST_ASKED:
        return cases
    closed = CaseFile.objects.filter(state__in=life.CLOSED).values_list("case_id", flat=True)
    return sorted(set(cases).intersection(closed.iterator()))


def _opinions(file: CaseFile) -> list[Opinion]:
    return list(file.opinions.select_related("author")) if file.stored else []


def _grown(case: Opened) -> int:
    """Doubtful points that came after the case was closed: a reason to look, no reopening."""
    file = case.file
    if file.points_when_closed is None or file.state not in life.CLOSED:
        return 0
    if not file.closed_about:
        return max(case.row.alerts - file.points_when_closed, 0)
    subjects = {point.alert["subject_id"] for point in case.dossier.points}
    return len(subjects - set(file.closed_about))


def _regraded(case: Opened) -> tuple[str, str] | None:
    """The grade when the case was closed and the one of now, where they differ."""
    if case.file.state not in life.CLOSED or case.file.grade == case.row.grade:
        return None
    return case.file.grade, case.row.grade


def _actions(user: User, file: CaseFile) -> dict[str, Any]:
    checks = {
        "take": may.check_take,
        "release": may.check_release,
        "opinion": may.check_opinion,
        "settle": may.check_settle,
        "reopen": may.check_reopen,
        "appeal": may.check_appeal,
        "answer": may.check_answer,
    }
    return {
        "why_not": {name: may.refusal(check, user, file) for name, check in checks.items()},
        "why_form": WhyForm(auto_id="why-%s"),
        "appeal_form": AppealForm(auto_id="appeal-%s"),
        "answer_form": AnswerForm(auto_id="answer-%s"),
        "closed": file.state in life.CLOSED,
        "second": file.state == life.IN_SECOND,
    }
