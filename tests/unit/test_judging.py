"""Subjects measured in pieces."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from features.subjects import ledgers_of_history, stays_of_history, uses_of_history
from flows import judging
from flows.judging import base_measures
from tests.one_street import NIGHT, street


def subjects(entity: str) -> pl.DataFrame:
    """All stays, uses or ledgers of the street, as known on the night."""
    history = street()
    stays = stays_of_history(history)
    found = {
        "stay": stays,
        "use": uses_of_history(history, stays),
        "ledger": ledgers_of_history(history),
    }
    return found[entity].with_columns(as_of=pl.lit(NIGHT))


@pytest.mark.parametrize("entity", ["stay", "use", "ledger"])
def test_the_size_of_the_pieces_changes_no_value(
    entity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = subjects(entity)
    assert asked.height > 1
    whole = base_measures(street(), entity, asked)
    monkeypatch.setattr(judging, "STAYS_AT_ONCE", 1)
    monkeypatch.setattr(judging, "MEASURED_AT_ONCE", 1)
    assert_frame_equal(base_measures(street(), entity, asked), whole, check_exact=True)


@pytest.mark.parametrize("entity", ["stay", "use", "ledger"])
def test_nobody_is_measured_as_a_table_without_rows(entity: str) -> None:
    asked = subjects(entity)
    nobody = base_measures(street(), entity, asked.clear())
    assert nobody.is_empty()
    assert nobody.schema == base_measures(street(), entity, asked).schema
