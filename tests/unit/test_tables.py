"""Derived tests of every declared table, present and future."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.results import ALERTS, WRITTEN
from claims.schema import BOOLEAN, DATE, DATETIME, TEXT, Column, Present, Table
from claims.tables import BY_NAME, DELIVERED

if TYPE_CHECKING:
    from claims.schema import Constraint

ALL = (*DELIVERED, *WRITTEN)
NIGHTS = ("received_on", "run_date")
CONSTRAINTS = [
    pytest.param(table, column, constraint, id=f"{table.name}.{column}.{constraint.code}")
    for table in ALL
    for column, constraint in table.constraints()
]


def some_value(column: Column) -> Any:
    """A value that the declaration allows, in lake units."""
    if column.values:
        return column.values[0]
    if not column.kind.lake.is_nested():
        simple = {TEXT: "a", DATE: date(2025, 1, 1), BOOLEAN: True, DATETIME: datetime(2025, 1, 1)}  # noqa: DTZ001
        return simple.get(column.kind, max(column.minimum or 0, 1))
    return []


def one_row(table: Table, changes: dict[str, Any] | None = None) -> pl.DataFrame:
    """One row that keeps every constraint, but for the changes."""
    row = {column.name: some_value(column) for column in table.columns} | (changes or {})
    return pl.DataFrame([row], schema=table.dtypes())


def broken(column: Column, constraint: Constraint) -> Any:
    """A value that breaks the constraint."""
    if isinstance(constraint, Present):
        return None
    return "no such value" if column.values else (column.minimum or 0) - 1


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_table_is_named_explained_and_has_a_night(table: Table) -> None:
    assert table.doc.endswith(".")
    assert table.zh
    assert set(table.key) <= set(table.names)
    assert any(name in table.names for name in NIGHTS)
    for column in table.columns:
        assert column.doc.endswith("."), column.name
        assert column.zh, column.name
        assert column.en, column.name
        assert column.refers_to is None or column.refers_to in BY_NAME


@pytest.mark.parametrize("table", DELIVERED, ids=lambda table: table.name)
def test_a_parent_and_an_event_are_declared_columns(table: Table) -> None:
    assert set(table.event) <= set(table.names)
    assert set(table.required) <= set(table.names)
    if table.parent is not None:
        assert set(BY_NAME[table.parent].key) <= set(table.names)


@pytest.mark.parametrize(("table", "column", "constraint"), CONSTRAINTS)
def test_a_constraint_keeps_what_is_right_and_finds_what_is_wrong(
    table: Table, column: str, constraint: Constraint
) -> None:
    right = one_row(table)
    wrong = one_row(table, {column: broken(table.by_name[column], constraint)})
    assert right.select(constraint.holds(column)).to_series().to_list() == [True]
    assert wrong.select(constraint.holds(column)).to_series().to_list() == [False]
    assert constraint.description
    name, arguments = constraint.expectation(column)
    assert name.startswith("ExpectColumn")
    assert arguments["column"] == column


def test_only_what_cannot_be_keyed_goes_to_quarantine() -> None:
    for table in DELIVERED:
        held = {
            column
            for column, constraint in table.constraints()
            if constraint.consequence.value == "quarantine"
        }
        assert held == set(table.key), table.name


def test_nothing_that_is_stored_is_a_floating_amount() -> None:
    for table in ALL:
        for column in table.columns:
            if column.kind.unit:
                assert column.kind.lake == pl.Int64(), f"{table.name}.{column.name}"


def test_rows_of_older_code_are_read_with_what_it_did_not_write_as_unknown() -> None:
    old = pl.List(pl.Struct({"code": pl.String(), "version": pl.String()}))
    hits = pl.Series("rules", [[{"code": "H01", "version": "2026-01"}]], dtype=old)
    rows = one_row(ALERTS).drop("tags").with_columns(hits)
    read = ALERTS.typed(rows.lazy()).collect()
    assert dict(read.schema) == ALERTS.dtypes()
    (hit,) = read["rules"].item()
    assert (hit["code"], hit["version"], hit["grade"]) == ("H01", "2026-01", None)
    assert read["tags"].item() is None
