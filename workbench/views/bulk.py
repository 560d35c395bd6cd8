"""One conclusion for linked cases: each is taken and decided by itself, none of them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workbench import may
from workbench.access import DECIDE
from workbench.decision_forms import OpinionForm
from workbench.selectors import queue
from workbench.services import moves, opinions
from workbench.views.desk import opened, reader

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from workbench.models import User
    from workbench.services.opinions import Given
    from workbench.views.desk import Opened


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
def bulk(request: HttpRequest, case_id: str) -> HttpResponse:
    """Offer the case and its linked ones of the same scenario, and conclude what is ticked.

    Whatever somebody else holds or has decided meanwhile is left alone and named.
    """
    first, user = opened(request, case_id), reader(request)
    others = queue.linked(first.desk.lake, first.desk.open_nights, first.row, user.district)
    group = [first.row, *(one for one in others if one.scenario == first.row.scenario)]
    form = _form(request, first.row.scenario)
    chosen = [one.case_id for one in group if one.case_id in request.POST.getlist("cases")]
    if request.method != "POST" or not form.is_valid() or not chosen:
        unticked = request.method == "POST" and not chosen
        context = {"row": first.row, "group": group, "form": form, "unticked": unticked,
                   "chosen": chosen}  # fmt: skip
        return render(request, "workbench/bulk.html", context)
    for one in chosen:
        _conclude(request, user, opened(request, one), form.given)
    return redirect("dossier", case_id)


def _form(request: HttpRequest, scenario: str) -> OpinionForm:
    """The form of an opinion without points: it holds for all points of every case."""
    form = OpinionForm(request.POST if request.method == "POST" else None, scenario, [])
    del form.fields["points"]
    return form


def _conclude(request: HttpRequest, user: User, case: Opened, given: Given) -> None:
    try:
        file = moves.take(user, case.file) if not may.holds(user, case.file) else case.file
        opinions.give(user, file, given, case.dossier.points)
    except may.RefusedError as reason:
        messages.warning(request, f"{case.row.case_id}: {reason}")
    else:
        messages.success(request, _("%(case)s is recorded.") % {"case": case.row.case_id})
