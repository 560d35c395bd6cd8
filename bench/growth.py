"""How long a city takes to make, and how much memory, as it grows: writes a page of the docs.

    python -m bench.growth --out docs/how-fast-is-the-city.md

Each size is made in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench.apart import in_own_process, peak_gigabytes
from bench.pages import deliver
from synthetic import generate

MONTHS, SEED = 18, 1
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
GOAL_STAYS, GOAL_MINUTES, GOAL_GB = 1_000_000, 10, 4

PAGE = """# How fast is the city

Each city of {months} months and seed {seed} is made in a process of its own and written as Parquet.
This page is written by

```
.venv/bin/python -m bench.growth --stays {sizes} --out docs/how-fast-is-the-city.md
```

Measured on {cores} cores (load of other work when it began: {load:.1f}), Polars {polars}. Seconds
are of one machine on one day; what carries over is how they grow, and the memory.

| stays | fee lines | uses | planned, s | written, s | all, s | stays a s | lines a s | peak, GB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

From {small:,} to {large:,} stays, time grows with the power {power:.2f} of the number of stays
(1 is linear) and memory with the power {memory:.2f}. The goal is {goal:,} stays in {minutes}
minutes below {gb} GB.
"""


def run(stays: int, folder: Path) -> dict[str, float]:
    """Seconds, rows and peak memory of one city."""
    began, planned = time.perf_counter(), [0.0]

    def tell(_share: float, text: str) -> None:
        if "planned" in text:
            planned[0] = time.perf_counter() - began

    summary = generate(folder / "city", stays=stays, months=MONTHS, seed=SEED, progress=tell)
    uses = summary.rows["device_uses"]
    return {
        "stays": summary.rows["stays"], "lines": summary.rows["fee_lines"], "uses": uses,
        "planned": planned[0], "seconds": time.perf_counter() - began, "gb": peak_gigabytes(),
    }  # fmt: skip


def row(one: dict[str, float]) -> str:
    """One line of the table."""
    stays, lines, seconds = one["stays"], one["lines"], one["seconds"]
    return (
        f"| {stays:,.0f} | {lines:,.0f} | {one['uses']:,.0f} | {one['planned']:.0f} "
        f"| {seconds - one['planned']:.0f} | {seconds:.0f} | {stays / seconds:,.0f} "
        f"| {lines / seconds:,.0f} | {one['gb']:.2f} |"
    )


def power(found: list[dict[str, float]], what: str) -> float:
    """Slope of the logarithm of a figure over that of the stays, by least squares."""
    stays, figure = (np.log([one[name] for one in found]) for name in ("stays", what))
    return float(np.polyfit(stays, figure, 1)[0])


def page(found: list[dict[str, float]], asked: list[int], load: float) -> str:
    """The page on these measurements, smallest city first."""
    return PAGE.format(
        months=MONTHS, seed=SEED, sizes=" ".join(map(str, asked)), cores=os.cpu_count(), load=load,
        polars=pl.__version__, rows="\n".join(map(row, found)), small=int(found[0]["stays"]),
        large=int(found[-1]["stays"]), power=power(found, "seconds"), memory=power(found, "gb"),
        goal=GOAL_STAYS, minutes=GOAL_MINUTES, gb=GOAL_GB,
    )  # fmt: skip


def main() -> None:
    """Make the cities that are asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run(given.stays[0], given.one)))  # noqa: T201 - read by the parent
        return
    load, sizes = os.getloadavg()[0], sorted(given.stays)
    found = [in_own_process("bench.growth", "--stays", str(size)) for size in sizes]
    deliver(page(found, sizes, load), given.out)


if __name__ == "__main__":
    main()
