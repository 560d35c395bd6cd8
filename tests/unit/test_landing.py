"""Parting an extract by night loses nothing, and says when it cannot."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.errors import DeliveryError
from flows.landing import source_of, split

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = date(2025, 1, 10)


def _extract(folder: Path, received: list[Any], dtype: pl.DataType) -> Path:
    folder.mkdir()
    rows = pl.DataFrame({"stay_id": [f"S{n}" for n in range(len(received))]})
    nights = pl.Series("received_on", received, dtype=dtype)
    rows.with_columns(nights).write_parquet(folder / "stays.parquet")
    return folder


def _counts(folder: Path) -> tuple[int, dict[str, int]]:
    nights = sorted((folder / "inbox").glob("*/stays.parquet"))
    waiting = {file.parent.name: pl.read_parquet(file).height for file in nights}
    return pl.read_parquet(folder / "history" / "stays.parquet").height, waiting


def test_rows_without_a_night_stay_with_the_history(tmp_path: Path) -> None:
    received = [date(2025, 1, 9), None, date(2025, 1, 11), None]
    path = _extract(tmp_path / "x", received, pl.Date())
    split(path, tmp_path / "history", tmp_path / "inbox", until=UNTIL)
    assert _counts(tmp_path) == (3, {"2025-01-11": 1})


def test_moments_of_one_day_are_one_night(tmp_path: Path) -> None:
    received = [datetime(2025, 1, 10, 23), datetime(2025, 1, 11, 3), datetime(2025, 1, 11, 9)]  # noqa: DTZ001
    path = _extract(tmp_path / "x", received, pl.Datetime("us"))
    nights = split(path, tmp_path / "history", tmp_path / "inbox", until=UNTIL)
    assert nights == [date(2025, 1, 11)]
    assert _counts(tmp_path) == (1, {"2025-01-11": 2})


def test_nights_as_text_are_refused_by_name(tmp_path: Path) -> None:
    path = _extract(tmp_path / "x", ["2025-01-09"], pl.String())
    with pytest.raises(DeliveryError, match=r"stays\.parquet.*'received_on' holds String"):
        split(path, tmp_path / "history", tmp_path / "inbox", until=UNTIL)


def test_an_extract_of_csv_files_is_refused_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text("stay_id\n1\n")
    with pytest.raises(DeliveryError, match=r"no stays\.parquet"):
        split(tmp_path, tmp_path / "history", tmp_path / "inbox", until=UNTIL)


def test_two_extracts_of_one_name_are_two_sources(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "city", tmp_path / "b" / "city"
    assert source_of(first) != source_of(second)
    assert source_of(first) == source_of(tmp_path / "a" / "." / "city")
    assert source_of(first).startswith("city-")
