"""How long the features of a large night take, and what they read of a year: writes a page.

    python -m bench.night --stays 14000 --home FOLDER --out docs/how-fast-is-a-night.md

The city is made once below ``--home`` and found again there. The night is measured in a process
of its own, then step by step in another, then once more with all that is read counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import deltalake
import polars as pl

from bench.apart import in_own_process, peak_gigabytes
from bench.one_night import MONTHS, NIGHT, SEED, lake_of
from bench.pages import deliver
from bench.reading import Tally, watched
from claims.settings import load_settings
from features.catalogue import CATALOGUES
from features.measure import computed
from features.once import sharing
from features.subjects import ledgers_of_night, stays_around, stays_of_night, uses_of_night
from flows.landing import open_lake
from flows.levels import measure_levels
from flows.night import Run, measure_night

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claims.history import History
    from claims.settings import Settings
    from features.declaration import Feature

GOAL_SECONDS, GOAL_STAYS = 60, 14_000
BYTES_PER_MB = 1e6
# Steps and tables that are named on the page.
SHOWN = 12
CPU = " cpu"
PARTS = ("night", "steps", "reading")

PAGE = """# How fast is a night

The features of one night on which {stays:,} stays arrive, with a year of history behind it: a
city of {months} months and seed {seed}, of which all that was received in the last month is
delivered on {night}. It is a fuller night than most: on a tenth the ledgers of the month before are
settled, and on a Monday groups are looked at. This page is written by

```
.venv/bin/python -m bench.night --stays {asked} --home FOLDER --out docs/how-fast-is-a-night.md
```

Measured on {cores} cores (load of other work when it began: {load:.1f}), {machine}, Python
{python}, Polars {polars}, deltalake {delta}. Seconds are of one machine on one day.

| | |
| --- | --- |
| measured (`measure_night`: find the subjects, build and write all features) | {seconds:.0f} s |
| the goal | {goal} s for {goal_stays:,} stays on 2 cores |
| of the processors, all cores together | {worked:.0f} s |
| most memory held | {gb:.1f} GB |
| subjects | {subjects} |

## Where the time goes

Each step by itself, the longest {shown} of {steps}.

| step | s | s of the processors |
| --- | --- | --- |
{slowest}

## What is read of the history

Rows that the lake handed out for the night, in all its steps together, beside what it holds.
Columns and conditions reach the files; "opened" is how many questions were asked of a table. A
table of which a night needs but a part stays below 1 however old the history is.

| table | rows held | of them tonight's | opened | rows handed out, of those held | MB |
| --- | --- | --- | --- | --- | --- |
{reading}
"""


def of_the_night(settings: Settings) -> dict[str, float]:
    """Measure the night as the night shift does; subjects by entity, seconds and memory."""
    watch = Watch()
    with watch.on("night"):
        counted = measure_night(Run(NIGHT, open_lake(settings), settings, {}))
    return {**counted, **watch, "gb": peak_gigabytes()}


class Watch(dict[str, float]):
    """Seconds by the name of a step, those of the clock and, under ``step cpu``, of processors."""

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        """Time what is done inside."""
        began, worked = time.perf_counter(), time.process_time()
        yield
        self[step] = time.perf_counter() - began
        self[f"{step}{CPU}"] = time.process_time() - worked


def by_steps(settings: Settings) -> dict[str, float]:
    """Seconds of each step of the night: its subjects, and every prepared frame of an entity."""
    run, watch = Run(NIGHT, open_lake(settings), settings, {}), Watch()
    history = run.history()
    with watch.on("which stays"):
        stays = stays_of_night(history, run.night)
    with watch.on("which uses"):
        uses = uses_of_night(history, stays, run.night)
    with watch.on("which ledgers"):
        ledgers = ledgers_of_night(history, run.night)
    with watch.on("children of these stays"):
        near = history.focused(stays_around(stays, uses))
    for entity, known, subjects in (
        ("stay", near, stays), ("use", near, uses), ("ledger", history, ledgers),
    ):  # fmt: skip
        _frames(watch, known, entity, subjects)
    with watch.on("persons, houses and groups, found, built and written"):
        measure_levels(run.lake, history, NIGHT)
    return dict(watch)


def _frames(watch: Watch, history: History, entity: str, subjects: pl.DataFrame) -> None:
    """Build every frame of an entity and the features over it, as ``measure`` does."""
    catalogue = CATALOGUES[entity]
    wanted = subjects.lazy().select("subject_id", "as_of").unique()
    features = catalogue.measurable(history)
    with sharing():
        _each_frame(watch, history, entity, wanted, features)


def _each_frame(
    watch: Watch,
    history: History,
    entity: str,
    wanted: pl.LazyFrame,
    features: Sequence[Feature],
) -> None:
    catalogue = CATALOGUES[entity]
    for name in dict.fromkeys(item.over for item in features):
        frame = catalogue.frames[name]
        mine = [item for item in features if item.over == name]
        with watch.on(f"{entity}: {name}"):
            computed(frame.build(history, wanted), mine, single=frame.single).collect()


class Watched(Run):
    """A night that counts what it reads."""

    tally = Tally()

    def history(self) -> History:
        """What is known on this night, counted when it is read."""
        return watched(super().history(), self.tally)


def by_reading(settings: Settings) -> dict[str, float]:
    """Rows held, tonight's, opened, handed out and bytes of each table, as ``table what``."""
    run = Watched(NIGHT, open_lake(settings), settings, {})
    held = Run.history(run).tables
    measure_night(run)
    found: dict[str, float] = {}
    for name, rows in held.items():
        tonight = pl.col("received_on") == NIGHT
        counts = rows.select(held=pl.len(), tonight=tonight.sum()).collect().row(0, named=True)
        counts |= {"opened": run.tally.opened.get(name, 0), "rows": run.tally.rows.get(name, 0)}
        counts["bytes"] = run.tally.size.get(name, 0)
        found |= {f"{name} {what}": float(count) for what, count in counts.items()}
    return found


