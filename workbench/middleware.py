"""What every answer carries, and what a person reads when the lake cannot be read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from claims.errors import JianbaoError
from workbench.may import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

# The pages need a style sheet and a few pictures of our own: no script, no other host.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
CONFLICT, UNAVAILABLE = 409, 503
A_MINUTE = 60


def safety_headers(get_response: Answer) -> Answer:
    """Add the content policy, and keep what auditors read out of every cache."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        add_never_cache_headers(response)
        return response

    return answer


def no_null_bytes(get_response: Answer) -> Answer:
    """Refuse what no keyboard sends and no database keeps as text."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        fields = [request.GET, request.POST] if request.method == "POST" else [request.GET]
        told = (value for field in fields for _name, values in field.lists() for value in values)
        if "\0" in request.path or any("\0" in value for value in told):
            raise BadRequest("a null byte in a request")
        return get_response(request)

    return answer


def keep_awake(get_response: Answer) -> Answer:
    """Let the time of a session run from the last click, written at most once a minute."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        now = int(time.time())
        if request.user.is_authenticated and now - request.session.get("awake", 0) >= A_MINUTE:
            request.session["awake"] = now
        return get_response(request)

    return answer


class WayOut:
    """Show a problem that a person can solve as a page with what to do about it."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for the errors that name a way out; leave all others to Django."""
        if isinstance(exception, RefusedError):
            return render(request, "403.html", {"exception": str(exception)}, status=CONFLICT)
        if not isinstance(exception, JianbaoError):
            return None
        return render(request, "503.html", {"problem": exception}, status=UNAVAILABLE)
