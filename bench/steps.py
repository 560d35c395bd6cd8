"""Time the steps of the main job on cities of growing size, and print them as ratios.

    python -m bench.steps --stays 5000 10000 20000

Each size runs in a process of its own, so that its peak memory is its own. A step that
grows linearly keeps its seconds per 1,000 stays from line to line.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from bench.apart import in_own_process, peak_gigabytes
from claims.history import History
from claims.settings import load_settings
from flows import night
from flows.judging import base_measures
from flows.landing import land_history, open_lake
from flows.training import learn, subjects_of_history
from synthetic import generate

MONTHS, SEED = 12, 5
LAST = date(2024, 12, 20)


def run(stays: int, home: Path) -> dict[str, float]:
    """Seconds of each step for a city of this many stays, and peak memory in GB."""
    settings = load_settings(home=home)
    seconds: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        seconds[name] = time.perf_counter() - began

    began = time.perf_counter()
    generate(home / "city", stays=stays, months=MONTHS, seed=SEED)
    timed("generate", began)
    began = time.perf_counter()
    land_history(settings, home / "city", source="city")
    timed("ingest", began)
    lake = open_lake(settings)
    history = History.of(lake, LAST)
    began = time.perf_counter()
    for entity, subjects in subjects_of_history(history).items():
        base_measures(history, entity, subjects)
    timed("measure all", began)
    began = time.perf_counter()
    learned = learn(lake, settings, LAST)
    timed("train", began)
    began = time.perf_counter()
    one = night.Run(LAST + timedelta(days=1), lake, settings, learned.bundles)
    night.measure_night(one)
    found = night.judge_night(one)
    night.hand_over(one, found, night.select_night(one, found))
    timed("one night", began)
    return seconds | {"peak GB": peak_gigabytes()}


def main() -> None:
    """Run the sizes that are asked for and print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, nargs="+", default=[5_000, 10_000, 20_000])
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run(given.stays[0], given.one)))  # noqa: T201 - read by the parent
        return
    show({size: in_own_process("bench.steps", "--stays", str(size)) for size in given.stays})


def show(found: dict[int, dict[str, float]]) -> None:
    """Print seconds per 1,000 stays of each step and size, and peak memory."""
    table = Table(title=f"Seconds per 1,000 stays (Polars {pl.__version__})")
    table.add_column("step")
    for size in found:
        table.add_column(f"{size:,} stays", justify="right")
    for name in next(iter(found.values())):
        per = [
            f"{one[name]:.2f}" if name == "peak GB" else f"{one[name] * 1000 / size:.3f}"
            for size, one in found.items()
        ]
        table.add_row(name, *per)
    Console().print(table)


if __name__ == "__main__":
    main()