def page(found: dict[str, dict[str, float]], asked: int, load: float) -> str:
    """The page on these measurements."""
    night, steps = found["night"], found["steps"]
    names = [name for name in steps if not name.endswith(CPU)]
    longest = sorted(names, key=lambda name: -steps[f"{name}{CPU}"])[:SHOWN]
    subjects = ", ".join(f"{int(night[name]):,} {name}s" for name in CATALOGUES if night.get(name))
    return PAGE.format(
        stays=int(found["reading"]["stays tonight"]), months=MONTHS, seed=SEED, night=f"{NIGHT}",
        asked=asked, cores=os.cpu_count(), load=load, machine=platform.machine(),
        python=platform.python_version(), polars=pl.__version__, delta=deltalake.__version__,
        seconds=night["night"], worked=night[f"night{CPU}"], gb=night["gb"],
        goal=GOAL_SECONDS, goal_stays=GOAL_STAYS,
        subjects=subjects, shown=len(longest), steps=len(names),
        slowest="\n".join(
            f"| {name} | {steps[name]:.1f} | {steps[f'{name}{CPU}']:.1f} |" for name in longest
        ),
        reading="\n".join(_reading(found["reading"])),
    )  # fmt: skip


def _reading(found: dict[str, float]) -> list[str]:
    """One line a table that holds rows, the largest first."""
    names = {key.split(" ")[0] for key in found if found[f"{key.split(' ')[0]} held"]}
    return [
        f"| {name} | {found[f'{name} held']:,.0f} | {found[f'{name} tonight']:,.0f} "
        f"| {found[f'{name} opened']:,.0f} "
        f"| {found[f'{name} rows']:,.0f} ({found[f'{name} rows'] / found[f'{name} held']:.2f}) "
        f"| {found[f'{name} bytes'] / BYTES_PER_MB:,.0f} |"
        for name in sorted(names, key=lambda one: (-found[f"{one} held"], one))
    ]


def main() -> None:
    """Make the city where it is missing, measure its night, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=GOAL_STAYS, help="Stays of the night.")
    parser.add_argument("--home", type=Path, required=True, help="Where the city is kept.")
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        parts = dict(zip(PARTS, (of_the_night, by_steps, by_reading), strict=True))
        print(json.dumps(parts[given.part](load_settings(home=given.home))))  # noqa: T201
        return
    lake_of(given.home, given.stays)
    load = os.getloadavg()[0]
    found = {
        part: in_own_process("bench.night", "--home", str(given.home), "--part", part)
        for part in PARTS
    }
    deliver(page(found, given.stays, load), given.out)


if __name__ == "__main__":
    main()
