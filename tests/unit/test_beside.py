"""Stays that stand beside each other are found by blocks as they are found pair by pair."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

from claims.history import KNOWN_FROM, KNOWN_UNTIL
from features import beside
from features.beside import Bags, bits, blocks, in_common, table

FIRST = date(2025, 3, 1)
DAYS = 5


def some(draw: Random, rows: int, nights: dict[str, int | None]) -> pl.DataFrame:
    """Stays of three wards and none, most of them ended."""
    told = [
        {
            "stay_id": f"s{draw.randrange(rows)}",
            "ward": draw.choice(["A", "B", "C", None]),
            "discharged_on": draw.choice([None, *(day(draw, 12) for _ in range(9))]),
        }
        | {name: None if at is None else day(draw, at) for name, at in nights.items()}
        for _ in range(rows)
    ]
    dates = pl.Date()
    schema: dict[str, Any] = {"stay_id": pl.String(), "ward": pl.String(), "discharged_on": dates}
    return pl.DataFrame(told, schema=schema | dict.fromkeys(nights, dates))


def day(draw: Random, within: int) -> date:
    """A day soon after the first."""
    return FIRST + timedelta(days=draw.randrange(within))


def by_pairs(mine: pl.DataFrame, theirs: pl.DataFrame) -> set[tuple[int, int]]:
    """Rows that stand beside each other, as the words have it."""
    found = set()
    for (i, one), (j, other) in product(
        enumerate(mine.iter_rows(named=True)), enumerate(theirs.iter_rows(named=True))
    ):
        ended, there = one["discharged_on"], other["discharged_on"]
        if one["ward"] is None or one["ward"] != other["ward"] or None in (ended, there):
            continue
        until = other[KNOWN_UNTIL]
        known = other[KNOWN_FROM] <= one["as_of"] and (until is None or one["as_of"] < until)
        if known and abs((ended - there).days) <= DAYS and one["stay_id"] != other["stay_id"]:
            found.add((i, j))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 3, 128])
def test_blocks_hold_the_pairs_that_one_by_one_would_find(
    seed: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "BLOCK", size)
    draw = Random(seed)  # noqa: S311 - not a secret
    mine = some(draw, 20, {"as_of": 12})
    theirs = some(draw, 40, {KNOWN_FROM: 6, KNOWN_UNTIL: None if seed % 2 else 12})
    found = {
        (int(block.mine[i]), int(block.theirs[j]))
        for block in blocks(mine, theirs, ("ward",), DAYS)
        for i, j in product(range(block.mine.size), range(block.theirs.size))
        if block.beside[i, j]
    }
    assert found == by_pairs(mine, theirs)
    assert found


def test_no_stay_of_a_ward_or_no_other_makes_no_block_or_an_empty_one() -> None:
    draw = Random(1)  # noqa: S311 - not a secret
    mine = some(draw, 20, {"as_of": 12})
    theirs = some(draw, 40, {KNOWN_FROM: 6, KNOWN_UNTIL: 12})
    assert not list(blocks(mine[:0], theirs, ("ward",), DAYS))
    assert not list(blocks(mine, theirs[:0], ("ward",), DAYS))


def test_a_bag_is_opened_for_whoever_is_asked_in_the_order_asked() -> None:
    rows = pl.DataFrame({"owner": [2, 0, 2], "item": [7, 5, 6], "value": [70, 50, 60]})
    place, item, value = Bags.of(rows, 4, 8).open(pl.Series([2, 1, 0, 2]).to_numpy())
    assert place.tolist() == [0, 0, 2, 3, 3]
    assert item.tolist() == [6, 7, 5, 6, 7]
    assert value.tolist() == [60, 70, 50, 60, 70]


@pytest.mark.parametrize("columns", [0, 1, 64, 65, 200])
def test_what_two_rows_have_in_common_is_counted_column_by_column(columns: int) -> None:
    draw = np.random.default_rng(columns)
    sides = [draw.random((rows, columns)) < 0.5 for rows in (7, 9)]
    held = [np.nonzero(side) for side in sides]
    for side, at in zip(sides, held, strict=True):
        assert (table(len(side), columns, at) == side).all()  # type: ignore[arg-type]
    mine, theirs = (
        bits(len(side), columns, at)  # type: ignore[arg-type]
        for side, at in zip(sides, held, strict=True)
    )
    one, other = (side.astype(int) for side in sides)
    assert (in_common(mine, theirs) == one @ other.T).all()
