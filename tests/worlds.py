"""Tiny worlds in plain sight: tables as text, histories, measured values, verdicts.

A table is written as it would stand on a blackboard, one row a line:

    stay_id | person_id | admitted_at      | total_amount
    a       | P         | 2025-03-01 09:00 | 1,200

A dash is "not known". Money stands in yuan and quantities in units; a column that is not
named is not delivered. Rows without ``received_on`` were known all along, and rows of a
stay as early as the stay.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.history import History
from claims.results import STANDARDS
from claims.schema import BOOLEAN, DATE, DATETIME, MONEY, QUANTITY, TEXT, Column, Kind
from claims.tables import BY_NAME
from features.catalogue import CATALOGUES, Catalogue
from features.declaration import VERSUS_PEERS
from features.measure import measure
from features.standards import compare
from features.subjects import SCHEMA
from rules.judge import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.declaration import Rule

ALL_ALONG = date(2020, 1, 1)
LAST_NIGHT = date(2026, 12, 31)
# The day of service in tables of measured values that do not name one.
SERVICE_DAY = date(2025, 6, 1)
UNKNOWN = "-"
# Context columns of measured frames that hold quantities; other whole numbers are money.
QUANTITIES = frozenset(
    {"billed_year", "bought_year", "consigned_year", "in_year", "out_year"}
    | {"year_opening", "closing", "used_quantity"}
)
TYPES: dict[Kind, Any] = {
    BOOLEAN: {"yes": True, "no": False}.__getitem__,
    DATE: date.fromisoformat,
    DATETIME: datetime.fromisoformat,
    TEXT: str,
}


def cells(text: str) -> list[dict[str, str]]:
    """Read a table of text: the first line names the columns."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(header, row, strict=True)) for row in rows]


def table(name: str, text: str) -> pl.DataFrame:
    """One table of the contract in lake types, every declared column there."""
    declared = BY_NAME[name]
    rows = [
        {column: _typed(declared.by_name[column], cell) for column, cell in row.items()}
        for row in cells(text)
    ]
    frame = pl.DataFrame(rows, schema_overrides=declared.dtypes())
    missing = [
        pl.lit(None, dtype).alias(column)
        for column, dtype in declared.dtypes().items()
        if column not in frame.columns
    ]
    return frame.with_columns(missing).select(declared.names)


def _typed(column: Column, cell: str) -> object:
    if cell == UNKNOWN:
        return None
    convert = TYPES.get(column.kind, lambda plain: _scaled(plain, column.kind.scale))
    return convert(cell)


def _scaled(cell: str, scale: int) -> float:
    value = float(cell.replace(",", "")) * scale
    return value if scale == 1 else round(value)


def frames(**tables: str) -> dict[str, pl.DataFrame]:
    """Tables of the contract by name."""
    bare = {name: table(name, text) for name, text in tables.items()}
    return {name: _known(name, rows, bare.get("stays")) for name, rows in bare.items()}


def _known(name: str, rows: pl.DataFrame, stays: pl.DataFrame | None) -> pl.DataFrame:
    if stays is not None and BY_NAME[name].parent == "stays":
        first = stays.group_by("stay_id").agg(_since=pl.col("received_on").min())
        inherited = rows.join(first, on="stay_id", how="left", maintain_order="left")
        rows = inherited.with_columns(pl.coalesce("received_on", "_since").alias("received_on"))
    return rows.select(BY_NAME[name].names).with_columns(pl.col("received_on").fill_null(ALL_ALONG))


def world(until: date = LAST_NIGHT, /, **tables: str) -> History:
    """A history made of these tables alone."""
    return History.of_frames(frames(**tables), until)


def subjects(*ids: str, as_of: date = LAST_NIGHT) -> pl.DataFrame:
    """Subjects that are all looked at on one night."""
    rows = [(subject, as_of) for subject in ids]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def measured(history: History, entity: str, *ids: str, as_of: date = LAST_NIGHT) -> pl.DataFrame:
    """Every feature of these subjects for which the world has data."""
    catalogue = CATALOGUES[entity]
    wanted = subjects(*ids, as_of=as_of)
    return measure(history, catalogue, wanted, catalogue.measurable(history))


def one(
    history: History, entity: str, feature: str, subject: str, as_of: date = LAST_NIGHT
) -> float | None:
    """One feature of one subject, alone, in the unit of its sentences."""
    catalogue = CATALOGUES[entity]
    frame = measure(history, catalogue, subjects(subject, as_of=as_of), [catalogue[feature]])
    value: float | None = frame[feature].item()
    return None if value is None else value / scale_of(catalogue, feature)


def scale_of(catalogue: Catalogue, column: str) -> float:
    """Measured units in one written unit: 100 for yuan, 1000 for units, else 1."""
    if column.endswith(VERSUS_PEERS):
        return 1.0
    if column in catalogue:
        return max(1.0, catalogue[column].unit.divisor)
    return float(QUANTITY.scale if column in QUANTITIES else MONEY.scale)


