"""Judge large cities forward in time, and write the page and its figures.

python -m bench.large --seeds 121 122 123 124 125 --changed 126 --out docs/large-cities.md

With changed cities alone, the page keeps what it told of the others.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bench.large.asked import AUDIT_SHARE, MONTHS, STAYS, Asked
from bench.large.figures import City, beside, counted
from bench.large.judging import HITS, KEY, RECORDS, judge
from bench.large.page import PLACE, page
from bench.report.cities import states
from bench.report.results import read_made
from evaluation import storing

if TYPE_CHECKING:
    from argparse import Namespace

console = Console(stderr=True, highlight=False)


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[], help="one city each")
    parser.add_argument(
        "--changed", type=int, nargs="*", default=[], help="seeds of cities that change"
    )
    parser.add_argument("--stays", type=int, default=STAYS)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--audit-share", type=float, default=AUDIT_SHARE)
    parser.add_argument("--work", type=Path, default=Path("build/large"), help="folder to work in")
    parser.add_argument("--out", type=Path, help="page to write; without it cities are judged only")
    parser.add_argument(
        "--as-judged", action="store_true", help="take results that other code left in the folder"
    )
    parser.add_argument(
        "--from-figures", action="store_true", help="write the page anew from the JSON beside it"
    )
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        asked = _cities(given)[0]
        judge(asked, given.work, states())
        return
    run(given)


def run(given: Namespace) -> None:
    """Judge what is not judged yet, then count and write."""
    out = given.out or Path(PLACE)
    figures = out.with_suffix(".json")
    if not given.from_figures:
        cities = [_city(asked, given) for asked in _cities(given)]
        if not given.out:
            return
        told = counted(cities)
        if not given.seeds and figures.exists():
            told = beside(storing.load(figures), told)
        storing.save(told, figures)
    out.write_text(page(storing.load(figures)), encoding="utf-8")
    console.print(f"Written to {out}.")


def _cities(given: Namespace) -> list[Asked]:
    size = (given.stays, given.months, given.audit_share)
    plain = [Asked(seed, *size) for seed in given.seeds]
    return plain + [Asked(seed, *size, changed=True) for seed in given.changed]


def _city(asked: Asked, given: Namespace) -> City:
    """The result of one city, made where there is none yet."""
    folder = given.work.resolve() / f"seed-{asked.seed}"
    held = read_made(folder, (RECORDS, KEY, HITS))
    same = held.get("asked") == asked.told()
    if not (same and (given.as_judged or held.get("state") == states())):
        console.print(f"seed {asked.seed}: making, learning and judging, a matter of 20 minutes")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _judge_apart(asked, folder)
    return City.load(folder)


def _judge_apart(asked: Asked, folder: Path) -> None:
    """In a process of its own, whose peak memory is its own; city and lake are not kept."""
    which = "--changed" if asked.changed else "--seeds"
    size = [f"--stays={asked.stays}", f"--months={asked.months}"]
    words = [*size, f"--audit-share={asked.audit_share}", f"--work={folder}", "--one"]
    command = [sys.executable, "-m", "bench.large", which, str(asked.seed), *words]
    subprocess.run(command, check=True)  # noqa: S603 - our own command
    for name in ("city", "home"):
        shutil.rmtree(folder / name)


if __name__ == "__main__":
    main()
