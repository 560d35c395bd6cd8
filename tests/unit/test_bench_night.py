"""The page on the speed of a night says what was measured, and the night is one delivery."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from bench.night import page
from bench.one_night import NIGHT, UNTIL, gather
from tests.worlds import frames

READING = {"held": 1_000.0, "tonight": 100.0, "opened": 2.0, "rows": 250.0, "bytes": 3e6}


def reading(*tables: str) -> dict[str, float]:
    """What was read of some tables, of all the same."""
    return {f"{name} {what}": value for name in tables for what, value in READING.items()}


def test_the_page_gives_seconds_memory_and_what_was_read_of_what_is_held() -> None:
    said = page(
        {
            "night": {"stay": 15_000.0, "use": 900.0, "night": 31.4, "night cpu": 52.0, "gb": 2.5},
            "steps": {"which stays": 0.5, "which stays cpu": 0.6, "uses": 9.0, "uses cpu": 11.0},
            "reading": reading("stays", "fee_lines"),
        },
        asked=14_000,
        load=0.1,
    )
    assert "100 stays arrive" in said
    assert "| 31 s |" in said
    assert "| 2.5 GB |" in said
    assert "15,000 stays, 900 uses" in said
    assert "| fee_lines | 1,000 | 100 | 2 | 250 (0.25) | 3 |" in said
    assert "all cores together | 52 s |" in said
    assert said.index("| uses | 9.0 | 11.0 |") < said.index("| which stays | 0.5 | 0.6 |")


def test_all_that_came_after_a_day_comes_in_one_night_each_row_as_sent_last(tmp_path: Path) -> None:
    early, first, last = (date(2024, 12, 3), date(2025, 1, 3), date(2025, 1, 9))
    assert early <= UNTIL < first
    tables = frames(
        stays=f"""
            stay_id | hospital_id | total_amount | received_on
            old     | H           | 1            | {early}
            new     | H           | 2            | {first}
            new     | H           | 3            | {last}
        """,
        fee_lines=f"""
            line_id | stay_id | amount | received_on
            o1      | old     | 1      | {early}
            o2      | old     | 1      | {last}
            n1      | new     | 1      | {first}
            n2      | new     | 2      | {last}
        """,
    )
    made, city = tmp_path / "made", tmp_path / "city"
    made.mkdir()
    for name, rows in tables.items():
        rows.write_parquet(made / f"{name}.parquet")
    gather(made, city)
    stays, lines = (
        pl.read_parquet(city / f"{name}.parquet").select(key, amount, "received_on").sort(key)
        for name, key, amount in (
            ("stays", "stay_id", "total_amount"), ("fee_lines", "line_id", "amount"),
        )
    )  # fmt: skip
    assert stays.rows() == [("new", 300, NIGHT), ("old", 100, early)]
    assert lines.rows() == [("n2", 200, NIGHT), ("o1", 100, early), ("o2", 100, NIGHT)]
