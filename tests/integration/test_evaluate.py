"""An evaluation of nights that were run: against the key, and by later audits."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from claims.settings import Settings, load_settings
from evaluation.page import page
from evaluation.page_of_audits import page_of_audits
from evaluation.storing import Data
from evaluation.telling import where
from flows import evaluate as evaluating
from flows import measured_again
from flows.evaluate import evaluate
from flows.later_audits import evaluate_on_audits
from flows.offices import champions, office
from flows.published import newest
from models import registry
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)  # with the city and its nights, on a busy machine
LATER = date(2024, 9, 26)


@pytest.fixture(scope="module")
def succeeded(run_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The nights that were run, after another model of stays has taken office."""
    copy = tmp_path_factory.mktemp("evaluated") / "home"
    shutil.copytree(run_home.home, copy)
    before = registry.champion(copy, office("stay"))
    assert before is not None
    made = registry.record(replace(before, trained_as_of=LATER), registry.Papers(), home=copy)
    registry.promote(copy, office("stay"), made)
    return load_settings(home=copy)


@pytest.fixture(scope="module")
def told(succeeded: Settings, truth: Path) -> Data:
    with pytest.MonkeyPatch.context() as patch:
        # One curve on few records is enough to see that it is taught.
        patch.setattr(evaluating, "LEARNED", ("stay",))
        patch.setattr(measured_again, "TRIED_ROWS", 500)
        return evaluate(newest(succeeded), succeeded, truth, lambda _: None)


def test_what_the_nights_scored_is_held_against_the_key(told: Data, run_home: Settings) -> None:
    scored = lake_of(run_home).scan("scores").collect()
    stays = scored.filter(scored["subject_type"] == "stay")["subject_id"].n_unique()
    frame = where(told["kinds"], subject_type="stay")[0]
    assert frame["records"] == stays
    assert 0 < frame["planted"] < stays
    assert told["leaks"] == []
    (by,) = where(told["about"]["scored_by"], subject_type="stay")
    assert by["version"] in {bundle.version for bundle in champions(run_home.home).values()}
    assert by["records"] == stays
    assert told["about"]["nights"]["number"] == len(NIGHTS)
    ours = where(told["capacity"], subject_type="stay", queue="jianbao")
    by_chance = where(told["tested"], subject_type="stay", queue="random")[0]
    assert ours[0]["precision"] > by_chance["precision"]


def test_the_model_that_scored_the_nights_and_gave_way_agrees_with_itself(told: Data) -> None:
    """It is measured and compared anew from the tables of the nights, to the same order."""
    assert told["about"]["last_model"]["stay"]
    for row in where(told["capacity"], subject_type="stay", queue="the last model"):
        assert (row["ahead"], row["ahead_low"], row["ahead_high"]) == (0.0, 0.0, 0.0)


def test_traits_come_from_the_hospital_and_the_person(told: Data) -> None:
    traits = {row["trait"] for row in where(told["rates"], subject_type="stay")}
    assert traits == {"level", "ownership", "district", "scheme", "age"}
    for trait in traits:
        rows = where(told["rates"], subject_type="stay", trait=trait)
        assert sum(row["records"] for row in rows) == told["kinds"][0]["records"]
        assert [row["value"] for row in rows] != ["unknown"]


def test_rankers_are_taught_by_more_and_more_audits(told: Data) -> None:
    rows = where(told["learning"], subject_type="stay")
    audits = sorted({row["audits"] for row in rows})
    assert audits[0] == 0
    assert len(audits) > 1
    assert all(0 < row["auprc"] < 1 for row in rows)


def test_the_page_of_the_nights_is_whole(told: Data) -> None:
    written = page(told)
    assert "http" not in written
    assert "Would more audits help" in written


def test_later_audits_are_those_that_the_models_had_not_learned_from(run_home: Settings) -> None:
    data = evaluate_on_audits(newest(run_home), run_home)
    outcomes = lake_of(run_home).scan("audit_outcomes").collect()
    day = date.fromisoformat(data["about"]["since"].split(", ")[1])
    late = outcomes.filter(outcomes["received_on"] > day)["subject_id"].n_unique()
    assert 0 < sum(row["of"] for row in data["ways"]) <= late
    assert "no usable weight" in page_of_audits(data)
