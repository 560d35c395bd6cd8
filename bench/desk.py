"""How quick the workbench is with a full queue and many auditors at once.

    python -m bench.desk --cases 100000 --auditors 20 --seconds 60

Writes a lake of made-up cases over the nights of a month, starts the workbench on it, and
lets each auditor click by turns on the queue, a filtered page of it, and a dossier nobody
opened before, with a pause between two clicks. Prints milliseconds from click to last byte.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.serving import desk
from claims.lake import Lake
from claims.settings import load_settings
from tests.workbench_lake import NIGHT, case, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

NIGHTS, HOSPITALS = 25, 80
# Between two clicks of one auditor; who reads a dossier takes longer than that.
PAUSE_SECONDS = 4.0
PERCENTILES: Final = (50, 95, 99)
GRADES: Final = ("red", "orange", "yellow", "watch")
OK = 200
COOKIE = "jianbao_session"
Clicks = list[tuple[str, float]]


def main() -> None:
    """Build, serve, click, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--auditors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--scores", action="store_true", help="auditors switched facts only off")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JIANBAO_HOME"] = folder
        fill(Lake.at(load_settings(home=Path(folder)).lake), given.cases)
        names = [f"auditor-{number}" for number in range(given.auditors)]
        cookies = [session(name, facts_only=not given.scores) for name in names]
        with desk() as port:
            # The first look at a night reads it; auditors do not all meet that.
            first = click(port, cookies[0], "/")
            until = time.monotonic() + given.seconds
            work = partial(day, port, until, given.cases)
            with ThreadPoolExecutor(given.auditors) as hands:
                clicks = [one for told in hands.map(work, cookies) for one in told]
    show(clicks, first, given.cases, given.auditors)


def fill(lake: Lake, cases: int) -> None:
    """Write the cases, spread evenly over the nights."""
    for back in range(NIGHTS):
        night = NIGHT - timedelta(days=NIGHTS - 1 - back)
        numbers = range(back + 1, cases + 1, NIGHTS)
        write_whole(lake, [made(number) | {"run_date": night, "opened_on": night}
                           for number in numbers], night)  # fmt: skip


def made(number: int) -> dict[str, object]:
    """One case; hospitals and grades by turns."""
    hospital = number % HOSPITALS
    return case(
        number,
        grade=GRADES[number % len(GRADES)],
        hospital_id=f"H{hospital:04}",
        hospital_name=f"Hospital {hospital}",
        about=f"hospitalization:H{hospital:04}|{number:08x}aabbccdd",
    )


def session(name: str, *, facts_only: bool = True) -> str:
    """Add an auditor who has signed in; return what their browser would send.

    Who reads no facts only leaves a row for every case that a list shows, the dearest way.
    """
    from workbench import serve  # noqa: PLC0415  the environment must be set first

    user = serve.add_user(name, "correct horse battery")
    user.facts_only = facts_only
    user.save()
    from django.test import Client  # noqa: PLC0415  needs Django set up

    client = Client()
    client.force_login(user)
    return f"{COOKIE}={client.cookies[COOKIE].value}"


def day(port: int, until: float, cases: int, cookie: str) -> Clicks:
    """Click until the time is over."""
    chance = random.Random(cookie)  # noqa: S311  which page comes next is no secret
    clicks: Clicks = []
    time.sleep(chance.uniform(0, PAUSE_SECONDS))
    for name, path in pages(chance, cases):
        if time.monotonic() > until:
            break
        clicks.append((name, click(port, cookie, path)))
        time.sleep(chance.expovariate(1 / PAUSE_SECONDS))
    return clicks


def pages(chance: random.Random, cases: int) -> Iterator[tuple[str, str]]:
    """What an auditor opens by turns."""
    while True:
        yield "queue", "/"
        grade = chance.choice(GRADES)
        hospital = chance.randrange(HOSPITALS)
        yield "queue, filtered", f"/?grade={grade}&hospital=Hospital+{hospital}"
        yield "dossier", f"/cases/case-{chance.randint(1, cases):06}/"


def click(port: int, cookie: str, path: str) -> float:
    """Ask for a page; milliseconds until all of it is there."""
    began = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    line.close()
    if answer.status != OK:
        raise RuntimeError(f"{path} answered {answer.status}")
    return (time.perf_counter() - began) * 1_000


def show(clicks: Clicks, first: float, cases: int, auditors: int) -> None:
    """Print percentiles by page."""
    table = Table(title=f"{cases:,} cases, {auditors} auditors: milliseconds, click to last byte")
    for title in ("page", "clicks", *(f"P{one}" for one in PERCENTILES)):
        table.add_column(title, justify="left" if title == "page" else "right")
    for name in dict.fromkeys(name for name, _ in clicks):
        times = [spent for one, spent in clicks if one == name]
        shown = [f"{found:,.0f}" for found in np.percentile(times, PERCENTILES)]
        table.add_row(name, str(len(times)), *shown)
    console = Console()
    console.print(table)
    console.print(f"The very first page after the start took {first:,.0f} ms: it reads the nights.")


if __name__ == "__main__":
    main()
