"""The audit trail, newest first, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workbench import life, may
from workbench.access import DECIDE, READ_TRAIL
from workbench.models import CaseFile, TrailEntry
from workbench.services.trail import verify
from workbench.views.desk import reader

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from workbench.models import User

PAGE_SIZE = 100
# Who is to give a second opinion reads neither the first one nor what it rests on.
OPINION_EVENTS = (f"case.{life.AWAITS_SECOND}", "case.attached")


@require_safe
@permission_required(READ_TRAIL, raise_exception=True)
def trail(request: HttpRequest) -> HttpResponse:
    """List events; prove the whole trail where that is asked for, because it reads all of it."""
    user = reader(request)
    rows = _readable(user).order_by("-number")
    subject = request.GET.get("subject", "")
    if subject:
        rows = rows.filter(subject=subject)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    proof = verify() if "prove" in request.GET else None
    context = {"page": page, "subject": subject, "proof": proof, "hidden": _hidden(user, page)}
    return render(request, "workbench/trail.html", context)


def _readable(user: User) -> QuerySet[TrailEntry]:
    """All of it; for who minds one district, its cases and the own deeds."""
    if not user.district:
        return TrailEntry.objects.all()
    cases = CaseFile.objects.filter(district=user.district).values("case_id")
    mine = Q(subject__in=cases) | Q(actor=user.get_username())
    return TrailEntry.objects.filter(mine)


def _hidden(user: User, page: Page[TrailEntry]) -> set[int]:
    """The entries whose details would tell a second reviewer what the first one said."""
    if not user.has_perm(DECIDE):
        return set()
    told = [one for one in page if one.event in OPINION_EVENTS and one.actor != user.get_username()]
    files = CaseFile.objects.in_bulk([one.subject for one in told])
    blind = {name for name, file in files.items() if not may.sees_opinions(user, file)}
    return {one.number for one in told if one.subject in blind}
