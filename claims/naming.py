"""Which delivered column is which: by its declared name, its Chinese label, or its spelling."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import DeliveryError, did_you_mean
from claims.origin import no_remarks

if TYPE_CHECKING:
    from claims.files import Sheet
    from claims.schema import Table


@dataclass(frozen=True)
class Named:
    """The rows of one file under the contract's column names, values as delivered.

    ``numbers`` holds the row number in the file (from 1) and ``too_long`` the number of
    fields of a CSV row that has too many; one value a row. ``constants`` are columns that
    a mapping filled in, ``remarks`` what it had to say about single rows, ``strangers``
    headers that were not understood.
    """

    table: Table
    file: str
    rows: pl.DataFrame
    numbers: pl.Series
    too_long: pl.Series
    constants: frozenset[str] = frozenset()
    remarks: pl.DataFrame = field(default_factory=no_remarks)
    notices: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


def by_header(table: Table, sheet: Sheet) -> Named:
    """Name the columns of a sheet by its header.

    A header is understood when it is the declared name in any case, or the Chinese label.
    Other columns are left out with a notice. Raises DeliveryError when two mean the same.
    """
    found: dict[str, str] = {}
    strangers: list[str] = []
    for header in sheet.rows.columns:
        name = _declared(table, header)
        if name is None:
            strangers.append(header)
        elif name in found:
            raise DeliveryError(
                f"The file {sheet.file} has the column '{name}' twice, as '{found[name]}' "
                f"and as '{header}'.",
                "Rename or remove one of them.",
            )
        else:
            found[name] = header
    rows = sheet.rows.select(pl.col(header).alias(name) for name, header in found.items())
    return Named(
        table,
        sheet.file,
        rows,
        sheet.numbers,
        sheet.too_long,
        notices=tuple(_unknown(table, header, sheet.file) for header in strangers),
        strangers=tuple(strangers),
    )


def _declared(table: Table, header: str) -> str | None:
    bare = header.strip()
    if bare in table.by_name:
        return bare
    plain = bare.lower().replace(" ", "_")
    if plain in table.by_name:
        return plain
    return next((column.name for column in table.columns if column.zh == bare), None)


def _unknown(table: Table, header: str, file: str) -> str:
    hint = did_you_mean(header, table.by_name)
    return f"{file}: the table {table.name} has no column '{header}'; ignored.{hint}"
