"""The command line: each command reads as the job it does.

Flows are imported inside the commands, after the libraries behind them were told to be
quiet; that also keeps `jianbao --help` quick.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from claims.errors import DeliveryError, JianbaoError
from claims.settings import Settings, load_settings
from flows.case_commands import register
from flows.evaluate_command import register as register_evaluate
from flows.indicator_commands import register as register_indicators
from flows.monitor_command import register as register_monitor
from flows.office_commands import by_whom
from flows.office_commands import register as register_offices
from flows.quiet import hush
from flows.verify_command import register as register_verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

app = typer.Typer(
    help="Jianbao 鉴保: doubtful hospital stays and consumable uses, ranked and explained.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
users = typer.Typer(help="People who may sign in to the workbench.", no_args_is_help=True)
app.add_typer(users, name="user")
audit = typer.Typer(help="The audit trail of the workbench.", no_args_is_help=True)
app.add_typer(audit, name="audit")
# A file or a pipe has no width of its own; this one leaves room for whole sentences.
PIPE_WIDTH = 150
CLUES_ALONE = "Clues alone for want of data"
BY_HOSPITAL = "Where hospitals leave books out"
console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
complaints = Console(stderr=True)

HOME: dict[str, Path] = {}
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def main() -> None:
    """Run a command; a problem that a person can solve is one message, not a traceback."""
    try:
        app()
    except JianbaoError as error:
        complaints.print(f"[bold]{error.what}[/bold]\n{error.way_out}", highlight=False)
        sys.exit(error.exit_code)


@app.callback()
def prepare(
    home: Annotated[Path | None, typer.Option(help="Folder that holds all data.")] = None,
) -> None:
    """Read the settings and silence what only developers want to see."""
    if home is not None:
        HOME["home"] = home
    hush(_settings().home)


def _settings() -> Settings:
    return load_settings(**HOME)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str], None]]:
    """A line that shows what is being done and for how long; silent when not on a screen."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        job = bar.add_task(title, total=None)
        yield lambda text: bar.update(job, description=f"{title}: {text}")


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    """A bar for work that knows how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        job = bar.add_task(title, total=1.0)
        yield lambda part, text: bar.update(job, completed=part, description=f"{title}: {text}")


@app.command()
def demo(
    stays: Annotated[int, typer.Option(help="Stays of the city.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the city.")] = 20_250_301,
) -> None:
    """Make a small city, train on its past, run its last nights, and show the top cases."""
    _name_home()
    from flows.demo import run_demo  # noqa: PLC0415

    run_demo(_settings(), console, stays=stays, seed=seed, working=_progress, counting=_bar)


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    stays: Annotated[int, typer.Option()] = 20_000,
    months: Annotated[int, typer.Option()] = 15,
    seed: Annotated[int, typer.Option()] = 1,
    audit_share: Annotated[float, typer.Option(help="Share of stays audited.")] = 0.01,
    difficulty: Annotated[list[int] | None, typer.Option(help="1 (plain) to 4 (hidden).")] = None,
    shift_at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the city changes.")
    ] = None,
    shift: Annotated[
        list[str] | None,
        typer.Option(help="What changes: a scheme, hospitals, prices, diagnoses or items."),
    ] = None,
) -> None:
    """Write a synthetic city: tables as hospitals deliver them, and its answer key apart."""
    from flows.generate import generate as flow  # noqa: PLC0415

    began = time.perf_counter()
    with _bar("generating") as tell:
        summary = flow(
            out,
            stays=stays,
            months=months,
            seed=seed,
            audit_share=audit_share,
            difficulty=tuple(difficulty or (1, 2, 3, 4)),
            shift_at=_day(shift_at),
            shifted=tuple(shift or ()),
            progress=tell,
        )
    for table, rows in summary.rows.items():
        console.print(f"  {table}: {rows:,} rows")
    seconds, made = time.perf_counter() - began, summary.rows["stays"]
    console.print(f"{made:,} stays in {seconds:,.0f} s: {made / seconds:,.0f} stays a second.")
    console.print(f"Written to {out}. Take it in with `jianbao ingest {out}`.")


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="Folder of tables, or a file with a mapping.")],
    mapping: Annotated[Path | None, typer.Option(help="Mapping of another format.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Leave later nights in the inbox."),
    ] = None,
) -> None:
    """Take in history; say what was kept, what was refused and why."""
    from claims.delivery import must_be_there  # noqa: PLC0415

    # Before the flow starts its server: a mistyped path deserves its answer at once.
    must_be_there(path)
    from flows.ingest import ingest as flow  # noqa: PLC0415
    from flows.showing import show_lines  # noqa: PLC0415

    with _progress("ingesting"):
        report = flow(_settings(), path, mapping=mapping, until=_day(until))
    show_lines(console, "Landed", report["landed"])
    if report["waiting"]:
        first, last = report["waiting"][0], report["waiting"][-1]
        console.print(f"{len(report['waiting'])} nights wait in the inbox: {first} to {last}.")
        console.print(f"Run them with `jianbao backfill --from {first} --to {last}`.")


@app.command()
def screen(
    path: Annotated[Path, typer.Argument(help="Folder of tables, or a file with a mapping.")],
    mapping: Annotated[Path | None, typer.Option(help="Mapping of another format.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the screen.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Night of an extract without dates."),
    ] = None,
) -> None:
    """Judge a whole extract at once, every record by models that did not see it."""
    from claims.delivery import must_be_there  # noqa: PLC0415

    must_be_there(path)
    from flows.screen import screen as flow  # noqa: PLC0415
    from flows.showing import show_lines  # noqa: PLC0415

    with _progress("screening") as tell:
        report = flow(
            _settings(),
            path,
            mapping=mapping,
            name=name,
            fallback_night=_day(as_of),
            progress=tell,
        )
    show_lines(console, "Landed", report["landed"])
    show_lines(console, "Validated", report["validated"])
    show_lines(console, "Switched off for want of data", report["switched_off"])
    show_lines(console, CLUES_ALONE, report["graded_down"])
    show_lines(console, BY_HOSPITAL, report["by_hospital"])
    measured = ", ".join(f"{count:,} {name}s" for name, count in report["measured"].items())
    console.print(
        f"Judged {measured}; {report['alerts']} doubtful points in {report['cases']} cases."
    )
    console.print(f"See them with `jianbao alerts --screen '{report['screen']}'`.")


@app.command()
def nightly(
    night: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Night to run.")],
    accept: Annotated[
        list[str] | None, typer.Option(help="Let this hospital's delivery pass the gates.")
    ] = None,
) -> None:
    """Run one night; run again, it ends in the same rows."""
    from flows.nightly import nightly as flow  # noqa: PLC0415

    with _progress(f"night of {night:%Y-%m-%d}"):
        report = flow(_settings(), night.date(), frozenset(accept or ()))
    _show_night(report)


def _show_night(report: dict[str, Any]) -> None:
    from flows.showing import show_lines  # noqa: PLC0415

    show_lines(console, f"Night of {report['night']}", report.get("landed", []))
    show_lines(console, "Validated", report.get("validated", []))
    if report.get("notice"):
        console.print(report["notice"])
    show_lines(console, CLUES_ALONE, report.get("graded_down", []))
    show_lines(console, BY_HOSPITAL, report.get("by_hospital", []))
    if "alerts" in report:
        console.print(f"{report['alerts']} doubtful points in {report['cases']} cases.")
        console.print(f"See them with `jianbao alerts --date {report['night']}`.")


@app.command()
def rescore(
    night: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Past night.")],
) -> None:
    """Score a past night again from its recorded versions; say whether the bytes are the same."""
    from flows.rescoring import must_be_same  # noqa: PLC0415
    from flows.rescoring import rescore as again  # noqa: PLC0415

    with _progress(f"night of {night:%Y-%m-%d}, as recorded"):
        found = again(_settings(), night.date())
    console.print(f"{found.rows:,} scores by {found.models}", highlight=False, soft_wrap=True)
    console.print(f"  stored {found.stored}\n  found  {found.found}", highlight=False)
    must_be_same(found)
    console.print("The same, to the last bit.")


@app.command()
def backfill(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
) -> None:
    """Run many nights, oldest first."""
    from flows.backfill import backfill as flow  # noqa: PLC0415

    with _progress("backfill") as tell:
        reports = flow(_settings(), first.date(), last.date(), tell)
    for report in reports:
        told = report.get("notice") or f"{report['alerts']} doubtful points"
        console.print(f"{report['night']}: {told}")


@app.command()
def retrain(
    as_of: Day = None,
    seeds: Annotated[
        int,
        typer.Option(
            help="Train the rehearsal with so many seeds; tell how far its main figure moves."
        ),
    ] = 1,
    trials: Annotated[
        int | None, typer.Option(help="Growths of trees to try; 0 does not tune.", min=0)
    ] = None,
    record: Annotated[  # noqa: FBT002
        bool, typer.Option("--record", help="Record what an earlier training kept; train nothing.")
    ] = False,
) -> None:
    """Train on what is known; the first models take office, later ones wait for `promote`."""
    if record:
        _record_kept()
        return
    from flows.landing import open_lake  # noqa: PLC0415
    from flows.retrain import retrain as flow  # noqa: PLC0415
    from flows.showing_training import show_training  # noqa: PLC0415
    from flows.training import last_night  # noqa: PLC0415
    from flows.unrecorded import must_be_recorded  # noqa: PLC0415

    settings = _settings()
    if trials is not None:
        settings = settings.model_copy(update={"tuning_trials": trials})
    day = _day(as_of) or last_night(open_lake(settings))
    with _progress("training") as tell:
        report = flow(settings, day, tell, seeds)
    show_training(console, report)
    must_be_recorded(report)


def _record_kept() -> None:
    from flows.unrecorded import record_kept  # noqa: PLC0415

    done = record_kept(_settings().home, by_whom())
    for entity, version in done:
        console.print(f"The {entity} model is recorded as {version}.", highlight=False)
    if not done:
        console.print("No training kept a model that waits to be recorded.")


@app.command()
def alerts(
    night: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"])] = None,
    screen_name: Annotated[str | None, typer.Option("--screen", help="Of this screen.")] = None,
    top: Annotated[int, typer.Option(help="How many of each scenario.")] = 10,
    form: Annotated[str, typer.Option("--format", help="table, json, csv or parquet")] = "table",
    out: Annotated[Path | None, typer.Option(help="File for csv and parquet.")] = None,
) -> None:
    """Show the doubtful points of the newest night, of a night, or of a screen."""
    from flows.published import newest  # noqa: PLC0415
    from flows.showing import as_json, show_alerts  # noqa: PLC0415

    shown = newest(_settings(), _day(night), screen_name)
    rows = shown.alerts()
    if form == "table":
        show_alerts(console, rows.to_dicts(), shown.names(), top)
    elif form == "json":
        typer.echo(as_json(rows.to_dicts()))
    elif form in ("csv", "parquet"):
        _write(rows, form, out)
    else:
        raise DeliveryError(f"There is no format '{form}'.", "Use table, json, csv or parquet.")


def _write(rows: Any, form: str, out: Path | None) -> None:  # noqa: ANN401
    from flows.exporting import export  # noqa: PLC0415

    if out is None:
        raise DeliveryError(f"A {form} file needs a name.", f"Add `--out alerts.{form}`.")
    export(rows, form, out)
    console.print(f"{rows.height} doubtful points written to {out}.")


@app.command()
def explain(
    alert_id: Annotated[str | None, typer.Argument(help="As `alerts` shows it.")] = None,
    whole: Annotated[  # noqa: FBT002
        bool, typer.Option("--global", help="The model as a whole, as a page.")
    ] = False,
    entity: Annotated[str, typer.Option(help="stay, use or ledger; with --global.")] = "stay",
    out: Annotated[Path | None, typer.Option(help="Page to write; with --global.")] = None,
) -> None:
    """Show everything that was said about one alert, facts first; or what carries a model."""
    if whole == (alert_id is not None):
        raise DeliveryError(
            "Either an alert or a model is explained.",
            "Type `jianbao explain ALERT_ID` or `jianbao explain --global --entity use`.",
        )
    if alert_id is None:
        _explain_model(entity, out)
        return
    from flows.published import find_alert  # noqa: PLC0415
    from flows.showing import show_explanation  # noqa: PLC0415

    shown, alert = find_alert(_settings(), alert_id)
    show_explanation(console, alert, shown.dossier(alert_id))


def _explain_model(entity: str, out: Path | None) -> None:
    from flows.explain_global import explain_model  # noqa: PLC0415

    with _progress("explaining the model"):
        told, place = explain_model(_settings(), entity, out)
    for one in told.families[:5]:
        console.print(f"  {one.name}: {one.mean:.3f} ({one.low:.3f} to {one.high:.3f})")
    console.print(f"{told.records:,} records explained. The page lies at {place}.")


@app.command()
def workbench(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8000,
) -> None:
    """Open the auditors' desk at http://127.0.0.1:8000."""
    _name_home()
    from workbench.serve import serve as start  # noqa: PLC0415

    start(host, port)


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument()],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[str, typer.Option()] = "auditor",
    district: Annotated[str, typer.Option(help="The only one to be seen; else the city.")] = "",
) -> None:
    """Let a person sign in."""
    _name_home()
    from workbench.serve import add_user as add  # noqa: PLC0415

    add(name, password, role=role, district=district)
    console.print(f"{name} may sign in as {role}. Start the desk with `jianbao workbench`.")


