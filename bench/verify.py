"""How long `verify` takes on many lines and on a single one: writes a page of the docs.

    python -m bench.verify --out docs/how-fast-is-verify.md

A synthetic city is landed. Its consumable lines are then put forward again under new numbers,
with all that hangs on them, as often as makes the lines asked for: once on the same days and of
the same lots, once each copy on days and of lots of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from bench.apart import in_own_process, peak_gigabytes
from bench.pages import deliver
from claims.proposal import read_proposal
from claims.settings import load_settings
from claims.tables import BY_NAME
from flows.landing import land_history, open_lake
from flows.verify import examine, known_before, next_night
from synthetic import generate

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History
    from claims.settings import Settings
    from flows.verify import Verified

STAYS, MONTHS, SEED = 10_000, 12, 5
LINES = 1_000_000
SINGLE_LOOKS = 5
# What is copied, and which of its numbers become those of the copy: a person is not treated
# in every copy, nor one labelled unit used in each.
COPIED = {
    "fee_lines": ("line_id", "stay_id", "reverses_line_id", "serial"),
    "stays": ("stay_id", "person_id"),
    "device_uses": ("use_id", "stay_id", "serial"),
    "stay_diagnoses": ("stay_id",),
    "stay_procedures": ("stay_id",),
    "persons": ("person_id",),
    "purchases": ("purchase_id", "serial"),
}
# Of the second batch every copy is so much earlier than the one before.
DAYS_EARLIER = 5
NOT_MOVED = ("received_on", "birth_date", "death_date")
GOAL_MINUTES, GOAL_SECONDS = 2, 1

PAGE = """# How fast is verify

A synthetic city of {stays:,} stays, {months} months and seed {seed} was landed: {held:,} fee lines.
Its consumable lines were then put forward again under new numbers, together with their stays,
diagnoses, operations, persons, operation records and purchases, until there were {lines:,} lines of
{fresh:,} new stays, in one folder of Parquet. The other lines of the copied stays (services, drugs)
were not copied, so that a rule which looks for a service finds none there; it is asked all the
same. This page is written by

```
.venv/bin/python -m bench.verify --lines {lines} --out docs/how-fast-is-verify.md
```

Measured on {cores} cores, Polars {polars} with {threads} threads. The load was {load_before:.1f}
just before the first batch and {load_after:.1f} after it; what is above {threads} was other work,
which the seconds contain and the processor time does not. Processor time is summed over the cores:
half of it is the least that two cores of their own would take. All is of one machine on one day.

Copies of one line ask the same of catalogue, invoices and store, and what many uses of one
hospital, article and day ask is worked out once. So that this alone does not make the figures, the
same lines were put forward a second time, every copy {earlier} days earlier than the one before and
of lots of its own.

| what | figure | goal |
| --- | --- | --- |
| read {lines:,} lines and what hangs on them | {read:.1f} s | |
| examine them | {examined:.1f} s | |
| both | {both:.1f} s, {rate:,.0f} lines a second | 1,000,000 in {minutes} minutes |
| processor time of both | {processor:.1f} s | |
| both, days and lots of their own | {spread:.1f} s | 1,000,000 in {minutes} minutes |
| processor time of that | {spread_processor:.1f} s | |
| a single line, the history in memory (median of {looks}) | {single:.2f} s | under {seconds} s |
| peak memory | {gb:.1f} GB | |

Of the lines {clear:,} are clear, {query:,} a query, and {hold:,} recommend to hold; {rules} rules
were asked.
"""


def run(lines: int, stays: int, folder: Path) -> dict[str, float]:
    """Figures of one bench; the folder may hold a landed city already."""
    settings = load_settings(home=folder / "home")
    if not (folder / "home").exists():
        generate(folder / "city", stays=stays, months=MONTHS, seed=SEED)
        land_history(settings, folder / "city", source="city")
    fresh = put_forward(folder / "city", lines, folder / "proposal")
    put_forward(folder / "city", lines, folder / "spread", DAYS_EARLIER)
    lake = open_lake(settings)
    night = next_night(lake)
    known = known_before(lake, night)
    before = os.getloadavg()[0]
    told, read, both, processor = _timed(folder / "proposal", known, night)
    after = os.getloadavg()[0]
    said, gigabytes = dict(told.lines["verdict"].value_counts().iter_rows()), peak_gigabytes()
    _, _, spread, spread_processor = _timed(folder / "spread", known, night)
    return {
        "stays": stays, "lines": told.lines.height, "fresh": fresh, "read": read, "both": both,
        "examined": both - read, "processor": processor, "single": single(settings, folder),
        "spread": spread, "spread_processor": spread_processor, "threads": pl.thread_pool_size(),
        "load_before": before, "load_after": after,
        "held": lake.scan("fee_lines").select(pl.len()).collect().item(), "gb": gigabytes,
        "clear": said.get("clear", 0), "query": said.get("query", 0),
        "hold": said.get("recommend hold", 0), "rules": len(told.asked),
    }  # fmt: skip


def _timed(proposal: Path, known: History, night: date) -> tuple[Verified, float, float, float]:
    """What was said of a batch; seconds to read it and in all, and those of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    delivery = read_proposal(proposal)
    read = time.perf_counter() - began
    told = examine(delivery, known, night)
    return told, read, time.perf_counter() - began, time.process_time() - worked


