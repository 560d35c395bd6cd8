"""What several frames start from is worked out once while they share it."""

from __future__ import annotations

import polars as pl

from features.once import once, sharing

ROWS = pl.LazyFrame({"number": [1, 2]})
worked: list[pl.LazyFrame] = []


@once
def doubled(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Twice each number; every call is noted."""
    worked.append(rows)
    return rows.with_columns(pl.col("number") * 2)


def test_the_same_rows_are_worked_out_once_while_frames_share() -> None:
    worked.clear()
    with sharing():
        assert doubled(ROWS) is doubled(ROWS)
    assert len(worked) == 1
    assert doubled(ROWS).collect()["number"].to_list() == [2, 4]


def test_other_rows_are_worked_out_for_themselves() -> None:
    with sharing():
        # A frame that nobody else holds must not leave its identity to the next one.
        found = [doubled(pl.LazyFrame({"number": [one]})).collect().item() for one in range(9)]
    assert found == [2 * one for one in range(9)]


def test_nothing_is_kept_when_the_sharing_is_over() -> None:
    worked.clear()
    for _ in range(2):
        with sharing():
            doubled(ROWS)
    doubled(ROWS)
    assert len(worked) == 3
