"""From named columns to lake types, setting aside the rows that cannot be understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.conversion import convert, fits
from claims.errors import DeliveryError, did_you_mean
from claims.origin import CODE, COLUMN, FILE, MESSAGE, ORIGIN, REMARK_SCHEMA, ROW, quoted, where

if TYPE_CHECKING:
    from claims.naming import Named
    from claims.schema import Column, Table

UNPARSEABLE = "unparseable"
ROUNDED = "data.rounded"


@dataclass(frozen=True)
class Typed:
    """One file in lake types; see Delivery for the meaning of the parts."""

    table: Table
    rows: pl.DataFrame
    unreadable: pl.DataFrame
    remarks: pl.DataFrame
    filled: frozenset[tuple[str, str]]


def typed(named: Named) -> Typed:
    """Convert the rows of one file.

    Raises DeliveryError when a required column is missing or a column of a typed file
    cannot hold what is declared.
    """
    _require_columns(named)
    origin = _origin(named)
    made = {column.name: _converted(named, column, origin) for column in _delivered(named)}
    absent = [
        pl.repeat(None, named.rows.height, dtype=column.kind.lake, eager=True).alias(column.name)
        for column in named.table.columns
        if column.name not in made
    ]
    values = pl.DataFrame([*(one.values for one in made.values()), *absent])
    rows = values.select(named.table.names).hstack(origin)
    spoilt = pl.concat([_too_long(named, origin), *(one.bad for one in made.values())])
    remarks = pl.concat([named.remarks, *(one.rounded for one in made.values())])
    return Typed(
        named.table,
        rows.join(spoilt, on=ORIGIN, how="anti", maintain_order="left"),
        _set_aside(named, origin, spoilt),
        remarks.join(spoilt, on=ORIGIN, how="anti", maintain_order="left"),
        frozenset((named.table.name, name) for name in made if name not in named.constants),
    )


@dataclass(frozen=True)
class _Made:
    values: pl.Series
    bad: pl.DataFrame
    rounded: pl.DataFrame


def _delivered(named: Named) -> list[Column]:
    return [column for column in named.table.columns if column.name in named.rows.columns]


def _origin(named: Named) -> pl.DataFrame:
    file = pl.repeat(named.file, named.rows.height, dtype=pl.String, eager=True)
    return pl.DataFrame(
        [file.alias(FILE), named.numbers.alias(ROW)], schema_overrides={ROW: pl.Int64}
    )


def _converted(named: Named, column: Column, origin: pl.DataFrame) -> _Made:
    given = named.rows[column.name]
    _require_type(named, given, column)
    made = convert(given, column.kind)
    frame = origin.with_columns(given)
    return _Made(
        made.values,
        _remarks(frame, made.bad, column, UNPARSEABLE, f"cannot be read as {column.kind.name}"),
        _remarks(frame, made.rounded, column, ROUNDED, "has too many decimals and was rounded"),
    )


def _remarks(
    frame: pl.DataFrame, marked: pl.Series, column: Column, code: str, words: str
) -> pl.DataFrame:
    """Say the same words about every marked row, quoting its value."""
    return (
        frame.filter(marked)
        .rechunk()
        .select(
            *ORIGIN,
            pl.lit(column.name).alias(COLUMN),
            pl.lit(code).alias(CODE),
            pl.format(f"{{}}: {{}} {words}.", where(column.name), quoted(column.name)).alias(
                MESSAGE
            ),
        )
    )


def _too_long(named: Named, origin: pl.DataFrame) -> pl.DataFrame:
    return (
        origin.with_columns(named.too_long.alias("fields"))
        .filter(pl.col("fields").is_not_null())
        .select(
            *ORIGIN,
            pl.lit(None, dtype=pl.String).alias(COLUMN),
            pl.lit(UNPARSEABLE).alias(CODE),
            pl.format(
                "{}: the row has {} fields, more than the header; is a comma not in quotes?",
                where(),
                pl.col("fields"),
            ).alias(MESSAGE),
        )
    )


def _set_aside(named: Named, origin: pl.DataFrame, spoilt: pl.DataFrame) -> pl.DataFrame:
    """The spoilt rows as text, each once, with the first column meant and all messages."""
    reasons = spoilt.group_by(*ORIGIN, maintain_order=True).agg(
        pl.col(COLUMN).first(), pl.col(CODE).first(), pl.col(MESSAGE).str.join(" ")
    )
    raw = named.rows.with_columns(pl.all().cast(pl.String)).hstack(origin)
    missing = [
        pl.lit(None, dtype=pl.String).alias(name)
        for name in named.table.names
        if name not in raw.columns
    ]
    return (
        raw.join(reasons, on=ORIGIN, how="inner", maintain_order="left")
        .with_columns(missing)
        .select(*named.table.names, *REMARK_SCHEMA)
    )


def _require_columns(named: Named) -> None:
    """The columns without which a row cannot be stored must be there."""
    table = named.table
    hangs_on = ("stay_id",) if table.parent else ()
    for name in dict.fromkeys((*(table.required or table.key), *hangs_on)):
        if name not in named.rows.columns:
            raise DeliveryError(
                f"The file {named.file} has no column '{name}' ('{table.by_name[name].zh}'), "
                f"which the table {table.name} needs.",
                f"Add the column or correct its name.{did_you_mean(name, named.strangers)}",
            )


def _require_type(named: Named, given: pl.Series, column: Column) -> None:
    if not fits(given.dtype, column.kind):
        raise DeliveryError(
            f"The file {named.file} has values of type {given.dtype} in column "
            f"'{column.name}', where {column.kind.name} is expected; all {len(given)} rows "
            "are affected.",
            f"Deliver '{column.name}' as {column.kind.name} or as text.",
        )
