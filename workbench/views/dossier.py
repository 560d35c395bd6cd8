"""The dossier of one case: facts first, then what the machine made of them, then the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workbench import drawing, life, may, web_drawing
from workbench.access import READ_CASE
from workbench.decision_forms import AnswerForm, AppealForm, OpinionForm, WhyForm
from workbench.models import Opinion
from workbench.selectors import network, queue, shown
from workbench.services import attaching, looks
from workbench.templatetags.formats import subject_word
from workbench.views.desk import Opened, opened, reader
from workbench.wording import CHAIN_WORDS

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from workbench.models import CaseFile, User
    from workbench.selectors.dossier import Point

PAST_SHOWN = 10
GROUP = "group"


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
        "timeline": drawing.timeline(case.dossier.timeline, _stays(case)),
        "linked": queue.linked(case.desk.lake, case.desk.open_nights, case.row, user.district),
        "past": _past(user, case.file),
        "opinions": _opinions(case.file) if may.sees_opinions(user, case.file) else None,
        "appeals": case.file.appeals.order_by("filed_on") if case.file.stored else [],
        "attachments": attaching.readable(user, case.file),
        "grown": _grown(case),
        "form": form,
        **_actions(user, case.file),
        "unmasked": unmasked,
    }
    return render(request, "workbench/dossier.html", context)


def points_of(case: Opened) -> list[dict[str, Any]]:
    """The doubtful points of a case as templates show them."""
    return [_point(case, point) for point in case.dossier.points]


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
        "chain": shown.chain(point, CHAIN_WORDS),
        "rules": point.content.get("rules", []),
        "not_raised": point.content.get("not_raised", []),
        "names": point.content.get("labels", {}),
        "reasons": point.content.get("reasons", []),
        "leaves": point.content.get("leaves_queue"),
        "stability": point.content.get("stability"),
        "falls": drawing.falls(shown.waterfall(point)),
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


def _past(user: User, file: CaseFile) -> QuerySet[Opinion]:
    """What was concluded about the same hospital or person, newest first."""
    same = Opinion.objects.filter(case__hospital_id=file.hospital_id)
    if file.person_id:
        same = same | Opinion.objects.filter(case__person_id=file.person_id)
    if user.district:
        same = same.filter(case__district=user.district)
    closed = same.filter(case__state__in=life.CLOSED).exclude(case_id=file.pk)
    return closed.select_related("case").order_by("-given_at")[:PAST_SHOWN]


def _opinions(file: CaseFile) -> list[Opinion]:
    return list(file.opinions.select_related("author")) if file.stored else []


def _grown(case: Opened) -> int:
    """Doubtful points that came after the case was closed: a reason to look, no reopening."""
    before = case.file.points_when_closed
    if before is None or case.file.state not in life.CLOSED:
        return 0
    return max(case.row.alerts - before, 0)


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
