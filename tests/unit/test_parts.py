"""A large extract is read a few of its months at a time."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from claims.parts import Nights, parts_of

JANUARY, FEBRUARY, MARCH = date(2025, 1, 9), date(2025, 2, 3), date(2025, 3, 30)


def _file(folder: Path, name: str, nights: list[date | None]) -> Path:
    path = folder / f"{name}.parquet"
    pl.DataFrame({"received_on": nights}, schema={"received_on": pl.Date}).write_parquet(path)
    return path


def test_months_are_taken_together_as_long_as_they_fit(tmp_path: Path) -> None:
    """The rows of all files count, and a part ends where the nights of its rows end."""
    files = [
        _file(tmp_path, "stays", [JANUARY, FEBRUARY, MARCH, MARCH]),
        _file(tmp_path, "fee_lines", [date(2025, 1, 2), FEBRUARY]),
    ]
    assert parts_of(files, 4) == [Nights(date(2025, 1, 2), FEBRUARY), Nights(MARCH, MARCH)]


def test_a_month_too_large_is_a_part_all_the_same(tmp_path: Path) -> None:
    """A month is the least that is taken in."""
    files = [_file(tmp_path, "stays", [JANUARY, JANUARY, JANUARY, FEBRUARY])]
    assert parts_of(files, 2) == [Nights(JANUARY, JANUARY), Nights(FEBRUARY, FEBRUARY)]


@pytest.mark.parametrize(
    ("nights", "at_once"),
    [([JANUARY, FEBRUARY], 2), ([JANUARY, None, FEBRUARY], 1), ([], 1)],
    ids=["few rows", "a row without its night", "no rows"],
)
def test_what_cannot_or_need_not_be_parted_is_read_whole(
    tmp_path: Path, nights: list[date | None], at_once: int
) -> None:
    """An undated row is dated by all the others, so that it must be read with them."""
    assert parts_of([_file(tmp_path, "stays", nights)], at_once) == []


def test_text_and_damaged_files_are_read_whole(tmp_path: Path) -> None:
    """Whoever reads them says what is wrong with them."""
    good = _file(tmp_path, "stays", [JANUARY, FEBRUARY])
    text = tmp_path / "persons.csv"
    text.write_text("received_on\n2025-01-09\n")
    broken = tmp_path / "fee_lines.parquet"
    broken.write_bytes(good.read_bytes()[:40])
    assert parts_of([good, text], 1) == []
    assert parts_of([good, broken], 1) == []
