"""The queue of data faults: every kept row about which something is implausible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.checks import checks_of
from claims.facts import with_facts
from claims.origin import CODE, COLUMN, MESSAGE, ORIGIN, quoted, where
from claims.results import DATA_FAULTS
from claims.schema import Consequence
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claims.facts import Surroundings
    from claims.schema import Table

UNKNOWN_CODE = "data.unknown_code"
KEY_SEPARATOR = "|"
# Which fees the two catalogues stand for; drugs have a catalogue of their own elsewhere.
CATALOGUES = ("service_items", "consumables")
UNLISTED_FEES = ("drug",)


@dataclass(frozen=True)
class Examined:
    """One table with its faults and, for the validation suites, one flag a check."""

    rows: pl.DataFrame
    faults: pl.DataFrame


def examine(
    name: str, rows: pl.DataFrame, remarks: pl.DataFrame | None, around: Surroundings, source: str
) -> Examined:
    """Find every fault of the kept rows of one table.

    ``rows`` in lake types with origin; the result adds a boolean column a cross-table check
    (True where it holds), named by its code.
    """
    table = BY_NAME[name]
    seen = with_facts(table, rows, around)
    flagged = seen.with_columns(check.holds.alias(check.code) for check in checks_of(name))
    found = [
        *_of_constraints(table, flagged, around),
        *_of_references(table, flagged, around),
        *_of_items(table, flagged, around),
        *_of_checks(table, flagged),
        *([] if remarks is None else [_remarked(flagged, remarks)]),
    ]
    faults = [_as_faults(table, one, source) for one in found if not one.is_empty()]
    flags = [check.code for check in checks_of(name)]
    return Examined(
        flagged.select(*rows.columns, *flags),
        pl.concat([DATA_FAULTS.empty(), *faults]).unique(
            list(DATA_FAULTS.key), keep="first", maintain_order=True
        ),
    )


def _told(rows: pl.DataFrame, column: str, code: str, words: str) -> pl.DataFrame:
    """Broken rows with the words that are said about each; '{}' stands for the value."""
    value = [quoted(column)] if "{}" in words else []
    return rows.with_columns(
        pl.lit(column).alias(COLUMN),
        pl.lit(code).alias(CODE),
        pl.format(f"{{}}: {words}.", where(column), *value).alias(MESSAGE),
    )


def _of_constraints(
    table: Table, rows: pl.DataFrame, around: Surroundings
) -> Iterator[pl.DataFrame]:
    for column, constraint in table.constraints():
        # A column that is not delivered at all is absent, not a fault of every row.
        if constraint.consequence is Consequence.TAG and (table.name, column) in around.filled:
            broken = rows.filter(~constraint.holds(column))
            words = f"{{}} is not {constraint.description}"
            if constraint.code == "data.missing_value":
                words = "the value is missing"
            yield _told(broken, column, constraint.code, words)


def _of_references(
    table: Table, rows: pl.DataFrame, around: Surroundings
) -> Iterator[pl.DataFrame]:
    """Codes of hospitals, persons, physicians and goods that the register does not have."""
    for column in table.columns:
        target = column.refers_to
        if target in {None, "stays"} or (table.name, column.name) not in around.filled:
            continue
        unknown = _unknown(rows[column.name], str(target), around)
        if unknown is not None:
            broken = rows.filter(pl.col(column.name).is_in(unknown.implode()))
            yield _told(broken, column.name, UNKNOWN_CODE, f"{{}} is not in {target}")


def _of_items(table: Table, rows: pl.DataFrame, around: Surroundings) -> Iterator[pl.DataFrame]:
    """Items billed that stand in no catalogue, where the catalogue of their kind is known."""
    if table.name != "fee_lines" or ("fee_lines", "item_code") not in around.filled:
        return
    unknown = {name: _unknown(rows["item_code"], name, around) for name in CATALOGUES}
    known_kinds = {name: codes for name, codes in unknown.items() if codes is not None}
    if not known_kinds:
        return
    kind = (
        pl.when(pl.col("category") == "consumable")
        .then(pl.lit("consumables"))
        .when(~pl.col("category").is_in(UNLISTED_FEES))
        .then(pl.lit("service_items"))
    )
    in_none = pl.all_horizontal(
        pl.col("item_code").is_in(codes.implode()) for codes in known_kinds.values()
    )
    broken = rows.filter(in_none & kind.is_in(list(known_kinds)))
    yield _told(broken, "item_code", UNKNOWN_CODE, "{} is in no catalogue")


def _unknown(values: pl.Series, target: str, around: Surroundings) -> pl.Series | None:
    """Values the target table does not know; None when the table was never delivered."""
    key = BY_NAME[target].key[0]
    here = around.here.get(target)
    if (here is None or here.is_empty()) and not around.known.any(target):
        return None
    asked = values.drop_nulls().unique()
    if here is not None:
        asked = asked.filter(~asked.is_in(here[key].unique().implode()))
    return around.known.missing(target, key, asked) if len(asked) else asked


def _of_checks(table: Table, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for check in checks_of(table.name):
        yield _told(rows.filter(~pl.col(check.code)), check.column, check.code, check.en)


def _remarked(rows: pl.DataFrame, remarks: pl.DataFrame) -> pl.DataFrame:
    """Rows about which something was said while they were read."""
    return rows.join(remarks, on=list(ORIGIN), how="inner", maintain_order="left")


def _as_faults(table: Table, broken: pl.DataFrame, source: str) -> pl.DataFrame:
    hospitals = [one for one in ("hospital_id", "_hospital_id") if one in broken.columns]
    nothing = pl.lit(None, dtype=pl.String)
    return broken.select(
        "received_on",
        pl.lit(source).alias("source"),
        pl.lit(table.name).alias("table"),
        pl.concat_str(
            [pl.col(name).cast(pl.String) for name in table.key], separator=KEY_SEPARATOR
        ).alias("row_key"),
        pl.col(COLUMN).alias("column"),
        pl.col(CODE).alias("code"),
        pl.col(MESSAGE).alias("message"),
        (pl.col("stay_id") if "stay_id" in broken.columns else nothing).alias("stay_id"),
        pl.coalesce(*hospitals, nothing).alias("hospital_id"),
    )


def by_code(faults: pl.DataFrame) -> Mapping[str, int]:
    """How many faults there are of each code."""
    return dict(faults.group_by("code").len().sort("code").iter_rows())
