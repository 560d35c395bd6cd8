"""Take the pictures of the workbench that the documentation shows.

    python -m bench.screens --home jianbao-home --out docs/pictures/workbench

``--home`` is a data folder with published nights, as `jianbao demo` leaves it. Its own
database of people and decisions is not touched: the desk runs on a fresh one, in which four
made-up people first decide some cases. Chromium must be installed. Sizes in pixels of CSS.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from bench import chromium
from bench.serving import desk

if TYPE_CHECKING:
    from django.test import Client

    from bench.chromium import Tab

WIDE, TABLET = (1280, 800), (820, 1100)
COLOURS = 128
PASSWORD = "correct horse battery"  # noqa: S105  a made-up one, in a database that is thrown away
PEOPLE: Final = {"lin": "auditor", "wang": "auditor", "zhao": "auditor", "chen": "senior auditor"}
DECIDING = ("wang", "zhao")
DECISIONS, APPEALED, DIFFERING = 61, 12, 7
# What the made-up auditors conclude, in turn: outcome, reason, note.
TOLD: Final = (
    ("confirmed", "quantity_differs", "The operation record shows fewer units than the bill."),
    ("refuted", "explained_by_record", "The record explains the second admission."),
    ("confirmed", "care_not_shown", "No treatment is written down for three days."),
    ("inconclusive", "record_missing", "The nursing record has not come yet."),
)
GROUNDS: Final = "The ward has found the missing sheet."


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, in which language, at which page, at which part of it."""

    name: str
    page: str
    language: str = "en"
    who: str = "lin"
    at: str = "header"
    size: tuple[int, int] = WIDE


def shots(case_id: str, use_id: str) -> list[Shot]:
    """The pictures: a dossier of a stay, and the chain of goods of a use."""
    dossier, use = f"/cases/{case_id}/", f"/cases/{use_id}/"
    return [
        Shot("queue", "/"),
        Shot("dossier", dossier),
        Shot("dossier-zh", dossier, language="zh-hans"),
        Shot("chain", use, who="chen", at=".chain"),
        Shot("chain-zh", use, language="zh-hans", who="chen", at=".chain"),
        Shot("decision", dossier, at="#decision"),
        Shot("overview", "/overview/", who="chen"),
        Shot("indicators", "/indicators/", who="chen"),
        Shot("indicators-zh", "/indicators/", language="zh-hans", who="chen", at="#parts"),
        Shot("workload", "/overview/", who="chen", at="#workload"),
        Shot("queue-tablet", "/", language="zh-hans", size=TABLET),
    ]


def main() -> None:
    """Decide some cases, open the desk, and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JIANBAO_HOME"] = str(given.home.absolute())
        os.environ["JIANBAO_DATABASE_URL"] = f"sqlite:///{folder}/desk.db"
        case_id, use_id = live()
        with desk() as port, chromium.browser(Path(folder) / "profile") as browser:
            for shot in shots(case_id, use_id):
                take(browser.tab(*shot.size), f"http://127.0.0.1:{port}", shot, given.out)


def live() -> tuple[str, str]:
    """Let people work for a while; the case of a stay that *lin* has in hand, of a use *chen*."""
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from workbench import serve  # noqa: PLC0415  the environment must be set first

    for name, role in PEOPLE.items():
        serve.add_user(name, PASSWORD, role=role)
    # So that an answer tells what its page was made of.
    setup_test_environment()
    hands, words = itertools.cycle(DECIDING), itertools.cycle(TOLD)
    # A second opinion mostly says what the first one said.
    said: dict[str, tuple[str, str, str]] = {}
    for turn, name in zip(range(DECISIONS), hands, strict=False):
        client = person(name)
        case_id = next_of(client)
        told = next(words) if turn % DIFFERING == 0 else said.get(case_id) or next(words)
        said[case_id] = told
        conclude(client, case_id, *told)
    appeal(list(said)[:APPEALED])
    stay = next_of(person("lin"), "scenario=hospitalization")
    return stay, next_of(person("chen"), "scenario=consumables&scheme=C02")


def person(name: str) -> Client:
    """Somebody at the desk, without a browser."""
    from django.test import Client  # noqa: PLC0415  needs Django set up

    from workbench.models import User  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=name))
    return client


def next_of(client: Client, query: str = "") -> str:
    """Take the next case that fits the filters, and return its number."""
    answer = client.post("/next/", {"query": query})
    return str(answer.headers["Location"]).strip("/").rpartition("/")[2]


def conclude(client: Client, case_id: str, outcome: str, reason: str, note: str) -> None:
    """Conclude a case that is in hand."""
    form = client.get(f"/cases/{case_id}/").context["form"]
    points = [one for one, _ in form.fields["points"].choices]
    scheme = form.fields["scheme"].choices[1][0]
    told = {"outcome": outcome, "reason": reason, "note": note, "points": points}
    client.post(f"/cases/{case_id}/conclude/", told | {"scheme": scheme, "amount": "1200"})


def appeal(cases: list[str]) -> None:
    """Let hospitals appeal against those of some cases that are confirmed by now."""
    senior, told = person("chen"), {"filed_on": str(date.today()), "grounds": GROUNDS}  # noqa: DTZ011
    for case_id in cases:
        # A case that is not confirmed refuses, and that is all right.
        senior.post(f"/cases/{case_id}/appeal/", told)


def take(tab: Tab, site: str, shot: Shot, out: Path) -> None:
    """Sign in, go there, and keep what the window shows."""
    tab.open(site)
    tab.follow(f".languages button[value='{shot.language}']")
    tab.fill("#id_username", shot.who)
    tab.fill("#id_password", PASSWORD)
    tab.follow(".card .primary")
    tab.open(site + shot.page)
    tab.ask(f"document.querySelector('{shot.at}').scrollIntoView()")
    small(tab.picture()).save(out / f"{shot.name}.png", optimize=True)


def small(picture: bytes) -> Image.Image:
    """The same picture in few colours, a quarter of the bytes; pages are mostly text."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    return whole.quantize(COLOURS, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