@users.command("password")
def set_password(
    name: Annotated[str, typer.Argument()],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Give a person a new password; whoever is signed in with the old one is signed out."""
    _name_home()
    from workbench.serve import set_password as give  # noqa: PLC0415

    give(name, password)
    console.print(f"{name} has a new password.")


@users.command("demo")
def demo_users() -> None:
    """Give the people of the demonstration a new password, and print it once."""
    _name_home()
    from flows.demo_people import check_made_by_demo, show_people  # noqa: PLC0415

    check_made_by_demo(_settings().home)
    show_people(console, _settings())


@audit.command("verify")
def verify() -> None:
    """Prove that no entry of the audit trail was changed, removed or cut off."""
    _name_home()
    from workbench.serve import verify_trail  # noqa: PLC0415

    proof = verify_trail()
    console.print(f"{proof.entries:,} entries, all whole. Last seal: {proof.seal}")


@audit.command("packet")
def packet(
    path: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
) -> None:
    """Prove that an evidence packet is what left this house, letter by letter."""
    _name_home()
    from workbench.serve import check_packet  # noqa: PLC0415

    found = check_packet(path)
    console.print(f"Unchanged: case {found.case_id}, entry {found.entry} of the trail.")


@app.command()
def outcomes(
    night: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Night they come with.")],
) -> None:
    """Hand over to the lake what auditors decided, so that the next retraining learns from it."""
    _name_home()
    from flows.outcomes import land_outcomes  # noqa: PLC0415
    from workbench.serve import hand_over  # noqa: PLC0415

    count = land_outcomes(_settings(), night.date(), hand_over)
    console.print(f"{count:,} outcomes came with the night of {night.date()}.")


def _name_home() -> None:
    """Django reads its own settings, so it is told by the environment where the data lies."""
    os.environ["JIANBAO_HOME"] = str(_settings().home)


@app.command()
def serve() -> None:
    """Keep the schedules of prefect.yaml running in this process."""
    # Here nobody watches the screen for results; the log is what is read.
    os.environ["PREFECT_LOGGING_LEVEL"] = "INFO"
    from flows.serving import serve as run  # noqa: PLC0415

    run(_settings())


@app.command()
def catalog(
    out: Annotated[Path | None, typer.Option(help="File to write; else the screen.")] = None,
) -> None:
    """Print tables, features, rules and schemes as a page."""
    from flows.catalogue_page import page  # noqa: PLC0415

    if out is None:
        typer.echo(page())
    else:
        out.write_text(page(), encoding="utf-8")
        console.print(f"Written to {out}.")


@app.command()
def city(
    data: Annotated[Path, typer.Option(help="Folder that `generate` wrote.")],
    out: Annotated[Path, typer.Option(help="Page to write; its pictures go beside it.")],
    stays: Annotated[int, typer.Option(help="As `generate` was given it.")] = 100_000,
    months: Annotated[int, typer.Option(help="As `generate` was given it.")] = 18,
    seed: Annotated[int, typer.Option(help="As `generate` was given it.")] = 20_250_611,
) -> None:
    """Hold a synthetic city against what is known of real ones; write the page about it."""
    from flows.city_page import city_page  # noqa: PLC0415

    with _progress("measuring the city"):
        held, outside = city_page(data, out, stays=stays, months=months, seed=seed)
    console.print(f"{held} anchors held, {outside} outside their range. Written to {out}.")


register(app, console, _settings)
register_evaluate(app, console, _settings, _progress)
register_indicators(app, console, _settings, _progress)
register_verify(app, console, _settings)
register_monitor(app, console, _settings, _progress)
register_offices(app, console, _settings)

if __name__ == "__main__":
    main()
