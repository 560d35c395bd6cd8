"""An extract with nothing but stays is judged out of fold, and says what it had to do without."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.errors import DeliveryError, SettingsError
from claims.settings import load_settings
from flows.published import newest
from flows.screen import FOLDS, home_of, screen

if TYPE_CHECKING:
    from claims.settings import Settings

pytestmark = pytest.mark.usefixtures("prefect_server")
SPARCS = Path(__file__).parents[3] / "shared/data/sparcs_2020_musculoskeletal.csv.gz"
MAPPING = Path(__file__).parents[2] / "claims/mappings/sparcs_2020.toml"
ON = date(2021, 1, 1)
ROWS, ODD = 400, "S77"

EXTRACT = """
name = "extract"

[tables.stays]
file = "*.csv"
[tables.stays.columns]
stay_id = { rename = "no" }
hospital_id = { rename = "house" }
total_amount = { rename = "charges" }
length_of_stay = { rename = "nights" }
drg = { rename = "group" }
"""


def _extract(folder: Path) -> Path:
    """Four hundred ordinary stays of two groups, and one that cost fifty times as much."""
    draw = random.Random(7)  # noqa: S311 - data for a test
    rows = [
        {
            "no": f"S{number}",
            "house": f"H{number % 7}",
            "charges": f"{draw.lognormvariate(9, 0.3):.2f}",
            "nights": str(draw.randint(2, 9)),
            "group": "A1" if number % 2 else "B2",
        }
        for number in range(ROWS)
    ]
    rows[77] |= {"charges": "412345.67", "nights": "61"}
    path = folder / "extract.csv"
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.fixture(scope="module")
def screened(
    prefect_server: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, dict[str, object]]:
    """The extract, screened; for reading only."""
    return _screened(tmp_path_factory.mktemp("screened"))


def _screened(folder: Path) -> tuple[Settings, dict[str, object]]:
    mapping = folder / "extract.toml"
    mapping.write_text(EXTRACT)
    settings = load_settings(home=folder / "home")
    report = screen(settings, _extract(folder), mapping=mapping, fallback_night=ON)
    return settings, report


def test_the_odd_stay_leads_the_queue_with_its_figures(
    screened: tuple[Settings, dict[str, object]],
) -> None:
    settings, _ = screened
    first = newest(settings, screen="extract").alerts().to_dicts()[0]
    assert first["subject_id"] == ODD
    assert first["score"] is None
    assert first["score_kind"] == "prior"
    told = " ".join(reason["text_en"] for reason in first["reasons"])
    assert "stayed 61.0 d; peers" in told
    assert "cost 412,346 yuan in all; peers" in told


def test_the_report_names_what_is_switched_off_and_no_more(
    screened: tuple[Settings, dict[str, object]],
) -> None:
    _, report = screened
    off = report["switched_off"]
    assert isinstance(off, list)
    names = {name for line in off for name in line.split(": ")[1].split(", ")}
    assert {"rule H01", "rule H02", "rule C02", "rule C05", "rule C10"} <= names
    assert {"stay.test_share", "stay.age", "use.billed_quantity"} <= names
    assert not {"stay.length_of_stay", "stay.total_cost", "stay.cost_per_day"} & names
    assert any("without stays (person_id" in line or "person_id" in line for line in off)


def test_no_record_is_compared_with_itself(
    screened: tuple[Settings, dict[str, object]],
) -> None:
    settings, _ = screened
    published = newest(settings, screen="extract")
    scores = published.rows("scores").collect()
    assert scores.height == ROWS
    assert scores["model_version"].str.split("+").list.len().unique().to_list() == [FOLDS]


def test_a_screen_is_repeatable(
    screened: tuple[Settings, dict[str, object]], tmp_path: Path
) -> None:
    settings, _ = screened
    again, _ = _screened(tmp_path)
    first, second = (newest(one, screen="extract").alerts() for one in (settings, again))
    assert first.equals(second)
    assert not (home_of(again, "extract") / "nights").exists()


@pytest.mark.skipif(not SPARCS.exists(), reason="the public extract is not beside the repository")
def test_the_real_extract_is_screened_whole(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    report = screen(settings, SPARCS, mapping=MAPPING, fallback_night=ON)
    assert report["measured"] == {"stay": 36_631}
    assert "stays: 36,631 received, 36,631 kept" in " ".join(report["landed"])
    alerts = newest(settings, screen=str(report["screen"])).alerts()
    assert alerts.height == report["alerts"]
    chosen = alerts.filter(pl.col("selected_by") == "model")
    assert (chosen["reasons"].list.len() >= 1).all()


@pytest.mark.parametrize("name", ["..", "../precious", "", "a/b", ".hidden"])
def test_a_screen_takes_no_name_that_leads_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be called"):
        home_of(load_settings(home=tmp_path), name)


def test_a_screen_that_fails_leaves_the_earlier_one_of_its_name(
    screened: tuple[Settings, dict[str, object]], tmp_path: Path
) -> None:
    settings, _ = screened
    before = newest(settings, screen="extract").alerts()
    with pytest.raises(DeliveryError):
        screen(settings, tmp_path / "nowhere.csv", name="extract", fallback_night=ON)
    assert newest(settings, screen="extract").alerts().equals(before)
