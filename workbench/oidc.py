"""Sign-in by an identity provider of the house, where it is named: settings from the environment.

Off unless ``JIANBAO_OIDC_CLIENT`` is set. The provider proves who somebody is and nothing else:
people, roles and districts stay here, and nobody is made by signing in.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from claims.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CLIENT: Final = "JIANBAO_OIDC_CLIENT"
ISSUER: Final = "JIANBAO_OIDC_ISSUER"
CLAIM: Final = "JIANBAO_OIDC_CLAIM"
# Our variable, and what the library calls it.
ADDRESSES: Final = {
    "JIANBAO_OIDC_AUTHORIZE": "OIDC_OP_AUTHORIZATION_ENDPOINT",
    "JIANBAO_OIDC_TOKEN": "OIDC_OP_TOKEN_ENDPOINT",
    "JIANBAO_OIDC_KEYS": "OIDC_OP_JWKS_ENDPOINT",
}
# In the folder of keys, so that it stands in no environment and no repository.
SECRET_FILE: Final = "oidc.secret"  # noqa: S105  a name of a file
USUAL_CLAIM: Final = "preferred_username"
TIMEOUT_SECONDS: Final = 10
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
BACKENDS: Final = (
    "django.contrib.auth.backends.ModelBackend",
    "workbench.oidc_backend.ProvenByHouse",
)


def settings(given: Mapping[str, str], keys: Path) -> dict[str, Any]:
    """Return Django's settings for it; none of them where it is off.

    Raises SettingsError when a part is missing, or an address is not protected by HTTPS.
    """
    if not given.get(CLIENT):
        return {}
    missing = [name for name in (ISSUER, *ADDRESSES) if not given.get(name)]
    if missing:
        raise SettingsError(
            f"{CLIENT} is set, but {', '.join(missing)} is not.",
            f"Set all of {', '.join((CLIENT, ISSUER, *ADDRESSES))}, or none.",
        )
    if find_spec("mozilla_django_oidc") is None:
        raise SettingsError(
            f"{CLIENT} is set, but the library 'mozilla-django-oidc' is not installed.",
            f"Run `make setup` again, or leave {CLIENT} out to sign in by password.",
        )
    for name in (ISSUER, *ADDRESSES):
        _check_address(name, given[name])
    return {
        "OIDC_ISSUER": given[ISSUER],
        "OIDC_NAME_CLAIM": given.get(CLAIM) or USUAL_CLAIM,
        "OIDC_RP_CLIENT_ID": given[CLIENT],
        "OIDC_RP_CLIENT_SECRET": _secret(keys),
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_RP_SCOPES": "openid profile",
        # All that is asked for stands in the signed token.
        "OIDC_OP_USER_ENDPOINT": "",
        "OIDC_USE_PKCE": True,
        "OIDC_CREATE_USER": False,
        "OIDC_TIMEOUT": TIMEOUT_SECONDS,
        "OIDC_AUTHENTICATION_CALLBACK_URL": "oidc-callback",
        "LOGIN_REDIRECT_URL_FAILURE": "/sign-in/",
        "AUTHENTICATION_BACKENDS": list(BACKENDS),
        **{theirs: given[ours] for ours, theirs in ADDRESSES.items()},
    }


def _check_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            f"{name} must begin with https://: who somebody is travels there.",
            "Give the address that the identity provider publishes.",
        )


def _secret(keys: Path) -> str:
    path = keys / SECRET_FILE
    if not path.exists():
        raise SettingsError(
            f"The client's secret is missing: {path}.",
            "Write it there, readable by the owner alone (chmod 600).",
        )
    return path.read_text(encoding="utf-8").strip()
