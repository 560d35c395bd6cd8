"""The page on the growth of cities says what was measured."""

from __future__ import annotations

import pytest

from bench.growth import page, power

SMALL = {"stays": 1_000.0, "lines": 60_000.0, "uses": 4_000.0, "planned": 1.0, "seconds": 2.0,
         "gb": 0.5}  # fmt: skip
LARGE = {name: value * (100 if name != "gb" else 10) for name, value in SMALL.items()}


def test_time_that_grows_with_the_stays_has_power_one() -> None:
    assert power([SMALL, LARGE], "seconds") == pytest.approx(1.0)
    assert power([SMALL, LARGE], "gb") == pytest.approx(0.5)


def test_the_page_gives_the_rate_and_the_command() -> None:
    said = page([SMALL, LARGE], [1_000, 100_000], load=0.1)
    assert "| 100,000 | 6,000,000 | 400,000 | 100 | 100 | 200 | 500 | 30,000 | 5.00 |" in said
    assert "--stays 1000 100000" in said
    assert "power 1.00" in said
