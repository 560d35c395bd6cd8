"""The pages of the workbench where an identity provider is set."""

from __future__ import annotations

from workbench import urls
from workbench.views import oidc_sign_in

urlpatterns = [*urls.urlpatterns, *oidc_sign_in.pages]
