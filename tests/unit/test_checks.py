"""Each cross-table check is declared once and found by its own words."""

from __future__ import annotations

import polars as pl

from claims.checks import CHECKS, checks_of
from claims.facts import Surroundings, with_facts
from claims.known import Known
from claims.lake import Lake
from claims.tables import BY_NAME, DELIVERED


def test_every_check_names_a_declared_column_and_speaks_both_languages() -> None:
    for check in CHECKS:
        assert check.column in BY_NAME[check.table].by_name, check.code
        assert check.code.startswith("data.")
        assert check.en
        assert check.zh


def test_a_code_is_used_once_a_table() -> None:
    for table in DELIVERED:
        codes = [check.code for check in checks_of(table.name)]
        assert len(codes) == len(set(codes))


def test_every_check_can_be_computed_and_nothing_known_breaks_nothing() -> None:
    around = Surroundings({}, Known(Lake.at("/nowhere"), None), frozenset())
    for table in DELIVERED:
        row = pl.DataFrame({name: [None] for name in table.names}, schema=table.dtypes())
        seen = with_facts(table, row, around)
        for check in checks_of(table.name):
            assert seen.select(check.holds).to_series().to_list() == [True], check.code
