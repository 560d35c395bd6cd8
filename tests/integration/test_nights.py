"""The night keeps its promises: repeatable, resumable, blind to the future and to the key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.history import History
from claims.lake import Span
from claims.results import ALERTS
from features.subjects import stays_of_history
from flows import night as steps
from flows.fresh import for_night
from flows.judging import base_measures, version_before, with_standards
from flows.manifests import newest_manifest
from flows.nightly import nightly, without_model
from flows.offices import Office, champions
from flows.promoting import promote
from flows.published import find_alert
from flows.retrain import retrain
from flows.training import frozen_standards
from models.explain import explain
from models.start import HIT
from tests.conftest import NIGHTS
from tests.integration.nights import (
    check_same,
    delivered,
    inbox,
    lake_of,
    next_night,
    put,
    written,
)
from tests.records import SOMEBODY

if TYPE_CHECKING:
    from claims.lake import Lake
    from claims.settings import Settings

pytestmark = pytest.mark.usefixtures("prefect_server")
FIRST, SECOND, THIRD = NIGHTS
QUIET_NIGHT = date(2026, 1, 1)


def test_a_night_publishes_scored_and_explained_alerts(run_home: Settings) -> None:
    manifest = newest_manifest(lake_of(run_home))
    alerts = lake_of(run_home).scan("alerts").collect()
    assert manifest["run_date"] == THIRD
    assert alerts.height > 0
    assert set(alerts["scenario"]) == {"hospitalization", "consumables"}
    chosen = alerts.filter(pl.col("selected_by") != "random")
    assert (chosen["reasons"].list.len() >= 1).all()
    assert set(ALERTS.names) == set(alerts.columns)


def test_every_record_of_a_night_has_a_score_and_its_chance_of_being_drawn(
    run_home: Settings,
) -> None:
    lake = lake_of(run_home)
    for entity in ("stay", "use", "ledger"):
        measured = lake.scan(f"features_{entity}").select("run_date", "subject_id").collect()
        scored = lake.scan("scores").filter(pl.col("subject_type") == entity).collect()
        assert scored.join(measured, on=["run_date", "subject_id"], how="anti").is_empty()
        assert scored.height == measured.height
        assert scored["draw_probability"].null_count() == 0


def test_a_record_scores_the_same_alone_in_its_night_and_in_another_batch(
    run_home: Settings,
) -> None:
    lake, bundles = lake_of(run_home), champions(run_home.home)
    history = History.of(lake, THIRD)
    everyone = stays_of_history(history).with_columns(as_of=pl.lit(THIRD))
    tonight = lake.scan("features_stay").filter(pl.col("run_date") == THIRD).collect()
    chosen = tonight["subject_id"].to_list()[:5]

    def scores(subjects: pl.DataFrame) -> pl.DataFrame:
        standards = frozen_standards(lake, THIRD).filter(pl.col("entity") == "stay")
        base = base_measures(history, "stay", subjects)
        named = base.with_columns(standard_version=version_before(standards, "as_of"))
        measured = with_standards(history, "stay", named, standards)
        made = bundles["stay"].score(measured.frame)
        return made.filter(pl.col("subject_id").is_in(chosen)).sort("subject_id")

    alone = pl.concat(
        [scores(everyone.filter(pl.col("subject_id") == one)) for one in sorted(chosen)]
    )
    together = scores(everyone.filter(pl.col("subject_id").is_in(tonight["subject_id"])))
    elsewhere = scores(everyone.filter(pl.col("subject_id").hash(seed=1) % 3 != 0)
                       .vstack(everyone.filter(pl.col("subject_id").is_in(chosen)))
                       .unique("subject_id"))  # fmt: skip
    stored = (
        lake.scan("scores")
        .filter((pl.col("run_date") == THIRD) & pl.col("subject_id").is_in(chosen))
        .sort("subject_id")
        .collect()
    )
    assert alone.equals(together)
    assert alone.equals(elsewhere)
    assert alone["margin"].to_list() == stored["margin"].to_list()
    assert alone["anomaly"].to_list() == stored["anomaly"].to_list()


def test_shap_sums_equal_the_stored_margins(run_home: Settings) -> None:
    lake, bundles = lake_of(run_home), champions(run_home.home)
    found = 0
    for entity, bundle in bundles.items():
        if bundle.ranker is None:
            continue
        run = steps.Run(THIRD, lake, run_home, bundles)
        frame = steps.judge_night(run)[entity].measured
        sums = (
            explain(bundle, frame)
            .filter(pl.col("source") == "ranker")
            .group_by("subject_id")
            .agg(total=pl.col("contribution").sum() + pl.col("base").first())
        )
        stored = lake.scan("scores").filter(pl.col("run_date") == THIRD).collect()
        both = sums.join(stored, on="subject_id")
        assert both.height == frame.height
        assert ((both["total"] - both["margin"]).abs() < 1e-6).all()
        found += 1
    assert found >= 1


def check_sums(lake: Lake, sources: dict[str, str]) -> set[str]:
    """Hold what every dossier keeps against the margin of its alert; the kinds of subjects."""
    raised = lake.scan("alerts").join(lake.scan("dossiers"), on="alert_id").collect()
    for alert in raised.iter_rows(named=True):
        leading, *detectors = json.loads(alert["content"])["adds"]
        added = leading["base"] + sum(one["adds"] for one in leading["families"])
        assert added == pytest.approx(alert["margin"], abs=1e-6)
        assert leading["source"] == sources.get(alert["subject_type"], "distance")
        assert len(detectors) == (2 if alert["subject_type"] in sources else 0)
        told = {one["family"]: one["adds"] for one in leading["families"]}
        if leading["source"] == "prior":
            assert told.get("rules", 0.0) == pytest.approx(HIT * len(alert["rules"]))
        # What orders reasons is a share, and no part of the sum.
        shares = [reason["contribution"] for reason in alert["reasons"]]
        assert leading["source"] == "distance" or all(0 < one <= 1 + 1e-9 for one in shares)
    return set(raised["subject_type"])


def test_what_dossiers_keep_adds_up_to_the_stored_margin(run_home: Settings) -> None:
    sources = {entity: "prior" if bundle.ranker is None else "ranker"
               for entity, bundle in champions(run_home.home).items()}  # fmt: skip
    kinds = check_sums(lake_of(run_home), sources)
    assert "ranker" in {sources.get(entity) for entity in kinds}


def test_it_adds_up_to_the_stored_margin_on_nights_without_a_ranker(home: Settings) -> None:
    """The first nights of a city, and those above the stay."""
    bundles = champions(home.home)
    nightly(home, FIRST)
    unlearned = {entity: replace(bundle, ranker=None) for entity, bundle in bundles.items()}
    run = steps.Run(FIRST, lake_of(home), home, unlearned)
    found = steps.judge_night(run)
    assert steps.hand_over(run, found, steps.select_night(run, found))["alerts"] > 0
    assert {"stay", "use"} <= check_sums(lake_of(home), dict.fromkeys(unlearned, "prior"))


def test_running_a_night_again_changes_no_row(home: Settings) -> None:
    nightly(home, FIRST)
    once, landed = written(home, FIRST), delivered(home)
    versions = lake_of(home).versions(once)
    nightly(home, FIRST)
    check_same(once, written(home, FIRST))
    check_same(landed, delivered(home))
    assert lake_of(home).versions(once) == versions


def test_one_thread_and_two_write_the_same_rows(home: Settings) -> None:
    nightly(home, FIRST)
    program = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from flows.quiet import hush; hush(Path(sys.argv[1]))\n"
        "from claims.settings import load_settings; from flows.landing import open_lake\n"
        "from flows import night; from flows.offices import champions\n"
        "settings = load_settings(home=Path(sys.argv[1]))\n"
        "run = night.Run(date.fromisoformat(sys.argv[2]), open_lake(settings), settings,\n"
        "                champions(settings.home))\n"
        "night.measure_night(run); found = night.judge_night(run)\n"
        "night.hand_over(run, found, night.select_night(run, found))\n"
    )
    before, versions = written(home, FIRST), lake_of(home).versions(written(home, FIRST))
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-c", program, str(home.home), str(FIRST)], check=True, env=environment
    )
    check_same(before, written(home, FIRST))
    assert lake_of(home).versions(before) == versions


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("measure_night", marks=pytest.mark.slow),
        pytest.param("judge_night", marks=pytest.mark.slow),
        "hand_over",
        "publish",
    ],
)
def test_a_night_killed_in_any_step_ends_in_the_same_rows(
    home: Settings, run_home: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(steps, step, killed)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - as a kill would
            nightly(home, FIRST)
    hidden = lake_of(home).has("manifest")
    assert not hidden
    nightly(home, FIRST)
    check_same(written(run_home, FIRST), written(home, FIRST))


def test_later_data_changes_nothing_of_an_earlier_night(home: Settings) -> None:
    nightly(home, FIRST)
    before = written(home, FIRST)
    touched = _change_the_world(home, SECOND)
    nightly(home, SECOND)
    check_same(before, written(home, FIRST))
    nightly(home, FIRST)
    check_same(before, written(home, FIRST))
    again = lake_of(home).scan("scores").filter(pl.col("run_date") == SECOND).collect()
    for what, subject in touched.items():
        assert subject in again["subject_id"].to_list(), what


def _change_the_world(settings: Settings, on: date) -> dict[str, str]:
    """Add to a night a re-sent stay with fewer lines, a death and a new hospital level.

    Returns a stay that each of them touches.
    """
    lake = lake_of(settings)
    tables, earlier = inbox(settings, on), inbox(settings, FIRST)
    resent, bereaved, graded = earlier["stays"].sort("stay_id")["stay_id"].to_list()[:3]
    stay = earlier["stays"].filter(pl.col("stay_id") == resent)
    lines = earlier["fee_lines"].filter(pl.col("stay_id") == resent)
    one = earlier["stays"].filter(pl.col("stay_id") == bereaved)
    place = earlier["stays"].filter(pl.col("stay_id") == graded)["hospital_id"].item()
    hospital = (
        lake.scan("hospitals")
        .filter(pl.col("hospital_id") == place)
        .drop("source", "received_on")
        .with_columns(
            level=pl.when(pl.col("level") == "3").then(pl.lit("2")).otherwise(pl.lit("3"))
        )
        .collect()
    )
    dead = one.select(
        "person_id",
        sex=pl.lit("F"),
        birth_date=pl.lit(date(1950, 1, 1)),
        scheme=pl.lit("employee"),
        person_type=pl.lit("retired"),
        death_date=pl.lit(FIRST),
    )
    put(
        settings,
        on,
        {
            "stays": pl.concat([tables["stays"], stay]).unique("stay_id", keep="last"),
            "fee_lines": pl.concat([tables["fee_lines"], lines.head(3)]).unique("line_id"),
            "hospitals": hospital,
            "persons": dead,
        },
    )
    return {"a re-sent stay": resent, "a death": bereaved, "a new hospital level": graded}


@pytest.mark.parametrize(("on", "trained"), [(SECOND, ["use"]), (FIRST, [])])
def test_a_kind_that_came_later_gets_a_model_once_a_night_has_measured_it(
    run_home: Settings, monkeypatch: pytest.MonkeyPatch, on: date, trained: list[str]
) -> None:
    """Stays and ledgers have champions; uses were measured on the first night alone."""
    held = champions(run_home.home)
    uses = held.pop("use")
    asked: list[str] = []

    def fresh(*given: Any, late: bool) -> tuple[Any, str, bool]:
        entity = given[3]
        assert late
        asked.append(entity)
        return uses, f"A fresh {entity} model was trained.", True

    monkeypatch.setattr("flows.fresh.in_office", lambda *_, **__: Office(held))
    monkeypatch.setattr("flows.fresh._one", fresh)
    found = for_night(run_home, lake_of(run_home), on, SOMEBODY.at)
    assert asked == trained
    assert set(found.bundles) == {*held, *trained}
    assert ("A fresh use model was trained." in found.notices) == bool(trained)


def test_what_no_model_has_learned_of_is_told_as_not_scored() -> None:
    told = without_model({"stay": 10, "use": 1_200, "ledger": 0, "person": 4}, {"stay"})
    (only,) = told
    assert only.startswith("1,200 uses were measured and not scored: no model has learned of any")


def test_an_empty_night_succeeds_with_a_notice(home: Settings) -> None:
    report = nightly(home, QUIET_NIGHT)
    assert "Nothing was delivered" in str(report["notice"])
    assert newest_manifest(lake_of(home))["run_date"] == QUIET_NIGHT


def test_lines_of_an_unknown_stay_wait_and_are_released_with_it(home: Settings) -> None:
    tables = inbox(home, FIRST)
    stay = tables["stays"]["stay_id"].item(0)
    late = tables["stays"].filter(pl.col("stay_id") == stay)
    lines = tables["fee_lines"].filter(pl.col("stay_id") == stay)
    put(home, FIRST, {"stays": tables["stays"].filter(pl.col("stay_id") != stay)})
    nightly(home, FIRST)
    held = lake_of(home).scan("quarantine").filter(pl.col("code") == "unknown_parent").collect()
    assert held.filter(pl.col("table") == "fee_lines").height == lines.height
    second = inbox(home, SECOND)
    put(home, SECOND, {"stays": pl.concat([second["stays"], late])})
    nightly(home, SECOND)
    landed = lake_of(home).scan("fee_lines").filter(pl.col("stay_id") == stay).collect()
    assert landed.height == lines.height
    assert set(landed["received_on"]) == {SECOND}
    assert next_night(FIRST) == SECOND


def test_later_learning_reaches_neither_a_published_night_nor_one_before_it(
    home: Settings,
) -> None:
    nightly(home, FIRST)
    before = written(home, FIRST)
    old = {entity: bundle.version for entity, bundle in champions(home.home).items()}
    learned = retrain(home, THIRD)
    promote(
        home.home, {entity: made["version"] for entity, made in learned.items()}, SOMEBODY, "a test"
    )
    _freeze_late(home, FIRST)
    nightly(home, FIRST)
    check_same(before, written(home, FIRST))

    report = nightly(home, SECOND)
    manifest = newest_manifest(lake_of(home), SECOND)
    assert dict(part.split(":") for part in manifest["model_version"].split()) == old
    assert "For stay, the model of today learned from later nights;" in report["notice"]
    assert "a champion before was used: 1-" in report["notice"]


def _freeze_late(settings: Settings, on: date) -> None:
    """Standards for a night, frozen only after it was published."""
    lake = lake_of(settings)
    late = frozen_standards(lake, THIRD).filter(pl.col("run_date") == pl.col("run_date").max())
    lake.replace(
        "standards",
        late.with_columns(run_date=pl.lit(on), version=pl.lit(f"{on}")),
        Span.night(on),
        keys=["entity", "version", "feature", "cell"],
    )


def test_an_alert_of_a_night_run_out_of_order_is_found(home: Settings) -> None:
    nightly(home, SECOND)
    nightly(home, FIRST)
    alerts = lake_of(home).scan("alerts").filter(pl.col("run_date") == FIRST).collect()
    wanted = alerts["alert_id"].item(0)
    published, alert = find_alert(home, wanted)
    assert alert["alert_id"] == wanted
    assert published.dossier(wanted)["facts"]
