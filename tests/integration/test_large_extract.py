"""An extract that lands part by part leaves the lake that it leaves when it lands whole."""

from pathlib import Path

import polars as pl
import pytest

from claims.admission import Admission
from claims.results import COVERAGE, DATA_FAULTS, QUARANTINE
from claims.settings import Settings, load_settings
from claims.tables import DELIVERED
from flows import landing
from flows.landing import land_history, open_lake
from flows.screen import home_of, screen
from synthetic import generate

STAYS, MONTHS, SEED = 500, 5, 37
ROWS = 10_000
LOST = "line of a stay that comes later"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city, in which a line says that it was known a month before its stay."""
    out = tmp_path_factory.mktemp("large") / "city"
    generate(out, stays=STAYS, months=MONTHS, seed=SEED, audit_share=0.05)
    last = out / "fee_lines.parquet"
    lines = pl.read_parquet(last)
    newest = lines.sort("received_on")["line_id"].item(-1)
    early = pl.when(pl.col("line_id") == newest).then(pl.col("received_on").min())
    lines.with_columns(early.otherwise("received_on").alias("received_on")).write_parquet(last)
    return out


def _landed(home: Path, city: Path) -> tuple[Settings, Admission]:
    settings = load_settings(home=home)
    # Both are to give persons the same pseudonyms.
    settings.key_folder.mkdir(parents=True)
    (settings.key_folder / "pseudonym.key").write_text("5" * 64)
    admission = land_history(settings, city, source="city").admission
    assert admission is not None
    return settings, admission


def test_parts_leave_the_same_lake_and_the_same_account(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, nights, quarantine and counts; the early line waits for its stay and is released."""
    whole, told = _landed(tmp_path / "whole", city)
    monkeypatch.setattr(landing, "ROWS_AT_ONCE", ROWS)
    assert len(landing.parts_of_extract(city, None)) > 2
    parted, account = _landed(tmp_path / "parted", city)
    for table in DELIVERED:
        one, other = (
            open_lake(settings).scan(table.name).collect() for settings in (whole, parted)
        )
        assert one.sort(one.columns).equals(other.sort(one.columns)), table.name
    assert told.quarantine.is_empty()
    assert account.quarantine["status"].to_list() == ["held", "released"]
    kept = {name: one.received for name, one in told.report.tables.items()}
    assert {name: one.received for name, one in account.report.tables.items()} == kept
    assert account.report.tables["fee_lines"].released == 1
    assert (account.first, account.last) == (told.first, told.last)


def test_parts_that_land_again_commit_nothing(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part replaces itself alone."""
    monkeypatch.setattr(landing, "ROWS_AT_ONCE", ROWS)
    settings, _ = _landed(tmp_path / "home", city)
    lake = open_lake(settings)
    names = [one.name for one in (*DELIVERED, QUARANTINE, DATA_FAULTS, COVERAGE)]
    before = lake.versions(names)
    land_history(settings, city, source="city")
    assert lake.versions(names) == before


def test_a_screen_of_a_large_extract_has_a_page_of_each_part(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts are validated one by one, and told as one extract."""
    monkeypatch.setattr(landing, "ROWS_AT_ONCE", ROWS)
    settings = load_settings(home=tmp_path / "home")
    done = screen(settings, city, name="large")
    pages = sorted(home_of(settings, "large").glob("data_docs/*/index.html"))
    assert len(pages) == len(landing.parts_of_extract(city, None))
    met = done["validated"][0]
    assert "expectations met" in met
    assert str(home_of(settings, "large") / "data_docs") in met
    stays = pl.scan_parquet(city / "stays.parquet").select(pl.len()).collect().item()
    assert any(f"stays: {stays:,} received" in line for line in done["landed"])
