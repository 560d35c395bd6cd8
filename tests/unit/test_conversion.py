"""Amounts keep every fen, whatever they were delivered as."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.conversion import as_delivered, convert
from claims.schema import (
    BOOLEAN,
    DATE,
    DATETIME,
    MONEY,
    QUANTITY,
    REAL,
    TEXT,
    WHOLE,
    Kind,
)
from claims.tables import FEE_LINES

FEN = st.integers(-(10**12), 10**12)


def one(value: object, kind: Kind, dtype: pl.DataType | None = None) -> object:
    """Convert a single value."""
    return convert(pl.Series("v", [value], dtype=dtype), kind).values[0]


@settings(database=None)
@given(fen=FEN)
def test_an_amount_is_the_same_as_text_decimal_and_float(fen: int) -> None:
    text = str(Decimal(fen).scaleb(-2))
    assert one(text, MONEY) == fen
    assert one(Decimal(fen).scaleb(-2), MONEY) == fen
    assert one(float(text), MONEY) == fen


@settings(database=None)
@given(value=st.decimals(-(10**9), 10**9, places=5))
def test_more_decimals_are_rounded_half_up_and_told(value: Decimal) -> None:
    made = convert(pl.Series([str(value)]), MONEY)
    fen = int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert made.values[0] == fen
    assert made.rounded[0] == (value * 100 != fen)


@settings(database=None)
@given(fen=FEN, thousandths=FEN)
def test_rendering_and_reading_again_changes_nothing(fen: int, thousandths: int) -> None:
    rows = pl.DataFrame({"amount": [fen], "quantity": [thousandths]})
    text = as_delivered(rows, FEE_LINES)
    assert one(text["amount"][0], MONEY) == fen
    assert one(text["quantity"][0], QUANTITY) == thousandths


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("12.34", MONEY, 1234),
        (" 7 ", MONEY, 700),
        ("-0.005", MONEY, -1),
        ("2.5", QUANTITY, 2500),
        (3, MONEY, 300),
        ("3.0", WHOLE, 3),
        (1169.0, TEXT, "1169"),
        ("0.05", REAL, 0.05),
        ("是", BOOLEAN, True),
        ("否", BOOLEAN, False),
        ("TRUE", BOOLEAN, True),
        (0, BOOLEAN, False),
        ("2025-03-01", DATE, date(2025, 3, 1)),
        ("2025/3/1", DATE, date(2025, 3, 1)),
        ("20250301", DATE, date(2025, 3, 1)),
        (20250301, DATE, date(2025, 3, 1)),
        ("2025年3月1日", DATE, date(2025, 3, 1)),
        ("2025-03-01 08:09:10", DATE, date(2025, 3, 1)),
        ("2025-03-01", DATETIME, datetime(2025, 3, 1)),  # noqa: DTZ001 - local time
        ("2025/3/1 8:09", DATETIME, datetime(2025, 3, 1, 8, 9)),  # noqa: DTZ001
        ("2025-03-01T08:09:10", DATETIME, datetime(2025, 3, 1, 8, 9, 10)),  # noqa: DTZ001
        ("", MONEY, None),
        (float("nan"), MONEY, None),
    ],
)
def test_what_is_understood(value: object, kind: Kind, expected: object) -> None:
    made = convert(pl.Series([value]), kind)
    assert made.values[0] == expected
    assert not made.bad.any()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1,234.50", MONEY),
        ("12元", MONEY),
        ("9" * 30, MONEY),
        (1e30, MONEY),
        ("1.5", WHOLE),
        ("maybe", BOOLEAN),
        ("2025-02-30", DATE),
        ("1/2/3/4", DATETIME),
        ("half", REAL),
    ],
)
def test_what_is_not_understood_is_told_and_never_guessed(value: object, kind: Kind) -> None:
    made = convert(pl.Series([value]), kind)
    assert made.bad.all()
    assert made.values[0] is None


def test_a_format_given_is_tried_first() -> None:
    assert convert(pl.Series(["01.03.2025"]), DATE, "%d.%m.%Y").values[0] == date(2025, 3, 1)


def test_a_moment_with_a_zone_becomes_local_time() -> None:
    zoned = pl.Series(["2025-03-01T00:00:00Z"]).str.to_datetime(time_zone="UTC")
    assert one_of(zoned) == datetime(2025, 3, 1, 8)  # noqa: DTZ001 - local time


def one_of(values: pl.Series) -> object:
    """The first value as a moment."""
    return convert(values, DATETIME).values[0]
