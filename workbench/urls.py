"""The pages. A page without a permission of its own is listed in ``OPEN`` with the reason."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from workbench.views import (
    acts,
    attached,
    bulk,
    dossier,
    indicators,
    overview,
    packet,
    queue,
    trail,
)
from workbench.views.sign_in import SignIn

OPEN = {
    "sign-in": "people come here to say who they are",
    "sign-out": "leaving is always allowed",
    "language": "the sign-in page has the switch too",
}

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cases/<str:case_id>/", dossier.dossier, name="dossier"),
    path("cases/<str:case_id>/take/", acts.take, name="take"),
    path("cases/<str:case_id>/release/", acts.release, name="release"),
    path("cases/<str:case_id>/conclude/", acts.conclude, name="conclude"),
    path("cases/<str:case_id>/settle/", acts.settle, name="settle"),
    path("cases/<str:case_id>/reopen/", acts.reopen, name="reopen"),
    path("cases/<str:case_id>/appeal/", acts.appeal, name="appeal"),
    path("cases/<str:case_id>/answer/", acts.answer, name="answer"),
    path("cases/<str:case_id>/unmask/", acts.unmask, name="unmask"),
    path("next/", queue.take_next, name="take-next"),
    path("filters/", queue.save_filter, name="save-filter"),
    path("facts-only/", queue.facts_only, name="facts-only"),
    path("export/", queue.export, name="export"),
    path("cases/<str:case_id>/attach/", attached.attach, name="attach"),
    path("cases/<str:case_id>/attached/<int:number>/", attached.attachment, name="attachment"),
    path("cases/<str:case_id>/packet/", packet.packet, name="packet"),
    path("cases/<str:case_id>/linked/", bulk.bulk, name="bulk"),
    path("overview/", overview.overview, name="overview"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("trail/", trail.trail, name="trail"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="language"),
]
