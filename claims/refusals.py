"""Rows that cannot be stored or keyed: they go to quarantine whole, each with its reason.

Only four things refuse a row: an unparseable value (told while reading), a missing key, a
key twice in one delivery, and a stay that nobody knows. All else is kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from claims.conversion import as_delivered
from claims.origin import CODE, COLUMN, FILE, MESSAGE, ROW, where
from claims.results import QUARANTINE
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from claims.schema import Table

MISSING_KEY = "missing_key"
DUPLICATE_KEY = "duplicate_key"
UNKNOWN_PARENT = "unknown_parent"
HELD = "held"
RELEASED = "released"
ID_BYTES = 12

Split = tuple[pl.DataFrame, pl.DataFrame]


def refuse_missing_keys(table: Table, rows: pl.DataFrame) -> Split:
    """Split into rows with a whole key (and a stay to hang on) and refused ones."""
    needed = dict.fromkeys((*table.key, *(("stay_id",) if table.parent else ())))
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    first = pl.coalesce(pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in needed)
    refused = rows.filter(~whole).with_columns(
        first.alias(COLUMN),
        pl.lit(MISSING_KEY).alias(CODE),
        pl.format(
            "{}: the key column '{}' is empty, so that the row cannot be stored.", where(), first
        ).alias(MESSAGE),
    )
    return rows.filter(whole), refused


def refuse_second_copies(table: Table, rows: pl.DataFrame) -> Split:
    """Split into first copies and every later row with the same key on the same night."""
    key = [*table.key, "received_on"]
    first = rows.select(pl.struct(key).is_first_distinct()).to_series()
    if first.all():
        return rows, _marked(rows.clear())
    kept = rows.filter(first)
    origins = kept.select(*key, pl.col(FILE).alias("_first_file"), pl.col(ROW).alias("_first_row"))
    copies = rows.filter(~first).join(origins, on=key, how="left", maintain_order="left")
    names = ", ".join(table.key)
    refused = copies.with_columns(
        pl.lit(table.key[0]).alias(COLUMN),
        pl.lit(DUPLICATE_KEY).alias(CODE),
        pl.format(
            f"{{}}: the key ({names}) is already in {{}}, row {{}}; a key may come once in a "
            "delivery, and the first row is kept.",
            where(),
            "_first_file",
            "_first_row",
        ).alias(MESSAGE),
    )
    return kept, refused.drop("_first_file", "_first_row")


def refuse_orphans(table: Table, rows: pl.DataFrame, stays: pl.DataFrame) -> Split:
    """Split into rows whose stay is known (``stays`` has stay_id) and those that must wait."""
    if table.parent is None:
        return rows, _marked(rows.clear())
    orphans = rows.join(stays, on="stay_id", how="anti", maintain_order="left")
    kept = rows.join(stays, on="stay_id", how="semi", maintain_order="left")
    refused = orphans.with_columns(
        pl.lit("stay_id").alias(COLUMN),
        pl.lit(UNKNOWN_PARENT).alias(CODE),
        pl.format(
            "{}: the stay '{}' is not known; the row waits and is taken in when it arrives.",
            where("stay_id"),
            pl.col("stay_id"),
        ).alias(MESSAGE),
    )
    return kept, refused


def _marked(rows: pl.DataFrame) -> pl.DataFrame:
    empty = pl.lit(None, dtype=pl.String)
    return rows.with_columns(empty.alias(COLUMN), empty.alias(CODE), empty.alias(MESSAGE))


def quarantined(name: str, refused: pl.DataFrame, source: str) -> pl.DataFrame:
    """Refused rows as rows of the quarantine.

    ``refused`` has declared columns (in lake types or as text), origin and remark, and may
    have ``_hospital_id``. The payload is the row as it could be delivered again.
    """
    table = BY_NAME[name]
    hospitals = [one for one in ("hospital_id", "_hospital_id") if one in refused.columns]
    text = as_delivered(refused, table).with_columns(
        pl.struct(table.names).struct.json_encode().alias("payload"),
        pl.coalesce(*hospitals, pl.lit(None, dtype=pl.String)).alias("_hospital"),
        refused["received_on"].alias("_night"),
    )
    rows = text.select(
        pl.lit("").alias("quarantine_id"),
        pl.col("_night").alias("received_on"),
        pl.lit(source).alias("source"),
        pl.lit(name).alias("table"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).alias("row"),
        pl.col(COLUMN).alias("column"),
        pl.col(CODE).alias("code"),
        pl.col(MESSAGE).alias("message"),
        pl.col("_hospital").alias("hospital_id"),
        "payload",
        pl.lit(HELD).alias("status"),
    )
    return rows.with_columns(_ids(rows)).select(QUARANTINE.names)


def _ids(rows: pl.DataFrame) -> pl.Series:
    """Ids that are the same whenever the same row is refused for the same reason."""
    parts = rows.select(
        pl.concat_str(
            "source",
            "table",
            "file",
            pl.col("row").cast(pl.String),
            "code",
            pl.col("received_on").cast(pl.String),
            separator="|",
        )
    ).to_series()
    ids = [hashlib.blake2b(one.encode(), digest_size=ID_BYTES).hexdigest() for one in parts]
    return pl.Series("quarantine_id", ids, dtype=pl.String)
