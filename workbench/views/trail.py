"""The audit trail, newest first, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workbench.access import READ_TRAIL
from workbench.models import TrailEntry
from workbench.services.trail import verify

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 100


@require_safe
@permission_required(READ_TRAIL, raise_exception=True)
def trail(request: HttpRequest) -> HttpResponse:
    """List events; prove the whole trail where that is asked for, because it reads all of it."""
    rows = TrailEntry.objects.order_by("-number")
    subject = request.GET.get("subject", "")
    if subject:
        rows = rows.filter(subject=subject)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    proof = verify() if "prove" in request.GET else None
    context = {"page": page, "subject": subject, "proof": proof}
    return render(request, "workbench/trail.html", context)
