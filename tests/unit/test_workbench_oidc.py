"""Sign-in by an identity provider: off by default, and no more than a proof of who somebody is."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from claims.errors import SettingsError
from workbench import oidc

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings as DjangoSettings

jwt = pytest.importorskip("jwt", reason="`make setup` installs it")
pytest.importorskip("mozilla_django_oidc", reason="`make setup` installs it")
pytest_plugins = ("tests.workbench_fixtures",)

ISSUER = "https://id.example/city"
GIVEN = {
    oidc.CLIENT: "desk",
    oidc.ISSUER: ISSUER,
    "JIANBAO_OIDC_AUTHORIZE": "https://id.example/authorize",
    "JIANBAO_OIDC_TOKEN": "https://id.example/token",
    "JIANBAO_OIDC_KEYS": "https://id.example/keys",
}
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@dataclass
class Answer:
    """What a provider answers."""

    told: dict[str, Any]
    status_code: int = 200

    def json(self) -> dict[str, Any]:
        """Its content."""
        return self.told

    def raise_for_status(self) -> None:
        """All is well."""


@dataclass
class Provider:
    """An identity provider in this process: it signs what ``claims`` says."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    asked: dict[str, Any] = field(default_factory=dict)

    def post(self, _address: str, data: dict[str, Any], **_given: Any) -> Answer:
        """Answer with a token."""
        self.asked = data
        token = jwt.encode(self.claims, self.key, algorithm="RS256", headers={"kid": "k1"})
        return Answer({"access_token": "a", "id_token": token})

    def get(self, _address: str, **_given: Any) -> Answer:
        """Answer with the public keys."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())
        return Answer({"keys": [json.loads(public) | {"kid": "k1", "alg": "RS256"}]})


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    (tmp_path / oidc.SECRET_FILE).write_text("a secret of the client\n")
    return tmp_path


@pytest.fixture
def provider(
    auditor: Client, keys: Path, settings: DjangoSettings, monkeypatch: pytest.MonkeyPatch
) -> Provider:
    """A desk whose settings name a provider; *auditor-a* is known to it."""
    del auditor  # asked for, so that there is a person
    settings.OIDC = oidc.settings(GIVEN, keys)
    for name, value in settings.OIDC.items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = "tests.workbench_oidc_pages"
    made = Provider()
    monkeypatch.setattr("mozilla_django_oidc.auth.requests.post", made.post)
    monkeypatch.setattr("mozilla_django_oidc.auth.requests.get", made.get)
    return made


def come_back(provider: Provider, asked: str = "", **claims: Any) -> tuple[Client, Any]:
    """Go to the provider and come back with a token of these claims."""
    client = Client()
    sent = client.get(reverse("oidc-begin") + asked)
    told = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    provider.claims = {
        "iss": ISSUER, "aud": "desk", "exp": int(time.time()) + 60, "nonce": told["nonce"],
        "preferred_username": "auditor-a",
    } | claims  # fmt: skip
    return client, client.get(reverse("oidc-callback"), {"state": told["state"], "code": "c"})


def is_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return client.get(reverse("queue")).status_code == 200


def test_it_is_off_by_default_and_offered_nowhere(anonymous: Client, keys: Path) -> None:
    assert oidc.settings({}, keys) == {}
    assert "oidc" not in anonymous.get(reverse("sign-in")).content.decode()
    assert anonymous.get("/oidc/begin/").status_code == 404


def test_a_known_person_signs_in_and_the_trail_tells_it(provider: Provider) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    client, answer = come_back(provider)
    assert answer["Location"] == "/"
    assert is_in(client)
    assert TrailEntry.objects.filter(event="sign_in", actor="auditor-a").exists()
    # Proof of possession of the code goes with it (PKCE).
    assert len(provider.asked["code_verifier"]) == 64


def test_one_comes_back_to_the_page_that_was_asked_for_and_to_no_other_site(
    provider: Provider,
) -> None:
    assert come_back(provider, "?next=/overview/")[1]["Location"] == "/overview/"
    assert come_back(provider, "?next=https://elsewhere.example/")[1]["Location"] == "/"


def test_roles_stay_here_whatever_the_provider_says(provider: Provider) -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    come_back(provider, groups=["senior auditor"], is_superuser=True)
    user = User.objects.get(username="auditor-a")
    assert not user.is_superuser
    assert [group.name for group in user.groups.all()] == ["auditor"]


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "nobody"},
        {"preferred_username": ""},
        {"preferred_username": None},
        {"preferred_username": "AUDITOR-A"},
        {"iss": "https://id.example/other"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"nonce": "another"},
    ],
)
def test_a_token_that_will_not_do_lets_nobody_in(
    provider: Provider, claims: dict[str, Any]
) -> None:
    from workbench.models import TrailEntry, User  # noqa: PLC0415  needs the applications loaded

    before = User.objects.count()
    client, answer = come_back(provider, **claims)
    assert answer["Location"] == "/sign-in/"
    assert not is_in(client)
    assert User.objects.count() == before
    assert TrailEntry.objects.filter(event="sign_in.failed").exists()
    assert "did not work" in client.get("/sign-in/").content.decode()


def test_a_token_signed_by_somebody_else_lets_nobody_in(provider: Provider) -> None:
    provider.key = OTHER_KEY
    assert not is_in(come_back(provider)[0])


def test_a_person_who_was_switched_off_stays_out(provider: Provider) -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    User.objects.filter(username="auditor-a").update(is_active=False)
    assert not is_in(come_back(provider)[0])


def test_a_provider_that_cannot_be_reached_is_no_error_of_the_desk(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests  # noqa: PLC0415

    def fail(*_args: Any, **_given: Any) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr("mozilla_django_oidc.auth.requests.post", fail)
    assert come_back(provider)[1]["Location"] == "/sign-in/"


def test_a_state_that_was_never_given_is_refused(provider: Provider) -> None:
    client = Client()
    client.get(reverse("oidc-begin"))
    answer = client.get(reverse("oidc-callback"), {"state": "made up", "code": "c"})
    assert answer.status_code == 400


@pytest.mark.usefixtures("provider")
def test_the_sign_in_page_offers_it_beside_the_password() -> None:
    text = Client().get("/sign-in/?next=/overview/").content.decode()
    assert 'href="/oidc/begin/?next=/overview/"' in text or "next=%2Foverview%2F" in text
    assert "id_password" in text


@pytest.mark.parametrize("name", [one for one in GIVEN if one != oidc.CLIENT])
def test_half_of_the_settings_is_refused(name: str, keys: Path) -> None:
    with pytest.raises(SettingsError, match=name):
        oidc.settings({key: value for key, value in GIVEN.items() if key != name}, keys)


def test_a_missing_library_is_named(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"mozilla-django-oidc.*not installed"):
        oidc.settings(GIVEN, keys)


def test_an_address_without_https_and_a_missing_secret_are_refused(
    keys: Path, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="https"):
        oidc.settings(GIVEN | {"JIANBAO_OIDC_TOKEN": "http://id.example/token"}, keys)
    with pytest.raises(SettingsError, match=r"oidc\.secret"):
        oidc.settings(GIVEN, tmp_path / "elsewhere")
