"""Overviews: city, district, hospital, department, physician, and down to the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims.tables import SCENARIOS
from workbench.access import READ_CASE, READ_OVERVIEW, SETTLE
from workbench.selectors import overview as figures
from workbench.selectors import queue, workload
from workbench.selectors.overview import RUNGS, Place
from workbench.services import looks
from workbench.views.desk import Desk, desk, reader

if TYPE_CHECKING:
    import polars as pl
    from django.http import HttpRequest, HttpResponse

    from workbench.models import User
    from workbench.selectors.queue import CaseRow

RUNG_WORDS = {
    "district": _("District"),
    "hospital_id": _("Hospital"),
    "department": _("Department"),
    "physician_id": _("Physician"),
}
BAR_HEIGHT = 60


@require_safe
@permission_required(READ_OVERVIEW, raise_exception=True)
def overview(request: HttpRequest) -> HttpResponse:
    """One rung of the ladder, with the precision of the queue by rule and by detector."""
    here, user = desk(), reader(request)
    place = _place(request, user)
    rows = figures.points(here.lake, here.published, place)
    lot, scored = figures.missed(here.lake, here.published, place, rows)
    cases = _cases(here, rows, place, user)
    context = {
        "place": place,
        "way": _way(place, figures.names(here.lake, here.published, user.district)),
        "rung": RUNG_WORDS.get(place.rung or ""),
        "rung_name": place.rung,
        "units": figures.units(here.lake, here.published, place),
        "total": figures.total(rows),
        "rules": figures.by_rule(rows),
        "detectors": figures.by_detector(here.lake, here.published, rows),
        "months": _bars(figures.months(rows)),
        "lot": lot,
        "scored": scored,
        "missed": [round(end * scored) for end in lot.interval],
        "cases": cases,
        "seen": looks.listed(user, cases, looks.OVERVIEW),
        "scenarios": SCENARIOS,
        "workload": workload.workload(figures.names(here.lake, here.published), user.district)
        if user.has_perm(SETTLE)
        else None,
    }
    return render(request, "workbench/overview.html", context)


def _place(request: HttpRequest, user: User) -> Place:
    """Read the ladder from the address, from the top down, without a gap."""
    chosen: dict[str, str] = {}
    for rung in RUNGS:
        if not request.GET.get(rung):
            break
        chosen[rung] = request.GET[rung]
    scenario = request.GET.get("scenario")
    return Place(chosen, scenario if scenario in SCENARIOS else None, user.district)


def _way(place: Place, names: dict[str, str]) -> list[tuple[Any, str, dict[str, str]]]:
    """The rungs above, each with the place it leads back to."""
    kept: dict[str, str] = {}
    way = []
    for rung, value in place.chosen.items():
        kept = kept | {rung: value}
        shown = names.get(value, value) if rung == "hospital_id" else value
        way.append((RUNG_WORDS[rung], shown, kept))
    return way


def _cases(here: Desk, rows: pl.DataFrame, place: Place, user: User) -> tuple[CaseRow, ...]:
    """The cases at the foot of the ladder, dearest first, for who may read cases."""
    if place.rung is not None or not user.has_perm(READ_CASE):
        return ()
    return queue.some(here.lake, here.published, rows["case_id"].unique().to_list())


def _bars(months: list[tuple[Any, int, int]]) -> list[tuple[Any, int, int, float]]:
    most = max((count for _, count, _ in months), default=1)
    return [(month, count, fen, count / most * BAR_HEIGHT) for month, count, fen in months]
