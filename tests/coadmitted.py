"""A hospital with a busy ward, and a ring in it: persons who come together again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.history import History
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST = date(2025, 1, 6)
NIGHT = date(2025, 12, 1)
HOUSE, WARD = "H", "W1"
WAVES = (20, 90, 200)
RING = ("r1", "r2", "r3", "r4", "r5")


def stay(person: str, day: int, nights: int = 4, **given: object) -> dict[str, object]:
    """A stay that begins some days after the first."""
    begun = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    return {
        "stay_id": f"{person}-{day}",
        "hospital_id": HOUSE,
        "person_id": person,
        "ward": WARD,
        "admitted_at": begun + timedelta(hours=9),
        "discharged_at": begun + timedelta(days=nights, hours=10),
        "total_amount": 300_000,
        "received_on": begun.date() + timedelta(days=nights + 1),
    } | given


def crowd(persons: int = 150) -> list[dict[str, object]]:
    """Two stays each of people who have nothing to do with one another, spread over the year."""
    return [
        stay(f"p{n:03}", (n * 37 + turn * 131) % 300, nights=3 + (n + turn) % 5)
        for n in range(persons)
        for turn in range(2)
    ]


def ring() -> list[dict[str, object]]:
    """Five persons, three times, in the same ward on the same days."""
    return [stay(person, day) for day in WAVES for person in RING]


def history(
    stays: Iterable[dict[str, object]],
    places: dict[str, str] | None = None,
    until: date = NIGHT,
    /,
    **tables: pl.DataFrame,
) -> History:
    """All that is known: these stays, their persons and those at ``places``, one hospital."""
    rows = list(stays)
    names = sorted({*(str(row["person_id"]) for row in rows), *(places or {})})
    persons = [
        {
            "person_id": name,
            "sex": "F",
            "birth_date": date(1950, 1, 1),
            "scheme": "resident",
            "person_type": "resident",
            "address_hash": (places or {}).get(name, f"home of {name}"),
            "relief": False,
            "received_on": date(2024, 1, 1),
        }
        for name in names
    ]
    house = {"hospital_id": HOUSE, "level": "2", "kind": "general"}
    frames = {
        "stays": frame("stays", rows),
        "persons": frame("persons", persons),
        "hospitals": frame("hospitals", [house | {"received_on": date(2024, 1, 1)}]),
    }
    return History.of_frames(frames | tables, until)


def frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows as a table of the contract; what is not given is null."""
    table = BY_NAME[name]
    full = [dict.fromkeys(table.names) | row for row in rows]
    return pl.DataFrame(full, schema=table.dtypes())
