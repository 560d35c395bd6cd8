"""The page on how fast lines are verified says what was measured, and on what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from bench.verify import _copied, page, put_forward

if TYPE_CHECKING:
    from pathlib import Path

FOUND = {
    "stays": 10_000.0, "lines": 1_000_000.0, "fresh": 200_000.0, "held": 700_000.0, "read": 4.0,
    "examined": 96.0, "both": 100.0, "processor": 150.0, "single": 0.5, "gb": 3.0,
    "clear": 900_000.0, "query": 60_000.0, "hold": 40_000.0, "rules": 17.0,
    "spread": 110.0, "spread_processor": 160.0, "threads": 2.0,
    "load_before": 3.2, "load_after": 4.1,
}  # fmt: skip


def test_the_page_gives_rate_goal_and_command() -> None:
    said = page(FOUND)
    assert "| both | 100.0 s, 10,000 lines a second | 1,000,000 in 2 minutes |" in said
    assert "--lines 1000000" in said
    assert "The load was 3.2\njust before the first batch" in said
    assert "| both, days and lots of their own | 110.0 s |" in said
    assert "40,000 recommend to hold; 17 rules" in said


def test_copies_can_have_days_and_lots_of_their_own() -> None:
    rows = pl.DataFrame({
        "purchase_id": ["1"], "lot": ["L"], "delivered_on": [date(2025, 3, 20)],
        "received_on": [date(2025, 3, 21)],
    })  # fmt: skip
    copies = _copied(rows, 2, ("purchase_id",), earlier=5)
    assert copies.rows() == [
        ("1c0", "Lc0", date(2025, 3, 20), date(2025, 3, 21)),
        ("1c1", "Lc1", date(2025, 3, 15), date(2025, 3, 21)),
    ]


def test_copies_have_numbers_of_their_own_and_no_stay_too_many(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    seen = {"received_on": ["2025-01-01"] * 2}
    lines = {"line_id": ["1", "2"], "stay_id": ["a", "b"], "category": ["consumable", "drug"],
             "reverses_line_id": [None, None], "serial": ["x", None], **seen}  # fmt: skip
    tables: dict[str, dict[str, Any]] = {
        "fee_lines": lines,
        "stays": {"stay_id": ["a", "b"], "person_id": ["p", "q"], **seen},
        "device_uses": {"use_id": ["1", "2"], "stay_id": ["a", "b"], "serial": ["x", "y"], **seen},
        "stay_diagnoses": {"stay_id": ["a", "b"], "position": [1, 1], **seen},
        "stay_procedures": {"stay_id": ["a", "b"], "position": [1, 1], **seen},
        "persons": {"person_id": ["p", "q"], **seen},
        "purchases": {"purchase_id": ["1", "2"], "serial": ["x", "y"], **seen},
    }
    for name, rows in tables.items():
        schema = {"reverses_line_id": pl.String} if name == "fee_lines" else None
        pl.DataFrame(rows, schema_overrides=schema).write_parquet(city / f"{name}.parquet")
    assert put_forward(city, 3, tmp_path / "batch") == 3
    made = {name: pl.read_parquet(tmp_path / "batch" / f"{name}.parquet") for name in tables}
    assert made["fee_lines"]["line_id"].to_list() == ["1c0", "1c1", "1c2"]
    assert sorted(made["stays"]["stay_id"]) == ["ac0", "ac1", "ac2"]
    assert sorted(made["device_uses"]["serial"]) == ["xc0", "xc1", "xc2"]
    assert made["persons"].height == 6
