"""Retraining is told in full, gated, repeatable; a past night can be scored again bit for bit."""

from __future__ import annotations

import json
import shutil
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.errors import NotFoundError
from claims.lake import Span
from claims.settings import load_settings
from flows import night as steps
from flows import retraining
from flows.fresh import for_night
from flows.landing import open_lake
from flows.nightly import nightly
from flows.offices import bundles_of, champions, office
from flows.promoting import promote, trail
from flows.rescoring import RescoreError, must_be_same, rescore
from flows.retrain import retrain
from flows.training import assemble, known_on
from flows.unrecorded import must_be_recorded, record_kept
from models import registry
from models.bundle import Bundle
from models.card import JSON_FILE, MARKDOWN_FILE
from models.gates import APART, GATES
from models.labels import answered, labels
from models.registry_client import RegistryError
from tests.conftest import LAST_HISTORY, NIGHTS, TRIALS
from tests.integration.nights import lake_of
from tests.locked import held_by_another_process
from tests.records import SOMEBODY

if TYPE_CHECKING:
    from claims.settings import Settings

pytestmark = pytest.mark.usefixtures("prefect_server")
FIRST, SECOND, THIRD = NIGHTS
ENTITIES = ("stay", "use", "ledger")


@pytest.fixture(scope="module")
def learned(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Any]:
    """A second training of the same night in a copy of the trained city, and its report."""
    return _again(trained_home, tmp_path_factory, seeds=2)


def _again(home: Path, factory: pytest.TempPathFactory, seeds: int) -> tuple[Settings, Any]:
    copy = factory.mktemp("again") / "home"
    shutil.copytree(home, copy)
    settings = load_settings(home=copy, tuning_trials=TRIALS)
    return settings, retrain(settings, LAST_HISTORY, seeds=seeds)


def test_a_second_training_of_the_same_night_makes_the_same_models(
    learned: tuple[Settings, Any], trained_home: Path
) -> None:
    _, report = learned
    for entity in ENTITIES:
        version = report[entity]["version"]
        assert version == registry.champion_version(trained_home, office(entity))
        kept = [(one.action, one.version, one.by.who) for one in trail(trained_home, entity)]
        assert kept == [("took office", version, "retrain")]
        assert registry.versions(trained_home, office(entity)) == [report[entity]["version"]]


@pytest.mark.slow
def test_a_shuffled_delivery_makes_the_same_models(home: Settings, trained_home: Path) -> None:
    """The same rows in another order, in tables made anew."""
    lake = lake_of(home)
    for table in ("stays", "fee_lines", "device_uses", "audit_outcomes", "purchases"):
        rows = lake.scan(table).collect().sample(fraction=1.0, shuffle=True, seed=3)
        parted = rows.with_columns(night_month=pl.col("received_on").dt.strftime("%Y-%m"))
        parted.write_delta(lake.path(table), mode="overwrite")
    made = retrain(home, LAST_HISTORY)
    for entity in ENTITIES:
        before = registry.champion(trained_home, office(entity))
        after = registry.load_version(home.home, office(entity), made[entity]["version"])
        assert before is not None
        assert after.content == before.content


def test_card_pictures_parameters_and_gates_are_kept(learned: tuple[Settings, Any]) -> None:
    settings, report = learned
    made = report["stay"]
    folder = registry.artifacts_of(settings.home, office("stay"), made["version"])
    card = json.loads((folder / JSON_FILE).read_text())
    assert card["content"].startswith(made["version"].split("-")[1])
    assert card["as_of"] == f"{LAST_HISTORY}"
    assert card["data"]["tables"]["stays"] == lake_of(settings).version("stays")
    assert [one["gate"] for one in card["gates"]] == [gate.name for gate in GATES]
    told = {one["name"]: one for one in card["later_audits"]["figures"]}
    assert told["later_auprc"]["low"] <= told["later_auprc"]["value"] <= told["later_auprc"]["high"]
    page = (folder / MARKDOWN_FILE).read_text()
    assert "## Gates" in page
    assert "## Seeds" in page
    for name in ("reliability.svg", "precision-by-capacity.svg"):
        assert ET.parse(folder / name).getroot().tag.endswith("svg")  # noqa: S314 - our own file
    tags = registry.tags_of(settings.home, office("stay"), made["version"])
    assert all(f"gate.{gate.name}" in tags for gate in GATES)


