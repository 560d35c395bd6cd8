"""Signing in, with a wait after too many failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workbench.models import User
from workbench.services import sign_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TOO_OFTEN = "too_often"


class SignInForm(AuthenticationForm):
    """Name and password; neither is looked at while the name has to wait."""

    def clean(self) -> dict[str, Any]:
        """Refuse without checking the password, so that waiting cannot be outrun."""
        if sign_in.must_wait(self.cleaned_data.get("username", ""), address(self.request)):
            raise ValidationError(
                _("Too many failures. Wait a quarter of an hour, then try again."), code=TOO_OFTEN
            )
        return super().clean()


class SignIn(LoginView):
    """The page, which keeps failures and successes."""

    template_name = "workbench/sign_in.html"
    redirect_authenticated_user = True
    authentication_form = SignInForm

    def get_context_data(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """Offer the identity provider of the house, where there is one."""
        return super().get_context_data(**given) | {"by_house": bool(settings.OIDC)}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Somebody is in."""
        user = form.get_user()
        if isinstance(user, User):
            sign_in.succeeded(user, address(self.request))
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Keep the failure of a password, not of waiting."""
        waiting = any(one.code == TOO_OFTEN for one in form.non_field_errors().as_data())
        if not waiting:
            sign_in.failed(form.data.get("username", ""), address(self.request))
        return self.render_to_response(self.get_context_data(form=form, waiting=waiting))


def address(request: HttpRequest | None) -> str:
    """Where a request comes from, as the server sees it."""
    return "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
