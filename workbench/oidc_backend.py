"""Who the identity provider says somebody is, held against the people that are known here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from workbench.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

LOG = logging.getLogger("django.request")


class ProvenByHouse(OIDCAuthenticationBackend):  # type: ignore[misc]  # it has no types
    """The authorization code flow; a person must have been added here before."""

    def authenticate(self, request: HttpRequest | None, **given: Any) -> User | None:  # noqa: ANN401
        """Return the person; None where the provider, its answer or the name will not do."""
        try:
            found = super().authenticate(request, **given)
        except (SuspiciousOperation, requests.RequestException, jwt.PyJWTError, ValueError) as why:
            # The kind alone: the text of an answer may hold a token.
            LOG.error("sign-in by the identity provider failed: %s", type(why).__name__)  # noqa: TRY400
            return None
        return found if isinstance(found, User) else None

    def verify_token(self, token: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """Check issuer, audience and end besides signature and nonce, which the library does."""
        told: dict[str, Any] = super().verify_token(token, **given)
        audience = told.get("aud", [])
        ours = settings.OIDC["OIDC_RP_CLIENT_ID"] in (
            [audience] if isinstance(audience, str) else audience
        )
        # An end that is past is refused when the signature is checked; none at all, here.
        if told.get("iss") != settings.OIDC["OIDC_ISSUER"] or not ours or "exp" not in told:
            raise SuspiciousOperation("a token of another issuer, for another client, or endless")
        return told

    def get_userinfo(
        self, _access_token: str, _id_token: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """What the signed token says; nothing else is asked."""
        return payload

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Whether the token names somebody."""
        name = claims.get(settings.OIDC["OIDC_NAME_CLAIM"])
        return isinstance(name, str) and name != ""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """The person of exactly this name."""
        return User.objects.filter(
            username=claims[settings.OIDC["OIDC_NAME_CLAIM"]], is_active=True
        )
