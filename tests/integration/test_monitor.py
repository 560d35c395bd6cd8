"""The watch on drift on whole nights: quiet where nothing changed, kept once, told by message."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from pydantic import SecretStr

from claims.errors import NotFoundError
from claims.results import DRIFT
from claims.settings import Settings, load_settings
from flows.monitor import monitor
from flows.nightly import nightly
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of
from tests.webhook import PASSWORD, listening

if TYPE_CHECKING:
    from typing import Any

pytestmark = pytest.mark.usefixtures("prefect_server")
FIRST, _, THIRD = NIGHTS


@pytest.fixture(scope="module")
def watched(run_home: Settings) -> Any:
    return monitor(run_home, days=(3, 28))


def test_an_unchanged_city_raises_no_alarm(watched: Any) -> None:
    found = watched["found"]
    assert found.last == THIRD
    assert [one for one in found.all if one.verdict == "moved"] == []
    assert not watched["warned"]
    # Three nights of a small city are too few for its records, and that is said.
    assert any(one.verdict == "few" for one in found.figures[3])


def test_figures_are_kept_as_declared_and_once(run_home: Settings, watched: Any) -> None:
    held = lake_of(run_home).scan(DRIFT.name).collect()
    assert dict(held.schema) == DRIFT.dtypes()
    assert held.select(DRIFT.key).is_unique().all()
    assert set(held["verdict"]) <= set(DRIFT.by_name["verdict"].values or ())
    version = lake_of(run_home).version(DRIFT.name)
    monitor(run_home, days=(3, 28))
    assert lake_of(run_home).version(DRIFT.name) == version


def test_the_reference_is_what_the_model_learned_from(run_home: Settings, watched: Any) -> None:
    reference = lake_of(run_home).scan("reference_stay").collect()
    assert reference.height > 1000
    assert reference.filter(pl.col("as_of") >= FIRST).is_empty()
    assert reference["margin"].null_count() == 0
    assert set(reference["model_version"]) == {watched["found"].models["stay"][0]}


def test_the_page_stands_alone_and_its_data_lies_beside_it(watched: Any) -> None:
    page = Path(watched["page"]).read_text(encoding="utf-8")
    assert "Nothing moved" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page
    # A quiet page too shows where scores lie, before and now.
    shapes = watched["found"].shapes[28]
    assert {(one.entity, one.name) for one in shapes} >= {("use", "margin"), ("use", "anomaly")}
    assert ">uses of consumables</text>" in page
    assert ">margin, which orders the queue</text>" in page
    rows = json.loads(Path(watched["data"]).read_text(encoding="utf-8"))
    assert len(rows) == len(watched["found"].all)


def test_a_home_without_models_is_told_to_train(run_home: Settings, tmp_path: Path) -> None:
    bare = load_settings(home=tmp_path)
    with pytest.raises(NotFoundError):
        monitor(bare)


def test_a_night_tells_its_end_and_an_address_that_fails_does_not_stop_it(
    home: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with listening() as desk:
        told = home.model_copy(
            update={
                "notify": tuple(map(SecretStr, (f"json://x:{PASSWORD}@127.0.0.1:1", desk.address)))
            }
        )
        with caplog.at_level(logging.WARNING):
            report = nightly(told, FIRST)
        (body,) = desk.bodies
    assert f"{FIRST} done" in body["title"]
    assert f"{report['alerts']} doubtful points" in body["message"]
    assert "did not reach" in caplog.text
    assert PASSWORD not in caplog.text
    persons = lake_of(home).scan("alerts").select(pl.col("person_id")).collect()["person_id"]
    assert not any(one and one in body["message"] for one in persons)


def test_a_night_that_stops_tells_so_and_stops_all_the_same(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise NotFoundError("Person 3101 is not there.", "Look again.")

    monkeypatch.setattr("flows.night.measure_night", broken)
    with listening() as desk:
        told = home.model_copy(update={"notify": (SecretStr(desk.address),)})
        with pytest.raises(NotFoundError):
            nightly(told, FIRST)
        (body,) = desk.bodies
    assert "stopped" in body["title"]
    assert "3101" not in body["message"]
