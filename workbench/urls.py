"""The pages. A page without a permission of its own is listed in ``OPEN`` with the reason."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from workbench.views import queue

OPEN = {
    "sign-in": "people come here to say who they are",
    "sign-out": "leaving is always allowed",
    "language": "the sign-in page has the switch too",
}

urlpatterns = [
    path("", queue.queue, name="queue"),
    path(
        "sign-in/",
        LoginView.as_view(template_name="workbench/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="language"),
]
