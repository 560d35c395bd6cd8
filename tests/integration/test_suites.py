"""Great Expectations says the same as the declarations, row by row, and keeps its pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from claims.admission import Admission
from claims.checks import checks_of
from claims.suites import Validation, validate
from claims.tables import BY_NAME
from tests.small_city import Desk, line, sound, stay

NIGHT = date(2025, 3, 7)


def flawed(desk: Desk) -> Admission:
    """A delivery with one fault of most kinds."""
    tables = sound()
    tables["stays"] += [
        stay("S4", total_amount="-1"),
        stay("S5", discharged_at="2025-02-01") | {"hospital_id": None},
        stay("S1"),
    ]
    tables["fee_lines"] += [
        line("S1-3", "S1", category="magic", quantity="-3", amount="-15"),
        line("S1-4", "S1", charged_at=None, unit_price="-5"),
        line("S1-5", "S1", amount="99"),
        line(None, "S1"),  # type: ignore[arg-type]  # a missing key on purpose
        line("X-1", "unknown"),
    ]
    return desk.sort_out(tables, NIGHT)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Admission, Validation]:
    desk = Desk(tmp_path_factory.mktemp("home"))
    admission = flawed(desk)
    docs = desk.home / "data_docs" / f"{NIGHT}"
    return admission, validate(admission.examined(), night=NIGHT, docs=docs, with_rows=True)


def broken(rows: pl.DataFrame, holds: pl.Expr) -> tuple[int, ...]:
    """Positions of the rows that break a condition."""
    return tuple(rows.select(holds.not_().arg_true()).to_series().to_list())


def test_it_finds_the_rows_that_the_constraints_find(
    night: tuple[Admission, Validation],
) -> None:
    admission, validation = night
    compared = 0
    for name, rows in admission.examined().items():
        found = validation.tables[name].rows
        for column, constraint in BY_NAME[name].constraints():
            if column in rows.columns:
                ours = broken(rows, constraint.holds(column))
                assert found.get((column, constraint.code), ()) == ours, (name, column)
                compared += len(ours)
        for check in checks_of(name):
            ours = broken(rows, pl.col(check.code).fill_null(value=True))
            assert found.get((check.column, check.code), ()) == ours, (name, check.code)
            compared += len(ours)
    assert compared >= 8


def test_it_counts_failures_by_code(night: tuple[Admission, Validation]) -> None:
    lines = night[1].tables["fee_lines"]
    assert lines.unexpected["missing_key"] == 1
    assert lines.unexpected["data.unknown_code"] == 1
    assert lines.unexpected["data.amount_not_price_times_quantity"] == 2
    assert night[1].failed > 0
    assert night[1].expectations > night[1].failed
    assert any("data.unknown_code 1" in text for text in night[1].lines())


def test_the_pages_of_a_night_are_kept_and_a_rerun_replaces_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path)
    frames = desk.sort_out(sound(), NIGHT).examined()
    for day in (7, 7, 8):
        on = date(2025, 3, day)
        validation = validate(frames, night=on, docs=tmp_path / "data_docs" / f"{on}")
        assert validation.failed == 0
        assert validation.page.exists()
    pages = sorted((tmp_path / "data_docs").glob("*/validations/stays/**/*.html"))
    assert len(pages) == 2
    assert "no row where the discharge lies before the admission" in pages[0].read_text()
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""


def test_an_empty_night_has_a_page(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    empty = {
        name: frame.clear() for name, frame in desk.sort_out(sound(), NIGHT).examined().items()
    }
    assert validate(empty, night=NIGHT, docs=tmp_path / "data_docs" / "a").failed == 0
    assert validate({}, night=NIGHT, docs=tmp_path / "data_docs" / "b").page.exists()
