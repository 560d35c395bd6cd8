"""Ages on a day, and the bands that are told of them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.ages import band, years
from flows.subject_groups import BANDS
from flows.traits import AGES

ON = date(2018, 1, 1)


def banded(born: date | None, names: dict[int, str]) -> str | None:
    """The band of somebody on the day."""
    rows = pl.DataFrame({"born": [born], "on": [ON]}, schema_overrides={"born": pl.Date})
    found = rows.select(band(years("born", "on"), names)).item()
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("born", "told", "of_gates"),
    [
        (date(2018, 1, 1), "0 to 17", "under 18"),
        (date(2000, 1, 2), "0 to 17", "under 18"),
        (date(2000, 1, 1), "18 to 44", "18 to 59"),
        (date(1940, 1, 1), "75 and over", "75 and over"),
        (date(2026, 1, 1), None, None),
        (None, None, None),
    ],
)
def test_a_band_begins_on_the_birthday(
    born: date | None, told: str | None, of_gates: str | None
) -> None:
    assert banded(born, AGES) == told
    assert banded(born, BANDS) == of_gates
