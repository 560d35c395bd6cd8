"""The levels above the stay in the night: in their own time, repeatable, without touching others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.history import History
from claims.lake import Lake, Span
from claims.results import GROUPS
from features.level_subjects import monthly, weekly
from flows import night as steps
from flows.levels import HOUSES, LEVELS, freeze_levels, measure_levels
from flows.training import frozen_standards
from tests.integration.nights import check_same

if TYPE_CHECKING:
    from pathlib import Path

    from claims.settings import Settings

MONDAY, ELEVENTH, PLAIN = date(2024, 9, 9), date(2024, 9, 11), date(2024, 9, 12)


def lake_of(settings: Settings) -> Lake:
    """The lake of these settings."""
    return Lake.at(settings.lake)


def wrote(lake: Lake, on: date) -> dict[str, pl.DataFrame]:
    """What a night wrote about the levels above the stay."""
    names = [*(f"features_{entity}" for entity in LEVELS), "groups", "alerts", "scores", "tags"]
    return {
        name: lake.scan(name).filter(pl.col("run_date") == on).collect()
        for name in names
        if lake.has(name)
    }


def run_steps(settings: Settings, on: date) -> dict[str, int]:
    """Measure, judge and hand over a night's levels, as the night does."""
    lake = lake_of(settings)
    run = steps.Run(on, lake, settings, {})
    counted = measure_levels(lake, run.history(), on)
    found = steps.judge_night(run)
    steps.hand_over(run, found, steps.select_night(run, found))
    return counted


@pytest.fixture(scope="module")
def levels_home(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A city of which a Monday, an eleventh and a plain night were run without models."""
    import shutil  # noqa: PLC0415

    from claims.settings import load_settings  # noqa: PLC0415

    copy = tmp_path_factory.mktemp("levels") / "home"
    shutil.copytree(trained_home, copy)
    settings = load_settings(home=copy)
    lake = lake_of(settings)
    freeze_levels(lake, History.of(lake, date(2024, 9, 1)), date(2024, 9, 1))
    # A night finds what the tables of stays hold, even where only levels are run.
    for name in ("stay", "use", "ledger"):
        lake.replace(
            f"features_{name}",
            pl.DataFrame(schema={"run_date": pl.Date, "subject_id": pl.String}),
            Span.night(MONDAY),
            keys=["run_date", "subject_id"],
        )
    for on in (MONDAY, ELEVENTH, PLAIN):
        run_steps(settings, on)
    return settings


def test_groups_are_looked_at_on_mondays_and_houses_once_a_month() -> None:
    assert weekly(MONDAY)
    assert not weekly(ELEVENTH)
    days = [date(2024, 9, 1) + timedelta(days=day) for day in range(30)]
    assert [day for day in days if monthly(day)] == [ELEVENTH]


def test_each_level_is_measured_in_its_own_time(levels_home: Settings) -> None:
    lake = lake_of(levels_home)
    for entity in HOUSES:
        nights = lake.scan(f"features_{entity}").select("run_date").unique().collect()
        assert nights["run_date"].to_list() == [ELEVENTH], entity
    persons = lake.scan("features_person").select("run_date").unique().collect()
    assert set(persons["run_date"]) == {MONDAY, ELEVENTH, PLAIN}


def test_every_measured_subject_has_a_score_and_alerts_come_from_rules(
    levels_home: Settings,
) -> None:
    lake = lake_of(levels_home)
    scores = lake.scan("scores").collect()
    for entity in ("person", *HOUSES):
        measured = lake.scan(f"features_{entity}").select("run_date", "subject_id").collect()
        scored = scores.filter(pl.col("subject_type") == entity)
        assert measured.join(scored, on=["run_date", "subject_id"], how="anti").is_empty()
        assert scored.height == measured.height
    assert set(scores["score_kind"]) == {"prior"}
    alerts = lake.scan("alerts").collect()
    assert (alerts["rules"].list.len() > 0).all()
    assert alerts.height <= 3 * levels_home.level_alerts_per_night


def test_houses_are_compared_with_standards_frozen_before(levels_home: Settings) -> None:
    lake = lake_of(levels_home)
    standards = frozen_standards(lake, ELEVENTH)
    assert set(standards["entity"]) >= {"person", *HOUSES}
    scores = lake.scan("scores").filter(pl.col("subject_type") == "hospital").collect()
    assert set(scores["benchmark_version"]) == {"2024-09-01"}
    assert (scores["anomaly"] > 0).any()
    hospitals = standards.filter((pl.col("entity") == "hospital") & (pl.col("cell") == "*|*"))
    known = lake.scan("hospitals").select(pl.col("hospital_id").n_unique()).collect().item()
    assert hospitals["n"].max() <= known


def test_a_night_run_again_writes_the_same_and_touches_no_other(levels_home: Settings) -> None:
    lake = lake_of(levels_home)
    before = {on: wrote(lake, on) for on in (MONDAY, ELEVENTH, PLAIN)}
    run_steps(levels_home, ELEVENTH)
    run_steps(levels_home, MONDAY)
    for on, held in before.items():
        check_same(held, wrote(lake, on))


def test_a_night_sees_nothing_of_what_comes_later(levels_home: Settings) -> None:
    """The lake holds two more weeks; a history cut at the night gives the same."""
    lake = lake_of(levels_home)
    history = History.of(lake, ELEVENTH)
    tables = {name: rows.collect() for name, rows in history.tables.items()}
    cut = History.of_frames({name: rows for name, rows in tables.items() if rows.height}, ELEVENTH)
    held = wrote(lake, ELEVENTH)
    measure_levels(lake, cut, ELEVENTH)
    check_same(held, wrote(lake, ELEVENTH))


def test_a_group_table_is_written_on_mondays_alone(levels_home: Settings) -> None:
    lake = lake_of(levels_home)
    rows = lake.scan(GROUPS.name).select(GROUPS.names).collect()
    assert set(rows["run_date"]) <= {MONDAY}
