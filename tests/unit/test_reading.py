"""A night asks the history for what it needs, however long the history is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from bench.reading import Tally, watched
from claims.history import History
from features.catalogue import STAYS, USES
from features.measure import measure
from features.subjects import Night, ledgers_of_night, stays_around, stays_of_night, uses_of_night
from tests.worlds import frames

NIGHT = Night(date(2025, 3, 20), reopen_days=60)
YEARS = ("2024-03", "2024-06", "2024-09")
LARGE = ("fee_lines", "stay_diagnoses")


def stay(name: str, month: str) -> str:
    """One stay of a month."""
    days = f"{month}-01 09:00 | {month}-09 09:00"
    return f"{name} | {name} | H | W | D | J18.9 | {days} | 100 | {month}-20"


def lines(name: str, month: str) -> str:
    """Two lines of a stay, one of them goods."""
    rest = f"{month}-02 | {{}} | {{}} | 1 | 50 | 50 | yes | {month}-20"
    return "\n".join(
        f"{name}{item} | {name} | {rest.format(kind, item)}"
        for kind, item in (("laboratory", "blood"), ("consumable", "C020202MESH01"))
    )


def city(*old: str) -> dict[str, pl.DataFrame]:
    """A stay of the night, one of the month before, and stays of the months that are named."""
    stays = {"now": "2025-03", "before": "2025-02"} | {f"old{month}": month for month in old}
    return frames(
        stays="stay_id | person_id | hospital_id | ward | physician_id | principal_diagnosis"
        " | admitted_at | discharged_at | total_amount | received_on\n"
        + "\n".join(stay(*one) for one in stays.items()),
        fee_lines="line_id | stay_id | charged_at | category | item_code | quantity | unit_price"
        " | amount | covered | received_on\n" + "\n".join(lines(*one) for one in stays.items()),
        device_uses="use_id | stay_id | item_code | quantity | used_at | serial\n"
        + "\n".join(
            f"{name}u | {name} | C020202MESH01 | 1 | {month}-02 09:00 | {name}"
            for name, month in stays.items()
        ),
        stay_diagnoses="stay_id | position | code\n"
        + "\n".join(f"{name} | 1 | J18.9" for name in stays),
    )


def read(*old: str) -> tuple[dict[str, int], list[pl.DataFrame]]:
    """Rows that were read of each table, and what was measured."""
    tally = Tally()
    history = watched(History.of_frames(city(*old), NIGHT.on), tally)
    stays = stays_of_night(history, NIGHT)
    uses = uses_of_night(history, stays, NIGHT)
    near = history.focused(stays_around(stays, uses))
    found = [ledgers_of_night(history, NIGHT)]
    found += [
        measure(near, catalogue, subjects, catalogue.measurable(near))
        for catalogue, subjects in ((STAYS, stays), (USES, uses))
    ]
    return tally.rows, found


@pytest.mark.parametrize("name", LARGE)
def test_older_years_are_not_read_again(name: str) -> None:
    alone, _ = read()
    behind, _ = read(*YEARS)
    assert alone[name] == behind[name] > 0


def test_older_years_change_nothing_that_was_measured() -> None:
    for here, there in zip(read()[1], read(*YEARS)[1], strict=True):
        assert here.equals(there, null_equal=True)


def test_what_is_read_is_counted_and_left_as_it_is() -> None:
    tally = Tally()
    history = History.of_frames(city(*YEARS), NIGHT.on)
    seen = watched(history, tally)
    lab = pl.col("category") == "laboratory"
    asked = [known.tables["fee_lines"].filter(lab).select("line_id") for known in (history, seen)]
    assert asked[0].collect().equals(asked[1].collect())
    assert (tally.opened, tally.rows) == ({"fee_lines": 1}, {"fee_lines": 2 + len(YEARS)})
