"""The evidence packet of a case: one file to take along, with the hash of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from workbench.access import EXPORT, READ_CASE
from workbench.services import packets
from workbench.views.desk import opened, reader
from workbench.views.dossier import points_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@permission_required([READ_CASE, EXPORT], raise_exception=True)
def packet(request: HttpRequest, case_id: str) -> HttpResponse:
    """Facts and evidence without probability and opinions; that it leaves is kept."""
    case, user = opened(request, case_id), reader(request)
    told = {"row": case.row, "file": case.file, "points": points_of(case)}
    content = render_to_string("workbench/packet_content.html", told)
    seal = packets.packed(user, case.file, content, get_language() or "")
    whole = {"row": case.row, "content": content, "seal": seal,
             "begin": packets.BEGIN, "end": packets.END}  # fmt: skip
    answer = render(request, "workbench/packet.html", whole)
    answer.headers["Content-Disposition"] = f'attachment; filename="{case.row.case_id}.html"'
    return answer
