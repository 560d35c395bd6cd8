"""A lake of made-up cases for the workbench, written through the lake's own door."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.lake import Span
from claims.results import CASES, MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claims.lake import Lake

NIGHT = date(2025, 11, 20)
YESTERDAY = NIGHT - timedelta(days=1)


def case(number: int, **given: Any) -> dict[str, Any]:
    """One case; the higher its number, the lower its priority."""
    row = {
        "run_date": NIGHT,
        "case_id": f"case-{number:06}",
        "scenario": "hospitalization",
        "hospital_id": "H0001",
        "hospital_name": "Riverside Hospital",
        "person_id": f"{number:08x}aabbccdd",
        "about": "person",
        "opened_on": given.get("run_date", NIGHT),
        "alert_ids": [f"alert-{number}"],
        "grade": "yellow",
        "score": 0.5,
        "anomaly": 0.97,
        "amount_at_risk": 123_456,
        "priority": 1_000_000.0 - number,
        "rule_codes": ["H01"],
        "headline_en": f"English sentence {number}",
        "headline_zh": f"中文句子{number}",
    }
    return row | given


def write_cases(lake: Lake, rows: Sequence[dict[str, Any]], night: date = NIGHT) -> None:
    """Write the cases of a night, which nobody can see yet."""
    frame = pl.DataFrame(list(rows), schema=CASES.dtypes()).with_columns(run_date=pl.lit(night))
    lake.replace(CASES.name, frame, Span.night(night), keys=CASES.key)


def publish(lake: Lake, night: date = NIGHT, **given: Any) -> None:
    """Write the manifest row of a night: what is in the lake now becomes visible."""
    versions = lake.versions([CASES.name])
    row = {
        "run_date": night,
        "kind": "night",
        "versions": [{"table": name, "version": number} for name, number in versions.items()],
        "data_version": "d1",
        "model_version": None,
        "benchmark_version": None,
        "switched_off": [],
        "notice": None,
        "published_at": datetime(2025, 11, 21, 5, 12),  # noqa: DTZ001  the lake holds local clocks
    }
    frame = pl.DataFrame([row | given], schema=MANIFEST.dtypes())
    lake.replace(MANIFEST.name, frame, Span.night(night), keys=MANIFEST.key)


def write_night(lake: Lake, rows: Sequence[dict[str, Any]], night: date = NIGHT) -> None:
    """Write and publish a night."""
    write_cases(lake, rows, night)
    publish(lake, night)
