"""What people do with a case: take it, put it back, conclude, settle, reopen, appeal, unmask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workbench import may
from workbench.access import DECIDE, READ_CASE, SETTLE, UNMASK
from workbench.decision_forms import LONGEST_NOTE, AnswerForm, AppealForm, OpinionForm, WhyForm
from workbench.may import RefusedError
from workbench.middleware import CONFLICT
from workbench.services import appeals, looks, moves, opinions
from workbench.views import dossier
from workbench.views.desk import opened, reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from workbench.models import CaseFile, User
    from workbench.selectors.dossier import Point
    from workbench.services.opinions import Given
    from workbench.views.desk import Opened

    Concluding = Callable[[User, CaseFile, Given, tuple[Point, ...]], object]


@require_POST
@permission_required(DECIDE, raise_exception=True)
def take(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put the case into the hands of who asks."""
    user, file = reader(request), opened(request, case_id).file
    # A second click changes nothing.
    if not may.holds(user, file):
        moves.take(user, file)
    return redirect("dossier", case_id)


@require_POST
@permission_required(DECIDE, raise_exception=True)
def release(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put the case back."""
    why = request.POST.get("why", "")[:LONGEST_NOTE]
    moves.release(reader(request), opened(request, case_id).file, why)
    messages.info(request, _("The case is back in the queue."))
    return redirect("queue")


@require_POST
@permission_required(DECIDE, raise_exception=True)
def conclude(request: HttpRequest, case_id: str) -> HttpResponse:
    """Write the opinion of who holds the case."""
    return _concluded(request, case_id, opinions.give)


@require_POST
@permission_required(SETTLE, raise_exception=True)
def settle(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide where two opinions differ."""
    return _concluded(request, case_id, opinions.settle)


def _concluded(request: HttpRequest, case_id: str, concluding: Concluding) -> HttpResponse:
    """Conclude; what was written stays on the page where that cannot be."""
    case, user = opened(request, case_id), reader(request)
    form = _opinion(request, case)
    if not form.is_valid():
        return dossier.page(request, case, form, user=user)
    try:
        concluding(user, case.file, form.given, case.dossier.points)
    except RefusedError as reason:
        form.add_error(None, str(reason))
        answer = dossier.page(request, opened(request, case_id), form, user=user)
        answer.status_code = CONFLICT
        return answer
    messages.success(request, _("Your conclusion is recorded."))
    return redirect("dossier", case_id)


def _opinion(request: HttpRequest, case: Opened) -> OpinionForm:
    """The form as it was sent; one about a page that is no longer true has to be sent again."""
    given = request.POST.copy()
    now = {one: point.alert_id for point in case.dossier.points for one in point.alert_ids}
    given.setlist("points", [now.get(one, one) for one in given.getlist("points")])
    form = OpinionForm(given, case.row.scenario, dossier.choices(case))
    if given.get("told", "") not in ("", dossier.stamp(case)):
        again = _("A night told more of the case meanwhile. Read it again, then conclude anew.")
        form.add_error(None, again)
    return form


@require_POST
@permission_required(SETTLE, raise_exception=True)
def reopen(request: HttpRequest, case_id: str) -> HttpResponse:
    """Start another round."""
    case, form = opened(request, case_id), WhyForm(request.POST)
    if form.is_valid():
        opinions.reopen(reader(request), case.file, form.cleaned_data["why"])
    return _back(request, case_id, form)


@require_POST
@permission_required(SETTLE, raise_exception=True)
def appeal(request: HttpRequest, case_id: str) -> HttpResponse:
    """Record the appeal of a hospital."""
    case, form = opened(request, case_id), AppealForm(request.POST)
    if form.is_valid():
        appeals.file_appeal(reader(request), case.file, **form.cleaned_data)
    return _back(request, case_id, form)


@require_POST
@permission_required(SETTLE, raise_exception=True)
def answer(request: HttpRequest, case_id: str) -> HttpResponse:
    """Answer an appeal."""
    case, form = opened(request, case_id), AnswerForm(request.POST)
    if form.is_valid():
        appeals.answer(reader(request), case.file, **form.cleaned_data)
    return _back(request, case_id, form)


@require_POST
@permission_required([READ_CASE, UNMASK], raise_exception=True)
def unmask(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show who the person is, once, on this answer alone."""
    case, form, user = opened(request, case_id), WhyForm(request.POST), reader(request)
    if not form.is_valid():
        return _back(request, case_id, form)
    name = looks.unmask(user, case.file, form.cleaned_data["why"], case.desk.settings.key_folder)
    blank = OpinionForm(None, case.row.scenario, dossier.choices(case))
    return dossier.page(request, case, blank, user=user, unmasked=name)


def _back(request: HttpRequest, case_id: str, form: forms.Form) -> HttpResponse:
    for complaints in form.errors.values():
        messages.error(request, " ".join(str(one) for one in complaints))
    return redirect("dossier", case_id)
