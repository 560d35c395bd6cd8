"""A first look: a small city, its past learned, its last nights run, its top cases shown."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rich.text import Text

from claims.errors import SettingsError
from flows.backfill import backfill
from flows.demo_people import MARK, show_people
from flows.generate import generate
from flows.indicators import store_month
from flows.ingest import ingest
from flows.published import newest
from flows.retrain import retrain
from flows.showing import show_alerts, show_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console

    from claims.settings import Settings

MONTHS = 15
LAST_NIGHT = date(2025, 3, 31)
NIGHTS = 7
# A real city audits 0.3% to 1% of millions of stays; of 20,000 that would be too few
# labels to train a ranker, so the demonstration city looks three times as hard.
AUDIT_SHARE = 0.03
CASES_SHOWN = 10


def run_demo(
    settings: Settings,
    console: Console,
    *,
    stays: int,
    seed: int,
    working: Callable[[str], AbstractContextManager[Callable[[str], None]]],
    counting: Callable[[str], AbstractContextManager[Callable[[float, str], None]]],
) -> None:
    """Make a city in the data folder and run it; ends with what to type next."""
    _own_folder(settings.home)
    city = settings.home / "city"
    with counting("1/5 generating a city") as tell:
        made = generate(
            city,
            stays=stays,
            months=MONTHS,
            seed=seed,
            audit_share=AUDIT_SHARE,
            progress=tell,
        )
    console.print(
        f"1/5 A city of {made.rows['hospitals']} hospitals: {made.rows['stays']:,} stays,"
        f" {made.rows['fee_lines']:,} fee lines, {made.rows['purchases']:,} purchases,"
        f" {made.rows['audit_outcomes']:,} past audits."
    )
    first = LAST_NIGHT - timedelta(days=NIGHTS - 1)
    until = first - timedelta(days=1)
    with working("2/5 ingesting"):
        report = ingest(settings, city, until=until)
    show_lines(console, "2/5 Ingested", report["landed"])
    with working("3/5 training") as say:
        _show_training(console, retrain(settings, until, say))
    with working("4/5 running") as say:
        reports = backfill(settings, first, LAST_NIGHT, say)
    _show_nights(console, reports)
    with working("5/5 indicators") as say:
        month, rows = store_month(settings, tell=say)
    console.print(f"5/5 Indicators of {month:%Y-%m}: {rows:,} rows\n")
    shown = newest(settings, LAST_NIGHT)
    show_alerts(console, shown.alerts(since=first).to_dicts(), shown.names(), CASES_SHOWN)
    _show_way_on(console, settings, shown.alerts(since=first)["alert_id"].to_list())


def _own_folder(home: Path) -> None:
    """Start in an empty folder, or in one that an earlier demonstration made."""
    found = {path.name for path in home.iterdir()} if home.exists() else set()
    if found - {"prefect"} and MARK not in found:
        raise SettingsError(
            f"The folder {home} holds data that the demonstration did not make.",
            "Name another one: `jianbao --home DIR demo`.",
        )
    for name in found - {"prefect"}:
        _remove(home / name)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _show_training(console: Console, report: dict[str, Any]) -> None:
    console.print(Text("3/5 Trained", style="bold"))
    for entity, made in report.items():
        figures = made["figures"]
        console.print(
            f"  {entity}: {figures['records']:,.0f} records, {figures['labels']:,.0f} audited,"
            f" {figures['confirmed']:,.0f} confirmed; model {made['version']}"
        )
        for note in made["notes"]:
            console.print(f"    {note}", highlight=False)


def _show_nights(console: Console, reports: list[dict[str, Any]]) -> None:
    console.print(Text("4/5 Nights run", style="bold"))
    for report in reports:
        stays = report["measured"]["stay"]
        told = report["notice"] or f"{stays} stays judged, {report['alerts']} doubtful points"
        console.print(f"  {report['night']}: {told}")
    console.print()


def _show_way_on(console: Console, settings: Settings, alerts: list[str]) -> None:
    home = settings.home
    example = alerts[0] if alerts else "ALERT_ID"
    console.print("The machine proposes, people decide: these are doubtful points, not findings.")
    console.print(f"Data Docs of each night: {home / 'data_docs'}/<night>/index.html")
    console.print("To read more here:")
    for command in (
        f"jianbao --home {home} explain {example}",
        f"jianbao --home {home} alerts --date {LAST_NIGHT} --top 20",
    ):
        console.print(f"  .venv/bin/{command}", highlight=False)
    console.print()
    show_people(console, settings)
