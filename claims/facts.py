"""Facts from other tables that a cross-table check looks at, laid beside each row.

Every fact is a column that begins with an underscore: what the stay says about the line,
the person about the stay, the lines about the stay. A fact that is not known is null, and
a check over null finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claims.known import Known
    from claims.schema import Table

STAY_FACTS = ("admitted_at", "discharged_at", "person_id", "hospital_id")


@dataclass(frozen=True)
class Surroundings:
    """What is delivered together, what was known before, and which columns are filled."""

    here: Mapping[str, pl.DataFrame]
    known: Known
    filled: frozenset[tuple[str, str]]


def with_facts(table: Table, rows: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Lay every fact that the checks of this table may ask for beside its rows."""
    if table.parent == "stays":
        rows = _of_the_stay(rows, around)
    if table.name == "stays":
        rows = _of_its_lines(rows, around).with_columns(pl.col("person_id").alias("_person_id"))
    if table.name == "outpatient_visits":
        rows = rows.with_columns(pl.col("person_id").alias("_person_id"))
    if table.name == "fee_lines":
        rows = _of_reversals(rows, around)
    return _of_the_person(rows, around) if "_person_id" in rows.columns else rows


def _of_the_stay(rows: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Dates, person and hospital of the stay, as its version of the row's own night says."""
    wanted = rows.select("stay_id")
    columns = ("stay_id", "received_on", *STAY_FACTS)
    versions = [around.known.stays(wanted, *STAY_FACTS).select(columns)]
    if "stays" in around.here:
        versions.append(around.here["stays"].select(columns))
    facts = (
        pl.concat(versions)
        .sort("received_on", maintain_order=True)
        .select("stay_id", "received_on", *(pl.col(n).alias(f"_{n}") for n in STAY_FACTS))
    )
    numbered = rows.with_row_index("_order").sort("received_on")
    joined = numbered.join_asof(
        facts, on="received_on", by="stay_id", strategy="backward", check_sortedness=False
    )
    return joined.sort("_order").drop("_order")


def _of_its_lines(rows: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Sum of the lines that came with this version of the stay; null where none came."""
    lines = around.here.get("fee_lines")
    if lines is None or ("fee_lines", "amount") not in around.filled:
        return rows.with_columns(pl.lit(None, dtype=pl.Int64).alias("_lines_amount"))
    sums = lines.group_by("stay_id", "received_on").agg(
        pl.col("amount").sum().alias("_lines_amount")
    )
    return rows.join(sums, on=["stay_id", "received_on"], how="left", maintain_order="left")


def _of_reversals(rows: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Whether a negative line is the reversal of a line we have.

    Where the source links reversals, the link must lead to a line. Where it has no such
    column, the same item of the same stay must not fall below nothing.
    """
    if ("fee_lines", "reverses_line_id") not in around.filled:
        net = pl.col("quantity").sum().over("stay_id", "item_code")
        return rows.with_columns((net >= 0).alias("_reverses_a_line"))
    columns = ("line_id", "stay_id", "quantity")
    links = rows["reverses_line_id"].drop_nulls().unique()
    loose = links.filter(~links.is_in(rows["line_id"].implode())).alias("line_id").to_frame()
    before = rows.select(columns).clear()
    if len(loose):
        known = around.known.scan("fee_lines", *columns)
        before = known.join(loose.lazy(), on="line_id", how="semi").collect()
    undone = pl.concat([rows.select(columns), before]).select(
        pl.col("line_id").alias("reverses_line_id"),
        "stay_id",
        pl.col("quantity").alias("_undone"),
        pl.lit(value=True).alias("_found"),
    )
    led = rows.join(
        undone.unique(["reverses_line_id", "stay_id"], keep="last", maintain_order=True),
        on=["reverses_line_id", "stay_id"],
        how="left",
        maintain_order="left",
    )
    taken_back = -pl.col("quantity").sum().over("received_on", "reverses_line_id")
    return led.with_columns(
        (pl.col("_found") & (taken_back <= pl.col("_undone")))
        .fill_null(value=False)
        .alias("_reverses_a_line")
    ).drop("_undone", "_found")


def _of_the_person(rows: pl.DataFrame, around: Surroundings) -> pl.DataFrame:
    """Day of death and of birth, as far as known on the row's own night."""
    wanted = rows.select(pl.col("_person_id").alias("person_id")).drop_nulls().unique()
    columns = ("person_id", "received_on", "birth_date", "death_date")
    before = around.known.scan("persons", *columns).join(wanted.lazy(), on="person_id", how="semi")
    persons = before.collect()
    if "persons" in around.here:
        persons = pl.concat([persons, around.here["persons"].select(columns)])
    facts = persons.sort("received_on").select(
        pl.col("person_id").alias("_person_id"),
        pl.col("received_on"),
        pl.col("birth_date").alias("_birth_date"),
        pl.col("death_date").alias("_death_date"),
    )
    numbered = rows.with_row_index("_order").sort("received_on")
    joined = numbered.join_asof(
        facts, on="received_on", by="_person_id", strategy="backward", check_sortedness=False
    )
    return joined.sort("_order").drop("_order")
