"""Screen a whole extract at once, as a Prefect flow.

No history stands behind an extract, so that every record is judged by what was learned
from the others: standards, detectors and, with labels, rankers are made out of fold, and
nobody's records stand on both sides.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from cases.judged import Judged
from claims.errors import DeliveryError, SettingsError
from claims.frozen import VERSION_READ, Frozen
from claims.history import History
from claims.lake import Lake
from claims.settings import Settings
from features.catalogue import CATALOGUES
from features.measure import measure
from features.standards import freeze
from flows import night
from flows.editions import Courses, has_items
from flows.handed import as_it_is
from flows.judging import (
    CONTRIBUTIONS_READ,
    base_measures,
    newest_version,
    switched_off,
    with_standards,
)
from flows.landing import Landed, land_part, parts_of_extract, together
from flows.levels import judge_extract
from flows.ties import tied, with_ties
from flows.training import silent, subjects_of_history
from models.explain import family_sums, top_reasons
from models.groups import GROUP, group_keys, hash_folds
from models.labels import answered
from models.labels import labels as labels_of
from models.train import cross_fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.parts import Nights
    from claims.suites import Validation

PLAIN_NAME = re.compile(r"\w[\w.\-]*")
FOLDS = 5
# An extract is read once, not nightly: its queue holds this share of its records.
SHARE_OF_RECORDS = 0.005
FEWEST_RECORDS = 10


def home_of(settings: Settings, name: str) -> Path:
    """Folder of a screen: its own lake, so that nothing of it mixes with the nights.

    Raises SettingsError for a name that is no plain folder name.
    """
    if not PLAIN_NAME.fullmatch(name):
        raise SettingsError(
            f"A screen cannot be called '{name}'.",
            "Use letters, digits, '-', '_' and '.', beginning with a letter or digit.",
        )
    return settings.home / "screens" / name


def _building(settings: Settings, name: str) -> Path:
    """Where a screen is made, so that an earlier one of its name stands until this is done."""
    return settings.home / "screens-in-work" / home_of(settings, name).name


def _put_in_place(settings: Settings, name: str) -> None:
    done = home_of(settings, name)
    shutil.rmtree(done, ignore_errors=True)
    done.parent.mkdir(parents=True, exist_ok=True)
    _building(settings, name).rename(done)


@task(name="begin", cache_policy=NO_CACHE)
def begin(settings: Settings, path: Path, mapping: Path | None, name: str) -> list[Nights | None]:
    """Make room for a screen made anew; returns the parts in which its extract is landed."""
    shutil.rmtree(_building(settings, name), ignore_errors=True)
    return parts_of_extract(path, mapping)


@task(name="land", cache_policy=NO_CACHE)
def land(
    settings: Settings,
    path: Path,
    part: Nights | None,
    mapping: Path | None,
    name: str,
    on: date,
) -> Landed:
    """Land a part of the extract in a lake of its own."""
    lake = Lake.at(_building(settings, name) / "lake", settings.retention_days)
    return land_part(
        settings, path, part, mapping=mapping, source=name, fallback_night=on, lake=lake
    )


@task(name="validate", cache_policy=NO_CACHE)
def validate(
    settings: Settings, name: str, landed: Landed, part: Nights | None
) -> Validation | None:
    """Say what is wrong with a part of the extract."""
    if landed.admission is None or landed.admission.last is None:
        return None
    from claims.suites import validate as run_suites  # noqa: PLC0415 - its import takes 5 s

    docs = _building(settings, name) / "data_docs"
    if part is not None:
        docs /= f"{part.first:%Y-%m-%d}"
    return run_suites(landed.admission.examined(), night=landed.admission.last, docs=docs)


def _landed_and_checked(
    settings: Settings, path: Path, mapping: Path | None, name: str, on: date
) -> tuple[Landed, list[str]]:
    """Land and validate an extract, a part of it in memory at a time."""
    landed: list[Landed] = []
    checked: list[Validation] = []
    for part in begin(settings, path, mapping, name):
        one = land(settings, path, part, mapping, name, on)
        found = validate(settings, name, as_it_is(one), part)
        checked += [] if found is None else [found]
        landed.append(one.without_rows())
    return together(landed), _lines(settings, name, checked)


def _lines(settings: Settings, name: str, checked: list[Validation]) -> list[str]:
    if not checked:
        return []
    whole = type(checked[0]).of_parts(checked)
    there, here = str(_building(settings, name)), str(home_of(settings, name))
    return [line.replace(there, here) for line in whole.lines()]


@task(name="judge", cache_policy=NO_CACHE)
def judge(
    settings: Settings, lake: Lake, on: date, progress: Callable[[str], None]
) -> dict[str, Judged]:
    """Measure every record with all that is known and judge it out of fold."""
    history = History.of(lake, on)
    outcomes = history.tables["audit_outcomes"].collect()
    version = night.data_version(lake, on)
    ties = tied(history, on)
    found: dict[str, Judged] = {}
    for entity, subjects in subjects_of_history(history).items():
        progress(f"measuring {subjects.height:,} {CATALOGUES[entity].entity.plural}")
        tonight = subjects.with_columns(as_of=pl.lit(on))
        if entity == "stay":
            history = courses_out_of_fold(settings, history, tonight, on, ties)
        base = with_ties(base_measures(history, entity, tonight), ties)
        if base.height >= FEWEST_RECORDS:
            progress(f"judging {base.height:,} {CATALOGUES[entity].entity.plural} out of fold")
            found[entity] = _judged(settings, history, entity, base, outcomes, on, version)
    progress("judging persons, physicians, departments, hospitals and groups")
    return found | judge_extract(lake, history, on, version)


def _judged(
    settings: Settings,
    history: History,
    entity: str,
    base: pl.DataFrame,
    outcomes: pl.DataFrame,
    on: date,
    version: str,
) -> Judged:
    folded, standards = standards_out_of_fold(settings, history, entity, base, on)
    measured = with_standards(history, entity, folded, standards)
    scenario = CATALOGUES[entity].entity.scenario
    told = labels_of(outcomes, as_of=on, subject_type=entity, scenario=scenario)
    fitted = cross_fit(
        measured.frame,
        answered(told, measured.frame, measured.rule_columns),
        folds=FOLDS,
        scenario=scenario,
        entity=entity,
        features=measured.columns,
        rule_columns=measured.rule_columns,
        seed=settings.seed,
        threads=settings.threads,
        as_of=on,
    )
    return Judged(
        catalogue=measured.catalogue,
        measured=measured.frame.drop(GROUP),
        scores=fitted.scores.drop("fold"),
        hits=measured.hits,
        standards=standards,
        top=lambda rows: top_reasons(fitted.explain(rows), CONTRIBUTIONS_READ),
        run_date=on,
        model_version="+".join(bundle.version for bundle in fitted.bundles),
        benchmark_version=newest_version(measured.frame),
        data_version=version,
        sums=lambda rows: family_sums(fitted.explain(rows), measured.catalogue.families()),
    )


def courses_out_of_fold(
    settings: Settings, history: History, stays: pl.DataFrame, on: date, ties: pl.DataFrame
) -> History:
    """Let each stay read what the stays of all other folds hold."""
    if stays.is_empty() or not has_items(history):
        return history
    catalogue = CATALOGUES["stay"]
    context = with_ties(measure(history, catalogue, stays, []), ties)
    fold = pl.Series("fold", hash_folds(group_keys(context, "stay"), FOLDS, settings.seed))
    courses = Courses(history, stays)
    folded = context.select("subject_id").with_columns(fold, version_read=_fold_name(fold))
    editions = [
        courses.edition(folded.filter(fold != one), f"without fold {one}", on)
        for one in range(FOLDS)
    ]
    items, days = (pl.concat(rows) for rows in zip(*editions, strict=True))
    named = folded.select("subject_id", VERSION_READ)
    return history.reading(Frozen.of_frames(items, days, named=named))


def standards_out_of_fold(
    settings: Settings, history: History, entity: str, base: pl.DataFrame, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each record the standards of all folds but its own, and return both."""
    catalogue = CATALOGUES[entity]
    fold = pl.Series("fold", hash_folds(group_keys(base, entity), FOLDS, settings.seed))
    folded = base.with_columns(fold).with_columns(standard_version=_fold_name(fold))
    frozen = [
        freeze(
            base.filter(fold != one),
            catalogue.entity,
            catalogue.measurable(history),
            version=f"without fold {one}",
            on=on,
        )
        for one in range(FOLDS)
    ]
    return folded.drop("fold"), pl.concat(frozen)


