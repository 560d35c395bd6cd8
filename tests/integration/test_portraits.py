"""Standards, findings and portraits of whole nights: their figures are those of the tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cases.assessment import ESTIMATE
from claims.results import LAYERS
from features.catalogue import CATALOGUES
from flows.command_line import HOME, app
from flows.portrait import portrait_of
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.settings import Settings

THIRD = NIGHTS[-1]


@pytest.fixture
def jianbao(run_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line on the city whose nights were run."""
    monkeypatch.setitem(HOME, "home", run_home.home)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["--home", str(run_home.home), *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def table(settings: Settings, name: str) -> pl.DataFrame:
    """Everything the lake holds of a table."""
    return lake_of(settings).scan(name).collect()


def test_a_reason_says_the_figures_of_the_tables_it_comes_from(run_home: Settings) -> None:
    standards = table(run_home, "standards")
    measured = table(run_home, "features_stay")
    stays = table(run_home, "alerts").filter(pl.col("subject_type") == "stay")
    told = 0
    for alert in stays.to_dicts():
        mine = (pl.col("subject_id") == alert["subject_id"]) & (
            pl.col("run_date") == alert["run_date"]
        )
        (row,) = measured.filter(mine).to_dicts()
        for reason in alert["reasons"]:
            item = CATALOGUES["stay"][reason["feature"]]
            assert reason["value"] == row[item.name]
            assert reason["text_en"].startswith(item.sentence(row[item.name]))
            if reason["n"] is None:
                continue
            same = standards.filter(
                (pl.col("entity") == "stay")
                & (pl.col("feature") == item.name)
                & (pl.col("n") == reason["n"])
                & (pl.col("location") == reason["standard"])
                & (pl.col("p5") == reason["p5"])
                & (pl.col("p95") == reason["p95"])
            )
            assert same.height, reason
            show = item.unit.show
            for zh, text in ((False, reason["text_en"]), (True, reason["text_zh"])):
                figures = (show(reason[name], zh=zh) for name in ("value", "standard", "p5", "p95"))
                assert all(figure in text for figure in figures)
                assert f"{reason['n']:,}" in text
            told += 1
    assert told > 0


def test_every_alert_has_findings_and_each_counts_at_most_its_amount(run_home: Settings) -> None:
    alerts, found = table(run_home, "alerts"), table(run_home, "findings")
    keys = ["run_date", "subject_type", "subject_id"]
    assert alerts.join(found, on=keys, how="anti").is_empty()
    assert found.join(alerts, on=keys, how="anti").is_empty()
    assert found.filter(pl.col("counted") > pl.col("amount")).is_empty()
    silent = found.filter(pl.col("code") == "-")
    assert set(silent["loss_method"]) <= {ESTIMATE}


def test_all_layers_that_have_something_to_say_label_the_nights(run_home: Settings) -> None:
    labels = table(run_home, "tags")
    assert set(labels["layer"]) <= set(LAYERS)
    assert {"fact", "statistical", "rule", "model"} <= set(labels["layer"])
    alerted = table(run_home, "alerts").select("run_date", "subject_id").unique()
    facts = labels.filter(pl.col("tag").str.contains(".fact.", literal=True))
    assert facts.join(alerted, on=["run_date", "subject_id"], how="anti").is_empty()
    known = table(run_home, "audit_outcomes")
    reviewed = labels.filter(pl.col("layer") == "reviewed")
    dated = reviewed.join(known, left_on="version", right_on="outcome_id", suffix="_told")
    assert dated.height == reviewed.height
    assert (dated["received_on"] <= dated["run_date"]).all()


def test_the_portraits_of_a_night_are_those_of_its_stays_and_their_persons(
    run_home: Settings,
) -> None:
    drawn = table(run_home, "portraits").filter(pl.col("run_date") == THIRD)
    stays = table(run_home, "alerts").filter(
        (pl.col("run_date") == THIRD) & (pl.col("subject_type") == "stay")
    )
    held = {kind: set(rows["subject_id"]) for (kind,), rows in drawn.group_by("subject_type")}
    assert held.get("stay", set()) == set(stays["subject_id"])
    assert held.get("person", set()) == set(stays["person_id"].drop_nulls())
    for content in drawn["content"]:
        json.loads(content)


def test_a_stay_drawn_later_stands_where_its_night_saw_it(run_home: Settings) -> None:
    measured = table(run_home, "features_stay").filter(pl.col("run_date") == THIRD)
    subject = measured["subject_id"][0]
    (row,) = measured.filter(pl.col("subject_id") == subject).to_dicts()
    told = portrait_of(run_home, "stay", subject)
    assert told.position
    assert all(one.value == row[one.feature] for one in told.position)


def test_a_portrait_is_printed_and_drawn(jianbao: Any, run_home: Settings, tmp_path: Any) -> None:
    stays = table(run_home, "alerts").filter(pl.col("subject_type") == "stay")
    row = stays.row(0, named=True)
    page = tmp_path / "stay.svg"
    said = jianbao("portrait", "stay", row["subject_id"], "--out", str(page))
    assert row["subject_id"] in said
    assert "people decide" in said
    assert page.read_text(encoding="utf-8").startswith("<svg")
    assert "标签" in jianbao("portrait", "hospital", row["hospital_id"], "--zh")
    assert "Against the standard" in jianbao("portrait", "person", row["person_id"])


def test_the_standard_of_a_group_is_printed_and_equals_its_table(
    jianbao: Any, run_home: Settings
) -> None:
    rows = table(run_home, "standards").filter(
        (pl.col("entity") == "stay") & (pl.col("feature") == "length_of_stay")
    )
    newest = rows.filter(pl.col("version") == pl.col("version").max())
    groups = newest.filter(pl.col("cell").str.contains(r"^[^*|]+\|\*\|\*\|\*$"))
    group = groups.sort("n", "cell").row(-1, named=True)
    drg = group["cell"].split("|")[0]
    told = json.loads(jianbao("standard", drg, "--format", "json"))
    (found,) = [one for one in told["features"] if one["feature"] == "length_of_stay"]
    assert (found["location"], found["n"]) == (group["location"], group["n"])
    assert told["version"] == group["version"]
    lines = jianbao("standard", drg, "--format", "csv").splitlines()
    assert len(lines) == len(told["features"]) + 1
    assert "住院天数" in jianbao("standard", drg, "--zh")