def check_measured(history: History, entity: str, expected: str, as_of: date = LAST_NIGHT) -> None:
    """Every feature named in the table has the value that stands there.

    The first column names the subject, with a slash for the bar of its id; yuan and units
    are written as such, a share as a fraction, and a dash where nothing can be said.
    """
    rows = cells(expected)
    key, *names = rows[0]
    rows = [row | {key: row[key].replace("/", "|")} for row in rows]
    frame = measured(history, entity, *(row[key] for row in rows), as_of=as_of)
    found = {row["subject_id"]: row for row in frame.iter_rows(named=True)}
    for row in rows:
        said = {name: _shown(found[row[key]][name], entity, name) for name in names}
        wanted = {name: _number(row[name]) for name in names}
        assert said == pytest.approx(wanted, abs=1e-9), row[key]


def _shown(value: float | None, entity: str, name: str) -> float | None:
    return None if value is None else value / scale_of(CATALOGUES[entity], name)


def _number(cell: str) -> float | None:
    return None if cell == UNKNOWN else float(cell.replace(",", ""))


@cache
def measured_schema(entity: str) -> dict[str, pl.DataType]:
    """Columns of a measured and compared frame of the entity, with their types."""
    catalogue = CATALOGUES[entity]
    nothing = measure(world(), catalogue, subjects(), [])
    return dict(compare(nothing, catalogue.entity, STANDARDS.empty(), catalogue.features).schema)


@cache
def judged_schema(entity: str) -> dict[str, pl.DataType]:
    """Columns that rules are put before: the measured ones, and their distance from peers."""
    catalogue = CATALOGUES[entity]
    nothing = pl.DataFrame(schema=measured_schema(entity))
    names = compare(nothing, catalogue.entity, STANDARDS.empty(), catalogue.features).columns
    return dict.fromkeys(names, pl.Float64()) | measured_schema(entity)


def measured_table(entity: str, text: str, *, judged: bool = False) -> pl.DataFrame:
    """A measured frame as text, or one to be judged; columns that are not named are null."""
    schema, catalogue = (judged_schema if judged else measured_schema)(entity), CATALOGUES[entity]
    rows = [
        {name: _measured_cell(catalogue, schema[name], name, cell) for name, cell in row.items()}
        for row in cells(text)
    ]
    blank: dict[str, object] = dict.fromkeys(schema) | {
        "event_on": SERVICE_DAY,
        "as_of": SERVICE_DAY,
    }
    return pl.DataFrame([blank | row for row in rows], schema=schema)


def _measured_cell(catalogue: Catalogue, dtype: pl.DataType, name: str, cell: str) -> object:
    if cell == UNKNOWN:
        return None
    if dtype.is_numeric():
        value = float(cell.replace(",", "")) * scale_of(catalogue, name)
        return round(value) if dtype.is_integer() else value
    kind = {pl.Boolean(): BOOLEAN, pl.Date(): DATE, pl.String(): TEXT}[dtype]
    return TYPES[kind](cell)


# --- rules -----------------------------------------------------------------------------

ACCUSED, ACQUITTED = "accused", "acquitted"
# Columns of a rule's table that tell what must come out, and why.
OUTCOME = ("verdict", "because")


def brought(rule: Rule, text: str) -> pl.DataFrame:
    """The measured rows of a rule's table, without their verdicts."""
    names = [name for name in cells(text)[0] if name not in OUTCOME]
    rows = [" | ".join(row[name] for name in names) for row in cells(text)]
    return measured_table(rule.entity.name, "\n".join([" | ".join(names), *rows]), judged=True)


def alike(text: str, like: str, others: str) -> str:
    """A table with further rows, which are like one of its rows but for what they name."""
    first, more = cells(text), cells(others)
    pattern = next(row for row in first if next(iter(row.values())) == like)
    facts = [name for name in {**first[0], **more[0]} if name not in OUTCOME]
    names = [*facts, *OUTCOME]
    rows = [dict.fromkeys(names, UNKNOWN) | row for row in first]
    rows += [dict.fromkeys(names, UNKNOWN) | pattern | row for row in more]
    return "\n".join(
        " | ".join(line) for line in (names, *([row[n] for n in names] for row in rows))
    )


def verdicts(rule: Rule, rows: pl.DataFrame) -> dict[str, str]:
    """What the rule says of each row: accused, acquitted, or what silences it."""
    hits = {
        hit["subject_id"]: "+".join(hit["protected_by"]) or ACCUSED
        for hit in judge(rows, [rule]).iter_rows(named=True)
    }
    return {subject: hits.get(subject, ACQUITTED) for subject in rows["subject_id"]}


def written(text: str) -> Mapping[str, str]:
    """What a rule's table says must come out."""
    return {row["subject_id"]: row["verdict"] for row in cells(text)}


def amounts(rule: Rule, rows: pl.DataFrame) -> dict[str, float]:
    """Amount in doubt of each accused row, in yuan."""
    hits = judge(rows, [rule]).select("subject_id", "amount")
    return {subject: fen / MONEY.scale for subject, fen in hits.iter_rows()}
