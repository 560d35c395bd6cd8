"""The queue of published cases: the first page of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workbench import spreadsheet
from workbench.access import DECIDE, EXPORT, READ_QUEUE
from workbench.forms import QueueFilters
from workbench.selectors import files, hospitals
from workbench.selectors import queue as cases
from workbench.services import looks, moves, people
from workbench.views.desk import Desk, desk, reader
from workbench.views.export import TITLES, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.models import CaseFile, User


@require_safe
@permission_required(READ_QUEUE, raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """List the cases, by priority, fifty a page."""
    here, user = desk(), reader(request)
    if not here.published:
        return render(request, "workbench/no_night.html", {"home": here.settings.home.absolute()})
    filters = filters_of(request.GET, here, user)
    page = cases.page(here.lake, filters.wanted_nights, filters.wanted, _page(request))
    context = {
        "filters": filters,
        "newest": here.published[0],
        "hospitals": cases.hospitals(here.lake, here.open_nights, user.district),
        "page": page,
        "seen": looks.listed(user, page.rows, looks.QUEUE),
        "held": cases.some(here.lake, here.open_nights, files.held_by(user)),
        "saved": user.filters.all(),
        "query": request.GET.urlencode(),
    }
    return render(request, "workbench/queue.html", context)


@require_POST
@permission_required(DECIDE, raise_exception=True)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the dearest free case that fits the filters, and open it."""
    here, user = desk(), reader(request)
    filters = filters_of(QueryDict(request.POST.get("query", "")), here, user)
    taken = moves.take_next(user, _waiting(here, filters, user))
    if taken is None:
        messages.info(request, _("No free case fits these filters."))
        return redirect("queue")
    return redirect("dossier", taken.pk)


@require_POST
@permission_required(READ_QUEUE, raise_exception=True)
def save_filter(request: HttpRequest) -> HttpResponse:
    """Give the filters of the page a name, or forget one."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    people.save_filter(reader(request), request.POST.get("name", ""), query)
    return redirect(f"{reverse('queue')}?{query}")


@require_POST
@permission_required(READ_QUEUE, raise_exception=True)
def facts_only(request: HttpRequest) -> HttpResponse:
    """Switch *facts only* on or off."""
    people.switch_facts_only(reader(request))
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if ours else "queue")


@require_POST
@permission_required([READ_QUEUE, EXPORT], raise_exception=True)
def export(request: HttpRequest) -> HttpResponse:
    """The queue as it is filtered, as an Excel workbook; that it was taken out is kept."""
    here, user = desk(), reader(request)
    filters = filters_of(QueryDict(request.POST.get("query", "")), here, user)
    rows = list(cases.every(here.lake, filters.wanted_nights, filters.wanted))
    people.exported(user, len(rows), filters.query)
    seen = looks.listed(user, rows, looks.EXPORT)
    lines = [line(row, with_score=row.case_id in seen) for row in rows]
    answer = HttpResponse(
        spreadsheet.workbook([str(title) for title in TITLES], lines),
        content_type=spreadsheet.CONTENT_TYPE,
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="jianbao-queue.xlsx"'
    return answer


def filters_of(given: QueryDict, here: Desk, user: User) -> QueueFilters:
    """The filters of a page, for who asks."""
    districts = [user.district] if user.district else hospitals.districts(here.lake, here.published)
    return QueueFilters(given, here.open_nights, here.settings.case_days, districts, user)


def _waiting(here: Desk, filters: QueueFilters, user: User) -> Iterator[CaseFile]:
    for row in cases.every(here.lake, filters.wanted_nights, filters.wanted):
        # What others hold is passed over here already; the move itself decides.
        if row.owner in (None, user.get_username()):
            yield files.unsaved(row)


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < len("1000000") else 1
