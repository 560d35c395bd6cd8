"""What people do with a case: take it, put it back, conclude, settle, reopen, appeal, unmask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workbench.access import DECIDE, READ_CASE, SETTLE, UNMASK
from workbench.decision_forms import AnswerForm, AppealForm, OpinionForm, WhyForm
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

    Concluding = Callable[[User, CaseFile, Given, tuple[Point, ...]], object]


@require_POST
@permission_required(DECIDE, raise_exception=True)
def take(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put the case into the hands of who asks."""
    moves.take(reader(request), opened(request, case_id).file)
    return redirect("dossier", case_id)


@require_POST
@permission_required(DECIDE, raise_exception=True)
def release(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put the case back."""
    moves.release(reader(request), opened(request, case_id).file, request.POST.get("why", ""))
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
    case, user = opened(request, case_id), reader(request)
    form = OpinionForm(request.POST, case.row.scenario, dossier.choices(case))
    if not form.is_valid():
        return dossier.page(request, case, form, user=user)
    concluding(user, case.file, form.given, case.dossier.points)
    messages.success(request, _("Your conclusion is recorded."))
    return redirect("dossier", case_id)


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
