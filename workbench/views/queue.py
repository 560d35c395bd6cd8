"""The queue of published cases: the first page of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.lake import Lake
from workbench.access import READ_QUEUE
from workbench.forms import QueueFilters
from workbench.selectors import nights
from workbench.selectors import queue as cases

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from claims.settings import Settings


@require_safe
@permission_required(READ_QUEUE, raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """List the cases, by priority, fifty a page."""
    installed: Settings = settings.JIANBAO
    lake = Lake.at(installed.lake)
    published = nights.published(lake)
    if not published:
        return render(request, "workbench/no_night.html", {"home": installed.home.absolute()})
    open_nights = nights.recent(published, installed.case_days)
    filters = QueueFilters(request.GET, open_nights, installed.case_days)
    return render(
        request,
        "workbench/queue.html",
        {
            "filters": filters,
            "newest": published[0],
            "hospitals": cases.hospitals(lake, open_nights),
            "page": cases.page(lake, filters.wanted_nights, filters.wanted, _page(request)),
        },
    )


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < len("1000000") else 1
