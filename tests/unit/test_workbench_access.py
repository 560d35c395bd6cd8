"""Who sees what: the same cast before every page, and nothing by default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from tests.workbench_lake import case, write_night, write_whole
from workbench.access import ROLES
from workbench.urls import OPEN, urlpatterns

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings as DjangoSettings

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CAST = (
    "auditor",
    "senior",
    "scientist",
    "viewer",
    "administrator",
    "elsewhere",
    "outsider",
    "anonymous",
)
PASSWORD = "correct horse"  # noqa: S105  a made-up one
CASE = "case-000001"
OK, FOUND, FORBIDDEN, MISSING, CONFLICT = 200, 302, 403, 404, 409
# Every page that is not open to all: how it is asked, and who of the cast is let in, with the
# answer. Who is not named is refused, and the anonymous are sent to sign in. CONFLICT means
# that the role would do, and that the case is not in a state for it.
PAGES: dict[str, tuple[str, bool, dict[str, int]]] = {
    "queue": ("get", False, {"auditor": OK, "senior": OK, "scientist": OK, "elsewhere": OK}),
    "dossier": ("get", True, {"auditor": OK, "senior": OK, "scientist": OK}),
    "take": ("post", True, {"auditor": FOUND, "senior": FOUND}),
    "release": ("post", True, {"auditor": CONFLICT, "senior": CONFLICT}),
    "conclude": ("post", True, {"auditor": OK, "senior": OK}),
    "settle": ("post", True, {"senior": OK}),
    "reopen": ("post", True, {"senior": FOUND}),
    "appeal": ("post", True, {"senior": FOUND}),
    "answer": ("post", True, {"senior": FOUND}),
    "unmask": ("post", True, {"auditor": FOUND, "senior": FOUND}),
    "attach": ("post", True, {"auditor": FOUND, "senior": FOUND}),
    "attachment": ("get", True, {"auditor": MISSING, "senior": MISSING, "scientist": MISSING}),
    "packet": ("post", True, {"auditor": OK, "senior": OK}),
    "bulk": ("get", True, {"auditor": OK, "senior": OK}),
    "take-next": ("post", False, {"auditor": FOUND, "senior": FOUND, "elsewhere": FOUND}),
    "save-filter": (
        "post",
        False,
        {"auditor": FOUND, "senior": FOUND, "scientist": FOUND, "elsewhere": FOUND},
    ),
    "facts-only": (
        "post",
        False,
        {"auditor": FOUND, "senior": FOUND, "scientist": FOUND, "elsewhere": FOUND},
    ),
    "export": ("post", False, {"auditor": OK, "senior": OK, "elsewhere": OK}),
    "overview": (
        "get",
        False,
        {"auditor": OK, "senior": OK, "scientist": OK, "viewer": OK, "elsewhere": OK},
    ),
    "indicators": (
        "get",
        False,
        {"auditor": OK, "senior": OK, "scientist": OK, "viewer": OK, "elsewhere": OK},
    ),
    "trail": ("get", False, {"senior": OK, "administrator": OK}),
}


def address(page: str) -> str:
    """Where a page is; of the case, and of a file that it does not have."""
    more = [1] if page == "attachment" else []
    return reverse(page, args=[CASE, *more] if PAGES[page][1] else [])


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("page", PAGES)
def test_each_of_the_cast_gets_the_expected_answer(
    page: str, who: str, request: pytest.FixtureRequest, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    client: Client = request.getfixturevalue(who)
    method, _about_case, allowed = PAGES[page]
    response = getattr(client, method)(address(page))
    refused = FOUND if who == "anonymous" else FORBIDDEN
    assert response.status_code == allowed.get(who, refused)
    if who == "anonymous":
        assert response.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("page", [name for name, (how, _, _) in PAGES.items() if how == "post"])
def test_what_changes_something_is_never_done_by_a_link(
    page: str, senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    assert senior.get(address(page)).status_code == 405


def test_every_page_is_either_open_or_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PAGES) | set(OPEN)


def test_the_outsider_sees_no_case(outsider: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    text = outsider.get(reverse("queue")).content.decode()
    assert "Not for this account" in text
    assert "Riverside" not in text


def test_the_anonymous_are_sent_to_sign_in_and_back(anonymous: Client) -> None:
    response = anonymous.get(reverse("queue") + "?grade=red")
    assert response.headers["Location"] == "/sign-in/?next=/%3Fgrade%3Dred"


def test_an_unknown_address_tells_the_anonymous_nothing(anonymous: Client) -> None:
    assert anonymous.get("/nothing/1/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_queue_is_read_only(auditor: Client, method: str) -> None:
    assert getattr(auditor, method)(reverse("queue")).status_code == 405


def test_a_person_signs_in_and_out(anonymous: Client) -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    User.objects.create_user("lin", password=PASSWORD)
    answer = anonymous.post(reverse("sign-in"), {"username": "lin", "password": "wrong"})
    assert "do not fit together" in answer.content.decode()
    answer = anonymous.post(reverse("sign-in"), {"username": "lin", "password": PASSWORD})
    assert answer.headers["Location"] == reverse("queue")
    assert anonymous.post(reverse("sign-out")).headers["Location"] == reverse("sign-in")
    assert anonymous.get(reverse("queue")).status_code == FOUND


def test_signing_in_does_not_lead_to_another_site(anonymous: Client) -> None:
    from workbench.models import User  # noqa: PLC0415  needs the applications loaded

    User.objects.create_user("lin", password=PASSWORD)
    given = {"username": "lin", "password": PASSWORD, "next": "https://elsewhere.example"}
    assert anonymous.post(reverse("sign-in"), given).headers["Location"] == reverse("queue")


@pytest.mark.usefixtures("db", "workbench_settings")
def test_a_form_from_elsewhere_is_refused() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("sign-in"), {"username": "lin"})
    assert answer.status_code == FORBIDDEN
    assert "This form is too old" in answer.content.decode()


@pytest.mark.django_db
def test_every_role_has_its_permissions_and_no_others() -> None:
    from django.contrib.auth.models import Group  # noqa: PLC0415  needs the applications loaded

    for role, names in ROLES.items():
        held = Group.objects.get(name=role).permissions.select_related("content_type")
        assert {f"{one.content_type.app_label}.{one.codename}" for one in held} == set(names)


@pytest.mark.parametrize("who", CAST)
def test_every_answer_carries_the_safe_headers(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    headers = client.get(reverse("queue")).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_ask_no_other_host_and_run_no_script(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    text = auditor.get(reverse("queue")).content.decode()
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', text) == []
    assert "<script" not in text
    assert " style=" not in text


def test_a_forged_host_is_refused(anonymous: Client, settings: DjangoSettings) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert anonymous.get(reverse("sign-in"), headers={"host": "evil.example"}).status_code == 400
