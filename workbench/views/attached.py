"""Files of a case: attach one, open one."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workbench.access import DECIDE, READ_CASE
from workbench.attachments import KINDS, MOST_BYTES
from workbench.may import RefusedError
from workbench.models import Attachment
from workbench.services import attaching
from workbench.views.desk import opened, reader

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@permission_required(DECIDE, raise_exception=True)
def attach(request: HttpRequest, case_id: str) -> HttpResponse:
    """Keep the file that was sent; a refusal is told on the dossier."""
    case, sent = opened(request, case_id), request.FILES.get("file")
    try:
        # One byte more than allowed is enough to see that it is too large.
        content = sent.read(MOST_BYTES + 1) if sent is not None else b""
        name = (sent.name or "") if sent is not None else ""
        attaching.attach(reader(request), case.file, name, content)
    except RefusedError as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The file is attached."))
    return redirect("dossier", case_id)


@require_safe
@permission_required(READ_CASE, raise_exception=True)
def attachment(request: HttpRequest, case_id: str, number: int) -> FileResponse:
    """Hand out a file, to be saved and not shown; Http404 where it is not to be read yet."""
    case = opened(request, case_id)
    allowed = {one.pk for one in attaching.readable(reader(request), case.file)}
    if number not in allowed:
        raise Http404
    kept = Attachment.objects.get(pk=number)
    kind = KINDS[PurePath(kept.name).suffix].content_type
    return FileResponse(
        io.BytesIO(kept.content), content_type=kind, as_attachment=True, filename=kept.name
    )
