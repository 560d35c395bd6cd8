"""Where a row came from and what is to be said about it: the columns that travel along."""

from __future__ import annotations

import polars as pl

FILE = "_file"
ROW = "_row"
COLUMN = "_column"
CODE = "_code"
MESSAGE = "_message"
ORIGIN = (FILE, ROW)
# One remark about one row: its origin, the column meant, a code, and the words.
REMARK_SCHEMA: dict[str, pl.DataType] = {
    FILE: pl.String(),
    ROW: pl.Int64(),
    COLUMN: pl.String(),
    CODE: pl.String(),
    MESSAGE: pl.String(),
}
# Columns about a person: their values are never repeated in a message.
PERSONAL = frozenset(
    {"person_id", "referrer", "address_hash", "birth_date", "death_date", "blood_group"}
)
# A table with a longer tale than this is told in part; the quarantine holds all of it.
LONGEST_QUOTE = 40


def no_remarks() -> pl.DataFrame:
    """An empty frame of remarks."""
    return pl.DataFrame(schema=REMARK_SCHEMA)


def quoted(column: str) -> pl.Expr:
    """The value of a column as a quotation, or a stand-in where it is about a person."""
    if column in PERSONAL:
        return pl.lit("the value (not shown, it is about a person)")
    value = pl.col(column).cast(pl.String).str.slice(0, LONGEST_QUOTE)
    return pl.format("'{}'", value.fill_null("(empty)"))


def where(column: str | None = None) -> pl.Expr:
    """The words 'file, row 3, column 'x': ' that open every message about a row."""
    place = pl.format("{}, row {}", pl.col(FILE), pl.col(ROW))
    return place if column is None else pl.format(f"{{}}, column '{column}'", place)
