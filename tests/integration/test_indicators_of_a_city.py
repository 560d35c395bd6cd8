"""Indicators of a small synthetic city: they add up to the fen, and the command prints them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pytest
from typer.testing import CliRunner

from claims.history import History
from claims.settings import load_settings
from features.indicator_figures import Books
from features.indicators import OF_LINES, RUNGS, SUMS, rolled
from flows.command_line import app
from flows.landing import land_history, open_lake
from synthetic import generate

if TYPE_CHECKING:
    from pathlib import Path

    from claims.settings import Settings

MONTHS, STAYS, SEED = 13, 700, 5
MONTH, UNTIL = date(2024, 12, 1), date(2025, 3, 31)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("indicators")
    generate(home / "city", stays=STAYS, months=MONTHS, seed=SEED)
    settings = load_settings(home=home / "home")
    land_history(settings, home / "city")
    return settings


@pytest.mark.parametrize("classes", [None, ["C020101", "C020102"]])
def test_children_sum_to_their_parent_to_the_fen(city: Settings, classes: list[str] | None) -> None:
    history = History.of(open_lake(city), UNTIL)
    rows = Books.of(history, MONTH).of_class(classes).rows
    for rung, finer in pairwise(RUNGS):
        summed = SUMS if RUNGS.index(finer) <= RUNGS.index("stay") else OF_LINES
        children = rolled(rows, finer).group_by("parent_id").agg(pl.col(summed).sum())
        both = rolled(rows, rung).join(
            children, left_on="subject_id", right_on="parent_id", how="left", suffix="_below"
        )
        for name in summed:
            assert (both[name] == both[f"{name}_below"].fill_null(0)).all(), (rung, name)


def test_the_city_is_the_sum_of_its_fee_lines(city: Settings) -> None:
    history = History.of(open_lake(city), UNTIL)
    books = Books.of(history, MONTH)
    lines = history.current("fee_lines").filter(pl.col("category") == "consumable")
    mine = lines.join(books.stays.lazy().select("stay_id"), on="stay_id", how="semi").collect()
    assert rolled(books.of_class().rows, "city")["amount"].item() == mine["amount"].sum()


def test_the_command_prints_draws_and_writes(
    city: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.command_line.HOME", {})
    page = tmp_path / "ladder.svg"
    asked = ["--home", str(city.home), "indicators", "--month", "2024-12"]
    drawn = CliRunner().invoke(app, [*asked, "--year", "--of", "city", "--out", str(page)])
    assert drawn.exit_code == 0, drawn.output
    assert "the same as city" in drawn.output
    assert page.read_text(encoding="utf-8").startswith("<svg")
    stored = CliRunner().invoke(app, [*asked, "--store"])
    assert stored.exit_code == 0, stored.output
    assert open_lake(city).has("indicators")
