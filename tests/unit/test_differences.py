"""What a test of whole nights says when two of them differ."""

from __future__ import annotations

import polars as pl
import pytest

from tests.integration.nights import check_same, differences

ONE = {"alerts": pl.DataFrame({"alert_id": ["A", "B"], "score": [0.1, 0.2]})}


def test_equal_nights_pass() -> None:
    check_same(ONE, {name: rows.clone() for name, rows in ONE.items()})


def test_the_message_names_table_column_row_and_both_values() -> None:
    other = {"alerts": pl.DataFrame({"alert_id": ["A", "B"], "score": [0.1, 0.25]})}
    with pytest.raises(
        AssertionError, match=r"alerts\.score: 1 rows, the first at 1: .*0\.2\b.*0\.25"
    ):
        check_same(ONE, other)


def test_of_a_long_value_the_place_where_it_parts_is_shown() -> None:
    texts = ["x" * 5_000 + ending for ending in ("152.67", "152.68")]
    first, second = ({"dossiers": pl.DataFrame({"content": [text]})} for text in texts)
    (told,) = differences(first, second)
    assert "152.67" in told
    assert "152.68" in told
    assert len(told) < 600


def test_the_last_digit_of_a_nested_value_is_found() -> None:
    first, second = (
        {"alerts": pl.DataFrame({"reasons": [[{"value": value}]]})} for value in (0.3, 0.1 + 0.2)
    )
    (told,) = differences(first, second)
    assert "0.30000000000000004" in told


def test_a_missing_table_and_another_height_are_told() -> None:
    fewer = {"alerts": ONE["alerts"].head(1), "tags": pl.DataFrame({"tag": ["t"]})}
    missing, shorter = differences(ONE, fewer)
    assert missing.startswith("tags")
    assert "(2, 2)" in shorter
    assert "(1, 2)" in shorter
