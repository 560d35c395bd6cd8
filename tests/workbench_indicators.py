"""Made-up indicators of consumables for the workbench: a city with one article at its foot."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.lake import Span
from claims.results import INDICATORS as TABLE
from tests.workbench_lake import NIGHT

if TYPE_CHECKING:
    from claims.lake import Lake

MONTH = date(2025, 10, 1)
STENT = "C020101X"
# Rung, subject and parent from the city down.
CITY = (
    ("city", "city", None),
    ("district", "Near District", "city"),
    ("district", "Far District", "city"),
    ("hospital", "H0001", "Near District"),
    ("hospital", "H0009", "Far District"),
    ("department", "H0001|Neurology", "H0001"),
    ("department", "H0009|Cardiology", "H0009"),
    ("physician", "H0001|Neurology|D-1", "H0001|Neurology"),
    ("physician_item", f"H0001|Neurology|D-1|{STENT}", "H0001|Neurology|D-1"),
    ("physician_item", "H0001|Neurology|D-1|C070101Y", "H0001|Neurology|D-1"),
)


def crossed(indicator: str, grade: str, value: float, line: float, **more: float) -> dict[str, Any]:
    """A line crossed, or ahead."""
    told = {"indicator": indicator, "grade": grade, "value": value, "line": line}
    return told | {"projected": None, "low": None, "high": None} | more


def figure(rung: str, subject: str, parent: str | None, **given: Any) -> dict[str, Any]:
    """One row of the table `indicators`."""
    told = dict.fromkeys(TABLE.names) | {
        "run_date": NIGHT, "month": MONTH, "period": "month", "class": "*", "rung": rung,
        "subject_id": subject, "parent_id": parent, "amount": 1_234_500, "quantity": 9_000,
        "lines": 9, "implant_lines": 0, "traced_lines": 0, "priced_amount": 0,
        "reference_amount": 0, "selected_quantity": 0, "crossed": [],
    }  # fmt: skip
    if rung != "physician_item":
        told |= {"stays": 9, "oe": 1.02, "expected_amount": 1_200_000_000_000}
    return told | given


def write_figures(lake: Lake, rows: list[dict[str, Any]], night: date = NIGHT) -> None:
    """Write the indicators of a run."""
    frame = pl.DataFrame(rows, schema=TABLE.dtypes()).with_columns(run_date=pl.lit(night))
    lake.replace(TABLE.name, frame, Span.night(night), keys=TABLE.key)
