"""An inspector's own reading of a delivered folder, without a line of ``claims.checks``.

Each count goes through the delivered files in their import types (yuan, units, dates) and
says which rows break what. A finding is one row of a table: ``table``, ``row_key`` (as in the
queue of data faults), ``received_on`` and ``code``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from claims.tables import BY_NAME, DELIVERED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROW = ["table", "row_key", "received_on"]
FINDING = [*ROW, "code"]
DAY = pl.duration(days=1)
CHILDREN = tuple(table.name for table in DELIVERED if table.parent == "stays")
# Fees that stand in one of the two catalogues of the contract; drugs do not.
LISTED = ~pl.col("category").is_in(["drug"])


@dataclass(frozen=True)
class Folder:
    """A delivered folder."""

    out: Path

    def has(self, name: str) -> bool:
        """Whether the table was delivered."""
        return (self.out / f"{name}.parquet").exists() or (self.out / name).is_dir()

    def table(self, name: str) -> pl.DataFrame:
        """One table as delivered, each row with the key it has in the queue of data faults."""
        path = self.out / f"{name}.parquet"
        rows = pl.read_parquet(path if path.exists() else self.out / name / "*.parquet")
        key = pl.concat_str(
            [pl.col(one).cast(pl.String) for one in BY_NAME[name].key], separator="|"
        )
        return rows.with_columns(table=pl.lit(name), row_key=key)

    def under_stays(self, name: str) -> pl.DataFrame:
        """Rows of a child table beside the version of the stay that they came with."""
        facts = self.table("stays").select(
            "stay_id",
            "received_on",
            "settled_on",
            _person="person_id",
            _physician="physician_id",
            _hospital="hospital_id",
            first=pl.col("admitted_at").dt.date(),
            last=pl.col("discharged_at").dt.date(),
        )
        return self.table(name).join(facts, on=["stay_id", "received_on"], how="left")

    def under_persons(self, name: str) -> pl.DataFrame:
        """Rows with the dates of birth and death that were known on their own night."""
        rows = self.under_stays(name) if name in CHILDREN else self.table(name)
        if name in CHILDREN:
            rows = rows.with_columns(person_id="_person")
        facts = self.table("persons").select("person_id", "received_on", "birth_date", "death_date")
        return rows.sort("received_on").join_asof(
            facts.sort("received_on"), on="received_on", by="person_id", check_sortedness=False
        )


def tagged_by_hand(folder: Folder) -> pl.DataFrame:
    """Every row of the folder that breaks something which the contract can see."""
    found = [
        *_dates_out_of_order(folder),
        *_outside_the_stay(folder),
        *_sums(folder),
        *_reversals(folder),
        *_outside_a_life(folder),
        *_unknown_codes(folder),
        *_declared(folder),
    ]
    return pl.concat(found).unique().sort(FINDING)


def _as(code: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(*ROW, code=pl.lit(code))


def _dates_out_of_order(folder: Folder) -> Iterable[pl.DataFrame]:
    stays = folder.table("stays").filter(pl.col("discharged_at") < pl.col("admitted_at"))
    yield _as("data.discharge_before_admission", stays)
    if folder.has("purchases"):
        bought = folder.table("purchases").filter(pl.col("delivered_on") < pl.col("ordered_on"))
        yield _as("data.delivered_before_ordered", bought)


def _outside_the_stay(folder: Folder) -> Iterable[pl.DataFrame]:
    """Lines, uses and operations more than a day before the admission or after the discharge."""
    moments = {
        "fee_lines": ("charged_at", "performed_at"),
        "device_uses": ("used_at",),
        "stay_procedures": ("performed_at",),
    }
    for name, columns in moments.items():
        if folder.has(name):
            out = reduce(pl.Expr.or_, [outside(column) for column in columns])
            yield _as("data.line_outside_stay", folder.under_stays(name).filter(out))


def outside(column: str) -> pl.Expr:
    """More than a day off the stay (rows of ``Folder.under_stays``)."""
    day = pl.col(column).dt.date()
    return ~day.is_between(pl.col("first") - DAY, pl.col("last") + DAY)


def _sums(folder: Folder) -> Iterable[pl.DataFrame]:
    lines, stays = folder.table("fee_lines"), folder.table("stays")
    product = pl.col("unit_price").cast(pl.Float64) * pl.col("quantity").cast(pl.Float64)
    rounding = 0.01 + 0.005 * pl.col("quantity").cast(pl.Float64).abs() + 1e-6
    apart = (pl.col("amount").cast(pl.Float64) - product).abs() > rounding
    yield _as("data.amount_not_price_times_quantity", lines.filter(apart))
    sums = lines.group_by("stay_id", "received_on").agg(billed=pl.col("amount").sum())
    both = stays.join(sums, on=["stay_id", "received_on"])
    gap = (pl.col("total_amount") - pl.col("billed")).abs()
    yield _as("data.sum_mismatch", both.filter(gap > 1))


def _reversals(folder: Folder) -> Iterable[pl.DataFrame]:
    lines = folder.table("fee_lines")
    negative = lines.filter(pl.col("quantity") < 0)
    undone = lines.select(reverses_line_id="line_id")
    loose = negative.join(undone, on="reverses_line_id", how="anti")
    yield _as("data.negative_without_reversal", loose)


def _outside_a_life(folder: Folder) -> Iterable[pl.DataFrame]:
    if not folder.has("persons"):
        return
    moments = {"stays": "admitted_at", "fee_lines": "performed_at"}
    if folder.has("outpatient_visits"):
        moments["outpatient_visits"] = "visited_at"
    for name, column in moments.items():
        day, rows = pl.col(column).dt.date(), folder.under_persons(name)
        yield _as("data.after_death", rows.filter(day > pl.col("death_date")))
        if name == "stays":
            yield _as("data.before_birth", rows.filter(day < pl.col("birth_date")))


def _unknown_codes(folder: Folder) -> Iterable[pl.DataFrame]:
    """Codes of institutions, people and goods that no delivered register has."""
    for table in DELIVERED:
        for column in table.columns:
            register = column.refers_to
            if register in {None, "stays"} or not folder.has(str(register)):
                continue
            if folder.has(table.name):
                key = BY_NAME[str(register)].key[0]
                known = folder.table(str(register)).select(pl.col(key).alias(column.name))
                rows = folder.table(table.name).filter(pl.col(column.name).is_not_null())
                yield _as("data.unknown_code", rows.join(known, on=column.name, how="anti"))
    if folder.has("service_items") and folder.has("consumables"):
        known = pl.concat(
            [folder.table(n).select("item_code") for n in ("service_items", "consumables")]
        )
        lines = folder.table("fee_lines").filter(LISTED)
        yield _as("data.unknown_code", lines.join(known, on="item_code", how="anti"))


def _declared(folder: Folder) -> Iterable[pl.DataFrame]:
    """What the data dictionary promises of single columns: filled, listed, not below."""
    for table in DELIVERED:
        rows = folder.table(table.name) if folder.has(table.name) else None
        for column in table.columns if rows is not None and rows.height else ():
            value, kept = pl.col(column.name), rows if rows is not None else pl.DataFrame()
            if not column.optional:
                yield _as("data.missing_value", kept.filter(value.is_null()))
            if column.values:
                listed = value.is_in(list(column.values)) | value.is_null()
                yield _as("data.unknown_code", kept.filter(~listed))
            if column.minimum is not None:
                lowest = column.minimum / column.kind.scale
                below = value.cast(pl.Float64) < lowest
                yield _as("data.below_minimum", kept.filter(below))
