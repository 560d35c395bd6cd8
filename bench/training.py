"""How long a retraining of a large city takes, tuning included: writes a page of the docs.

    python -m bench.training --home FOLDER --out docs/how-fast-is-training.md

The city is made and landed once below ``--home`` and found again there. The retraining runs in a
process of its own, as `jianbao retrain` does, with its Prefect server beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import polars as pl

from bench.apart import in_own_process, peak_gigabytes
from bench.pages import deliver
from claims.settings import load_settings
from flows.landing import land_history, open_lake
from flows.retrain import retrain
from flows.training import last_night
from synthetic import generate

if TYPE_CHECKING:
    from claims.settings import Settings

STAYS, MONTHS, SEED, AUDIT_SHARE = 500_000, 18, 32, 0.01
GOAL_MINUTES, GOAL_GB = 20, 8
WHOLE, MEMORY = "whole", "gb"

PAGE = """# How fast is a training

`jianbao retrain` on a synthetic city of {stays:,} stays, {months} months and seed {seed}, of which
past audits saw {share:.0%} of stays and of uses: measure, freeze standards, tune ({trials}
growths of trees a model), train, calibrate, evaluate on later audits, ask the gates, draw and
register, for stays, uses and ledgers, and freeze the standards of persons, houses and groups. This
page is written by

```
.venv/bin/python -m bench.training --home FOLDER --out docs/how-fast-is-training.md
```

Measured on {cores} cores (load of other work when it began: {load:.1f}), {machine},
Python {python}, Polars {polars}, LightGBM {lightgbm}. Seconds are of one machine on one day.

| | |
| --- | --- |
| from start to end | {minutes:.1f} min |
| the goal | {goal} min for 500,000 stays and two scenarios on 2 cores |
| most memory held by the training (its Prefect server apart) | {gb:.1f} GB, of {goal_gb} allowed |
| of the processors, all cores together | {worked:.1f} min |
| learned from | {learned} |

## Where the time goes

| step | min |
| --- | --- |
{steps}

Of a city as large as this one a training measures a draw, and everything audited
([why](decisions/0027-learning-from-a-draw.md)).
"""


def landed(home: Path, stays: int) -> Settings:
    """Make the city and land it, or find it landed already."""
    settings = load_settings(home=home)
    done = home / "landed"
    if not done.exists():
        generate(home / "city", stays=stays, months=MONTHS, seed=SEED, audit_share=AUDIT_SHARE)
        land_history(settings, home / "city", source="city")
        done.touch()
    return settings


def timed(settings: Settings) -> dict[str, float]:
    """Retrain; minutes by step, and what was learned from by kind of subject."""
    began = time.perf_counter()
    marks: list[tuple[str, float]] = []

    def tell(step: str) -> None:
        marks.append((step, time.perf_counter()))

    made = retrain(settings, last_night(open_lake(settings)), tell)
    ends = [*(at for _, at in marks[1:]), time.perf_counter()]
    steps = {step: (end - at) / 60 for (step, at), end in zip(marks, ends, strict=True)}
    learned = {
        f"{what} {entity}": made[entity]["figures"][what]
        for entity in made
        for what in ("records", "labels")
    }
    return {
        **{f"step {name}": minutes for name, minutes in steps.items()},
        **learned,
        WHOLE: (time.perf_counter() - began) / 60,
        "worked": time.process_time() / 60,
        MEMORY: peak_gigabytes(),
    }


def page(found: dict[str, float], stays: int, load: float, trials: int) -> str:
    """The page on these measurements."""
    steps = {
        name.removeprefix("step "): value
        for name, value in found.items()
        if name.startswith("step ")
    }
    return PAGE.format(
        stays=stays, months=MONTHS, seed=SEED, share=AUDIT_SHARE, trials=trials,
        cores=os.cpu_count(), load=load, machine=platform.machine(),
        python=platform.python_version(), polars=pl.__version__, lightgbm=lightgbm.__version__,
        minutes=found[WHOLE], goal=GOAL_MINUTES, gb=found[MEMORY], goal_gb=GOAL_GB,
        worked=found["worked"], learned=_learned(found),
        steps="\n".join(f"| {name} | {value:.1f} |" for name, value in steps.items()),
    )  # fmt: skip


def _learned(found: dict[str, float]) -> str:
    kinds = [name.removeprefix("records ") for name in found if name.startswith("records ")]
    return ", ".join(
        f"{found[f'records {kind}']:,.0f} {kind}s with {found[f'labels {kind}']:,.0f} audits"
        for kind in kinds
    )


def main() -> None:
    """Make the city where there is none, retrain apart, and deliver the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--stays", type=int, default=STAYS)
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    parser.add_argument("--only-land", action="store_true", help="Make the city and stop.")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    settings = landed(given.home, given.stays)
    if given.one:
        print(json.dumps(timed(settings)))  # noqa: T201 - read by the parent
    elif not given.only_land:
        load = os.getloadavg()[0]
        words: list[Any] = ["--home", given.home.resolve(), "--stays", given.stays]
        found = in_own_process("bench.training", *map(str, words))
        deliver(page(found, given.stays, load, settings.tuning_trials), given.out)


if __name__ == "__main__":
    main()
