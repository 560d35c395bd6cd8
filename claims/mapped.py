"""Applying a mapping to the rows of one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.conversion import convert
from claims.errors import MappingError, did_you_mean
from claims.naming import Named
from claims.origin import CODE, COLUMN, FILE, MESSAGE, ORIGIN, ROW, no_remarks, quoted, where
from claims.schema import BOOLEAN, DATE, DATETIME, REAL, TEXT, WHOLE
from claims.sql import evaluated, is_constant, plain_expression
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from claims.files import Sheet
    from claims.mapping import ColumnMapping, Lookup, Mapping
    from claims.schema import Kind

UNKNOWN_CODE = "data.unknown_code"
CASTS: dict[str, Kind] = {
    "text": TEXT,
    "whole": WHOLE,
    "real": REAL,
    "date": DATE,
    "datetime": DATETIME,
    "boolean": BOOLEAN,
}


@dataclass(frozen=True)
class _Filled:
    values: pl.Series
    remarks: pl.DataFrame
    constant: bool


def mapped(mapping: Mapping, table: str, sheet: Sheet) -> Named:
    """Fill one table from one file; raise MappingError when the mapping does not fit it."""
    rules = mapping.tables[table]
    # A row with too many fields is not trusted; it is carried along and set aside later.
    rows = _without_nulls(sheet.rows, mapping.null_values)
    numbers, too_long = sheet.numbers, sheet.too_long
    if rules.where is not None:
        place = f"The mapping of {table}, where"
        condition = plain_expression(rules.where, rows.columns, place)
        kept = evaluated(rows, condition, rules.where, place)
        rows, numbers, too_long = rows.filter(kept), numbers.filter(kept), too_long.filter(kept)
    context = _Context(mapping, table, sheet.file, rows, numbers)
    filled = {name: _column(context, name, rule) for name, rule in rules.columns.items()}
    return Named(
        BY_NAME[table],
        sheet.file,
        pl.DataFrame([one.values.alias(name) for name, one in filled.items()]),
        numbers,
        too_long,
        constants=frozenset(name for name, one in filled.items() if one.constant),
        remarks=pl.concat([no_remarks(), *(one.remarks for one in filled.values())]),
    )


@dataclass(frozen=True)
class _Context:
    mapping: Mapping
    table: str
    file: str
    rows: pl.DataFrame
    numbers: pl.Series

    def place(self, column: str) -> str:
        return f"The mapping of {self.table}.{column} on {self.file}"


def _without_nulls(rows: pl.DataFrame, null_values: tuple[str, ...]) -> pl.DataFrame:
    text = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    bare = (pl.col(name).str.strip_chars() for name in text)
    return rows.with_columns(
        pl.when(~column.is_in(null_values)).then(column).alias(name)
        for name, column in zip(text, bare, strict=True)
    )


def _column(context: _Context, name: str, rule: ColumnMapping) -> _Filled:
    values, constant = _source(context, name, rule)
    if rule.lookup is None:
        return _Filled(_cast(values, rule), no_remarks(), constant)
    lookup = _lookup(context.mapping, rule)
    found, missed = _looked_up(values, lookup, rule)
    return _Filled(_cast(found, rule), _unknown(context, name, values, missed), constant)


def _source(context: _Context, name: str, rule: ColumnMapping) -> tuple[pl.Series, bool]:
    rows, place = context.rows, context.place(name)
    if rule.rename is not None:
        _require(rule.rename, rows.columns, place)
        return rows[rule.rename], False
    if rule.row_number:
        return (rule.prefix + context.numbers.cast(pl.String)).alias(name), False
    if rule.expression is not None:
        expression = plain_expression(rule.expression, rows.columns, place)
        computed = evaluated(rows, expression, rule.expression, place)
        return computed, is_constant(expression)
    return pl.repeat(rule.constant, rows.height, eager=True), True


def _require(source: str, columns: list[str], place: str) -> None:
    if source not in columns:
        raise MappingError(
            f"{place}: the file has no column '{source}'.{did_you_mean(source, columns)}",
            "Write the name exactly as in the header.",
        )


def _lookup(mapping: Mapping, rule: ColumnMapping) -> Lookup:
    if isinstance(rule.lookup, str):
        return mapping.lookups[rule.lookup]
    return rule.lookup or {}


def _looked_up(
    values: pl.Series, lookup: Lookup, rule: ColumnMapping
) -> tuple[pl.Series, pl.Series]:
    """Translated values as text, and which filled values the lookup does not know."""
    keys = values.cast(pl.String)
    words = {key: _word(value) for key, value in lookup.items()}
    default = None if rule.default is None else _word(rule.default)
    # A key that is not there stays empty unless the mapping names a default.
    found = keys.replace_strict(words, default=default, return_dtype=pl.String)
    found = found.set(keys.is_null(), None)
    missed = keys.is_not_null() & found.is_null()
    return found, missed


def _word(value: str | float | bool) -> str:  # noqa: FBT001 - a TOML value, not a switch
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cast(values: pl.Series, rule: ColumnMapping) -> pl.Series:
    """Read the values as another type; what cannot be read stays and is reported later."""
    if rule.cast is None:
        return values
    made = convert(values, CASTS[rule.cast], rule.format)
    if not made.bad.any():
        return made.values
    return made.values.cast(pl.String).zip_with(~made.bad, values.cast(pl.String))


def _unknown(context: _Context, name: str, values: pl.Series, missed: pl.Series) -> pl.DataFrame:
    file = pl.repeat(context.file, len(values), dtype=pl.String, eager=True).alias(FILE)
    frame = pl.DataFrame([file, context.numbers.alias(ROW), values.alias(name)]).filter(missed)
    return frame.select(
        *ORIGIN,
        pl.lit(name).alias(COLUMN),
        pl.lit(UNKNOWN_CODE).alias(CODE),
        pl.format("{}: the lookup does not know {}.", where(name), quoted(name)).alias(MESSAGE),
    )