def test_runs_hold_data_versions_and_figures(learned: tuple[Settings, Any]) -> None:
    settings, report = learned
    with closing(sqlite3.connect(settings.home / registry.DATABASE)) as held:
        params = dict(held.execute("select key, value from params").fetchall())
        metrics = dict(held.execute("select key, value from latest_metrics").fetchall())
    assert params["lake.stays"] == f"{lake_of(settings).version('stays')}"
    assert params["data_version"] == steps.data_version(open_lake(settings), LAST_HISTORY)
    assert {"later_auprc", "later_auprc_low", "spread_deviation", "labels"} <= metrics.keys()
    assert report["stay"]["figures"]["spread_seeds"] == 2


def test_a_first_model_that_fails_leaves_the_night_to_rules_and_detectors(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mlflow.db", "mlartifacts", "in-office"):
        _remove(home.home / name)
    monkeypatch.setattr("models.gates.GATES", (_never("never"),))
    report = nightly(home, FIRST)
    assert "failed never; rules and detectors order the queue" in report["notice"]
    assert report["alerts"] > 0
    scores = lake_of(home).scan("scores").filter(pl.col("subject_type") == "stay").collect()
    assert set(scores["score_kind"]) == {"prior"}
    assert registry.champion_version(home.home, office("stay")) is None
    # The next night finds what stands in, and trains nothing.
    versions = registry.versions(home.home, office("stay"))
    again = nightly(home, SECOND)
    assert "rules and detectors order the stay queue" in again["notice"]
    assert registry.versions(home.home, office("stay")) == versions


@pytest.mark.slow
def test_detectors_that_tell_nothing_apart_leave_the_night_to_rules_alone(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mlflow.db", "mlartifacts", "in-office"):
        _remove(home.home / name)
    monkeypatch.setattr("models.gates.GATES", (_never(APART),))
    report = nightly(home, FIRST)
    assert f"failed {APART}; rules alone order the queue" in report["notice"]
    scores = lake_of(home).scan("scores").filter(pl.col("score_kind") == "prior").collect()
    assert set(scores.filter(pl.col("subject_type") == "stay")["anomaly"]) == {0.5}
    alerts = lake_of(home).scan("alerts").collect()
    assert set(alerts["selected_by"]) <= {"rule", "random"}
    assert "rules alone order the stay queue" in nightly(home, SECOND)["notice"]


def _never(name: str) -> Any:
    return replace(GATES[0], name=name, ask=lambda _, __: (False, "It fails."))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def test_a_night_runs_on_the_copy_while_another_program_holds_the_registry(
    home: Settings, run_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    champions(home.home)
    monkeypatch.setattr("models.registry_client.WAIT_SECONDS", 0.2)
    with held_by_another_process(home.home / registry.DATABASE):
        report = nightly(home, FIRST)
    assert "does not answer" in report["notice"]
    assert "the copy of the last model in office was used" in report["notice"]
    alike = [
        lake_of(one)
        .scan("scores")
        .filter(pl.col("run_date") == FIRST)
        .sort("scenario", "subject_id")
        .collect()
        for one in (home, run_home)
    ]
    assert alike[0].equals(alike[1])


def test_a_registry_held_at_the_end_of_a_training_loses_nothing(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers when the training begins, and is held when the first model is to be recorded."""
    monkeypatch.setattr("flows.retrain.ENTITIES", ("stay", "ledger"))
    monkeypatch.setattr("models.registry_client.WAIT_SECONDS", 0.2)
    known = registry.versions(home.home, office("stay"))
    with ExitStack() as held:
        write = retraining.written

        def written(*given: Any) -> Any:
            done = write(*given)
            if given[2].training.entity == "stay":
                held.enter_context(held_by_another_process(home.home / registry.DATABASE))
            return done

        monkeypatch.setattr("flows.retraining.written", written)
        report = retrain(home.model_copy(update={"seed": home.seed + 1}), LAST_HISTORY)
        with pytest.raises(RegistryError):
            record_kept(home.home, SOMEBODY)
    folder = Path(report["stay"]["waits_in"])
    assert Path(report["ledger"]["waits_in"]).is_dir()
    assert json.loads((folder / JSON_FILE).read_text())["content"].startswith(folder.name[5:])
    assert Path(report["stay"]["card"]).is_file()
    with pytest.raises(RegistryError, match="Nothing is lost") as raised:
        must_be_recorded(report)
    assert "jianbao retrain --record" in str(raised.value)
    # Once it answers, all is recorded as the training would have done.
    monkeypatch.undo()
    done = dict(record_kept(home.home, SOMEBODY))
    assert set(done) == {"stay", "ledger"}
    made = done["stay"]
    assert registry.versions(home.home, office("stay")) == [*known, made]
    assert registry.load_version(home.home, office("stay"), made).version in made
    tags = registry.tags_of(home.home, office("stay"), made)
    assert all(f"gate.{gate.name}" in tags for gate in GATES)
    assert (registry.artifacts_of(home.home, office("stay"), made) / MARKDOWN_FILE).is_file()
    assert record_kept(home.home, SOMEBODY) == []


def test_a_training_set_names_groups_and_leaves_out_what_nobody_looked_for(home: Settings) -> None:
    lake = lake_of(home)
    known = known_on(lake, home, LAST_HISTORY)
    training = assemble(lake, known, "stay")
    assert training is not None
    tied = training.measured.join(known.ties, on="person_id", suffix="_known")
    assert tied.filter(pl.col("group_id").ne_missing(pl.col("group_id_known"))).is_empty()
    told = labels(
        known.outcomes, as_of=LAST_HISTORY, subject_type="stay", scenario="hospitalization"
    )
    taught = answered(told, training.measured, training.rule_columns)
    assert training.labels.equals(taught)
    assert training.left_open == told.height - taught.height > 0


@pytest.mark.slow
def test_a_night_without_registry_and_copy_trains_fresh_models(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _remove(home.home / "in-office")
    monkeypatch.setattr("models.registry_client.WAIT_SECONDS", 0.2)
    with held_by_another_process(home.home / registry.DATABASE):
        found = for_night(home, lake_of(home), FIRST, SOMEBODY.at)
        assert set(found.bundles) == set(ENTITIES)
        told = " ".join(found.notices)
        assert "A fresh stay model was trained" in told
        assert "kept beside the registry" in told


@pytest.mark.slow
def test_where_no_file_is_left_one_night_trains_and_the_next_does_not(home: Settings) -> None:
    for name in ("in-office", registry.ARTIFACTS):
        _remove(home.home / name)
    first = for_night(home, lake_of(home), FIRST, SOMEBODY.at)
    told = " ".join(first.notices)
    assert "there is no copy of an earlier model" in told
    assert "A fresh stay model was trained" in told
    again = for_night(home, lake_of(home), FIRST, SOMEBODY.at)
    assert "was trained" not in " ".join(again.notices)
    stood = {entity: made.version for entity, made in first.bundles.items()}
    assert {entity: made.version for entity, made in again.bundles.items()} == stood
    named = bundles_of(home.home, " ".join(f"{one}:{version}" for one, version in stood.items()))
    assert set(named) == set(stood)


def _with_outcomes(settings: Settings, rows: pl.DataFrame) -> None:
    """Put these audits in the place of all others."""
    lake = lake_of(settings)
    held = lake.scan("audit_outcomes").collect()
    span = Span("received_on", held["received_on"].min(), held["received_on"].max())  # type: ignore[arg-type]
    lake.replace("audit_outcomes", rows, span, keys=["outcome_id"])


def _one_class(rows: pl.DataFrame, _: Settings) -> pl.DataFrame:
    return rows.filter(pl.col("outcome") == "confirmed")


def _five(rows: pl.DataFrame, _: Settings) -> pl.DataFrame:
    return rows.sort("outcome_id").head(5)


def _one_hospital(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    stays = lake_of(settings).scan("stays").select("stay_id", "hospital_id").collect()
    named = rows.with_columns(stay_id=pl.col("subject_id").str.split("|").list.first()).join(
        stays, on="stay_id", how="left"
    )
    most = named.drop_nulls("hospital_id")["hospital_id"].mode().sort()[0]
    return named.filter(pl.col("hospital_id") == most).select(rows.columns)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_five, "100 of each are needed. Detectors and rules order the queue."),
        pytest.param(_one_class, "No ranker: ", marks=pytest.mark.slow),
        pytest.param(_one_hospital, "needed", marks=pytest.mark.slow),
    ],
)
def test_poor_labels_leave_a_night_with_what_there_is(
    home: Settings, change: Any, said: str
) -> None:
    rows = lake_of(home).scan("audit_outcomes").collect()
    _with_outcomes(home, change(rows, home))
    for name in ("mlflow.db", "mlartifacts", "in-office"):
        _remove(home.home / name)
    made = retrain(home, LAST_HISTORY)
    assert any(said in note for note in made["stay"]["notes"])
    assert nightly(home, FIRST)["alerts"] > 0


@pytest.mark.slow
def test_a_feature_that_is_null_everywhere_stops_neither_training_nor_night(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_on(lake_of(home), home, LAST_HISTORY)
    training = assemble(lake_of(home), known, "stay")
    assert training is not None
    name = training.features[0]
    lost = training.measured.with_columns(pl.lit(None, pl.Float64).alias(name))

    def assembled(_: Any, __: Any, entity: str) -> Any:
        return replace(training, measured=lost) if entity == "stay" else None

    monkeypatch.setattr("flows.retrain.assemble", assembled)
    made = retrain(home, LAST_HISTORY)
    assert any("empty or constant and were left out" in note for note in made["stay"]["notes"])
    promote(home.home, {"stay": made["stay"]["version"]}, SOMEBODY, "whatever the gates say")
    assert nightly(home, FIRST)["alerts"] > 0


def test_a_past_night_is_scored_again_bit_for_bit_after_all_that_came_later(
    home: Settings,
) -> None:
    nightly(home, FIRST)
    nightly(home, SECOND)
    made = retrain(home, SECOND)
    promote(home.home, {one: made[one]["version"] for one in made}, SOMEBODY, "for the test")
    nightly(home, THIRD)
    before = lake_of(home).versions(["scores", "features_stay", "manifest", "alerts"])
    elsewhere = home.model_copy(update={"alerts_per_night": 7, "random_share": 0.3})
    for on in (FIRST, SECOND):
        found = rescore(elsewhere, on)
        assert found.rows > 0
        assert found.same, found.unlike
        must_be_same(found)
    assert lake_of(home).versions(before) == before


def test_a_night_whose_rules_changed_does_not_pass_for_the_same(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nightly(home, FIRST)
    monkeypatch.setattr("models.start.HIT", 1.0)
    monkeypatch.setattr("models.bundle.Bundle.score", _shifted())
    found = rescore(home, FIRST)
    assert "margin" in found.unlike
    with pytest.raises(RescoreError, match="margin"):
        must_be_same(found)


def _shifted() -> Any:
    usual = Bundle.score
    return lambda bundle, rows: usual(bundle, rows).with_columns(pl.col("margin") + 1.0)


def test_a_night_that_never_was_cannot_be_scored_again(home: Settings) -> None:
    with pytest.raises(NotFoundError, match="Nothing has been published"):
        rescore(home, date(2024, 9, 26))