def _fold_name(fold: pl.Series) -> pl.Series:
    return "without fold " + fold.cast(pl.String)


@task(name="hand over", cache_policy=NO_CACHE)
def hand_over(run: night.Run, found: dict[str, Judged]) -> dict[str, Any]:
    """Choose, explain and word the unusual records, and publish them."""
    handed = night.hand_over(run, found, night.select_night(run, found))
    night.publish(run, found, None, kind="screen")
    return handed


@flow(name="screen", validate_parameters=False)
def screen(
    settings: Settings,
    path: Path,
    *,
    mapping: Path | None = None,
    name: str | None = None,
    fallback_night: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Judge an extract; returns what landed, what was wrong, what is switched off."""
    called = name or path.resolve().name.split(".")[0]
    today = fallback_night or date.today()  # noqa: DTZ011 - the local calendar day
    tell = progress or silent
    tell("reading and validating the extract")
    landed, checked = _landed_and_checked(settings, path, mapping, called, today)
    if landed.admission is None or landed.admission.last is None:
        raise DeliveryError(f"{path} holds no rows.", "Check the file or the mapping.")
    on = landed.admission.last
    lake = Lake.at(_building(settings, called) / "lake", settings.retention_days)
    found = judge(settings, lake, on, tell)
    tell("explaining")
    run = night.Run(on, lake, _capacity(settings, found), {})
    handed = hand_over(as_it_is(run), as_it_is(found))
    off = switched_off(History.of(lake, on))
    _put_in_place(settings, called)
    return {
        "screen": called,
        "landed": landed.lines(),
        "validated": checked,
        "measured": {entity: item.measured.height for entity, item in found.items()},
        "switched_off": off,
        **handed,
    }


def _capacity(settings: Settings, found: dict[str, Judged]) -> Settings:
    records = max((item.measured.height for item in found.values()), default=0)
    places = max(settings.alerts_per_night, round(records * SHARE_OF_RECORDS))
    return settings.model_copy(update={"alerts_per_night": places})
