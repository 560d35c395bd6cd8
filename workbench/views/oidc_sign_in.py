"""Signing in by the identity provider of the house, where the settings name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.utils.translation import gettext as _
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from workbench.services import sign_in
from workbench.views.sign_in import address

if TYPE_CHECKING:
    from django.http import HttpResponse


class CameBack(OIDCAuthenticationCallbackView):  # type: ignore[misc]  # it has no types
    """Where the provider sends people back to; both ends are kept in the trail."""

    def login_success(self) -> HttpResponse:
        """Somebody is in."""
        answer: HttpResponse = super().login_success()
        sign_in.succeeded(self.user, address(self.request))
        return answer

    def login_failure(self) -> HttpResponse:
        """Say so on the page where one can try again."""
        sign_in.failed("", address(self.request))
        messages.error(
            self.request,
            _("The sign-in of your house did not work, or does not know you here."),
        )
        answer: HttpResponse = super().login_failure()
        return answer


OPEN = {
    "oidc-begin": "who is not signed in yet is sent to the identity provider",
    "oidc-callback": "and comes back from there with a proof",
}
pages = [
    path(
        "oidc/begin/",
        login_not_required(OIDCAuthenticationRequestView.as_view()),
        name="oidc-begin",
    ),
    path("oidc/callback/", login_not_required(CameBack.as_view()), name="oidc-callback"),
]