def put_forward(city: Path, lines: int, into: Path, earlier: int = 0) -> int:
    """Write the proposal; returns how many stays it holds.

    With ``earlier`` each copy is so many days earlier than the one before, of its own lots.
    """
    into.mkdir(parents=True, exist_ok=True)
    bills = _read(city, "fee_lines").filter(pl.col("category") == "consumable")
    many = bills.collect()
    copies = -(-lines // many.height)
    many = _copied(many, copies, COPIED["fee_lines"], earlier).head(lines)
    many.write_parquet(into / "fee_lines.parquet")
    ids = many.select("stay_id").unique()
    for name, columns in COPIED.items():
        if name != "fee_lines":
            rows = _copied(_newest(city, name), copies, columns, earlier)
            if "stay_id" in columns:
                rows = rows.join(ids, on="stay_id", how="semi")
            rows.write_parquet(into / f"{name}.parquet")
    return ids.height


def _newest(city: Path, name: str) -> pl.DataFrame:
    """Each row once, as it was sent last: one night knows no two versions of a row."""
    rows = _read(city, name).sort("received_on")
    return rows.unique(list(BY_NAME[name].key), keep="last", maintain_order=True).collect()


def _read(city: Path, name: str) -> pl.LazyFrame:
    one = city / f"{name}.parquet"
    return pl.scan_parquet([one] if one.exists() else sorted((city / name).glob("*.parquet")))


def _copied(
    rows: pl.DataFrame, copies: int, ids: tuple[str, ...], earlier: int = 0
) -> pl.DataFrame:
    """Rows again and again, each copy under numbers of its own, perhaps on days of its own."""
    own = (*ids, "lot") if earlier and "lot" in rows.columns else ids
    days = cs.temporal() - cs.by_name(*NOT_MOVED, require_all=False)
    return pl.concat(
        rows.with_columns(
            pl.concat_str(pl.col(name), pl.lit(f"c{copy}")) for name in own
        ).with_columns(days - pl.duration(days=earlier * copy))
        for copy in range(copies)
    )


def single(settings: Settings, folder: Path) -> float:
    """Median seconds for one line of a stay that the lake knows, its tables being in memory."""
    path = folder / "one.parquet"
    _read(folder / "city", "fee_lines").filter(pl.col("category") == "consumable").head(
        1
    ).collect().write_parquet(path)
    lake = open_lake(settings)
    night = next_night(lake)
    known = known_before(lake, night).held()
    seconds = []
    for _ in range(SINGLE_LOOKS):
        began = time.perf_counter()
        examine(read_proposal(path), known, night)
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[SINGLE_LOOKS // 2]


def page(found: dict[str, float]) -> str:
    """The page on these measurements."""
    whole = ("threads", "stays", "lines", "fresh", "held", "clear", "query", "hold", "rules")
    figures = {name: int(value) if name in whole else value for name, value in found.items()}
    return PAGE.format(
        **figures, months=MONTHS, seed=SEED, cores=os.cpu_count(),
        polars=pl.__version__, rate=found["lines"] / found["both"], minutes=GOAL_MINUTES,
        seconds=GOAL_SECONDS, earlier=DAYS_EARLIER, looks=SINGLE_LOOKS,
    )  # fmt: skip


def main() -> None:
    """Measure in a process apart and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--stays", type=int, default=STAYS, help="Stays of the landed city.")
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        found = run(given.lines, given.stays, given.one)
        print(json.dumps(found))  # noqa: T201 - read by the parent
        return
    words = ("--lines", str(given.lines), "--stays", str(given.stays))
    deliver(page(in_own_process("bench.verify", *words)), given.out)


if __name__ == "__main__":
    main()
