"""A tiny delivery in plain values: two hospitals, three stays, six lines; all of it sound."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from claims.admission import Admission
from claims.delivery import read_delivery
from claims.intake import admit, land
from claims.lake import Lake
from claims.settings import Settings

Rows = list[dict[str, object]]

HOSPITALS: Rows = [
    {
        "hospital_id": code,
        "name": code,
        "level": "3",
        "kind": "general",
        "ownership": "public",
        "district": "north",
    }
    for code in ("H1", "H2")
]
PERSONS: Rows = [
    {
        "person_id": code,
        "sex": "F",
        "birth_date": "1960-05-01",
        "scheme": "employee",
        "person_type": "working",
    }
    for code in ("P1", "P2")
]


def stay(stay_id: str, hospital_id: str = "H1", **changes: object) -> dict[str, object]:
    """A stay of five days that costs 30 yuan."""
    return {
        "stay_id": stay_id,
        "hospital_id": hospital_id,
        "total_amount": "30.00",
        "person_id": "P1",
        "admitted_at": "2025-03-01 09:00:00",
        "discharged_at": "2025-03-06 10:00:00",
        "settled_on": "2025-03-06",
    } | changes


def line(line_id: str, stay_id: str, **changes: object) -> dict[str, object]:
    """A line of 15 yuan: three units at five yuan."""
    return {
        "line_id": line_id,
        "stay_id": stay_id,
        "reverses_line_id": None,
        "charged_at": "2025-03-02 08:00:00",
        "category": "drug",
        "item_code": "D1",
        "quantity": "3",
        "unit_price": "5.00",
        "amount": "15.00",
    } | changes


def sound() -> dict[str, Rows]:
    """Tables without a fault."""
    return {
        "hospitals": [dict(row) for row in HOSPITALS],
        "persons": [dict(row) for row in PERSONS],
        "stays": [stay("S1"), stay("S2", person_id="P2"), stay("S3", "H2")],
        "fee_lines": [line(f"{s}-{n}", s) for s in ("S1", "S2", "S3") for n in (1, 2)],
    }


def write(
    folder: Path, tables: dict[str, Rows], columns: dict[str, list[str]] | None = None
) -> Path:
    """Write tables of text as CSV files; ``columns`` gives headers for tables without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        names = (columns or {}).get(name) or list(rows[0])
        schema = dict.fromkeys(names, pl.String())
        pl.DataFrame(rows, schema=schema, strict=False).write_csv(folder / f"{name}.csv")
    return folder


class Desk:
    """A lake with its settings, and a short way to take deliveries in."""

    def __init__(self, home: Path) -> None:
        """Open an installation in an empty folder."""
        self.home = home
        self.settings = Settings(home=home)
        self.lake = Lake.at(self.settings.lake)

    def take(self, tables: dict[str, Rows], night: object, **options: object) -> Admission:
        """Write, read, admit and land a delivery of the night."""
        admission = self.sort_out(tables, night, **options)
        land(admission, self.lake)
        return admission

    def sort_out(self, tables: dict[str, Rows], night: object, **options: object) -> Admission:
        """Write, read and admit a delivery without landing it."""
        folder = write(self.home / "inbox" / str(night), tables)
        given = {"source": "city", "night": night} | options
        return admit(read_delivery(folder), lake=self.lake, settings=self.settings, **given)  # type: ignore[arg-type]

    def rows(self, table: str) -> pl.DataFrame:
        """Everything the lake holds of a table."""
        return self.lake.scan(table).collect()
