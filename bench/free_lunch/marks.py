"""Marks that should mean nothing: numbers in ids, places in a file, seconds and last digits.

Each group has rows of one table, to whom each row belongs, and whether that one is guilty.
Nothing here may depend on how many rows somebody has, for that is honest evidence: places
among several rows are drawn out to a uniform number, however many there are. Nor may it depend
on what a row is: seconds of bed fees differ from those of drugs. So rows are compared within
``alike`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.free_lunch.traces import against_time, last_digits, number, order, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.free_lunch.columns import Columns
    from bench.free_lunch.scoring import Flags
    from bench.free_lunch.summaries import Tables

GUILTY_OWNERS, TIMES_INNOCENT = 800, 3  # owners at most, and innocents for each guilty one
MOST_ROWS = 30_000
USE = pl.concat_str("stay_id", "item_code", separator="|")


@dataclass(frozen=True)
class Marks:
    """Marks of rows; ``owner`` groups rows that are guilty or innocent together."""

    name: str
    columns: Columns
    owner: pl.Series
    place: pl.Series
    alike: pl.Series
    guilty: Flags


def marks(tables: Tables, key: pl.DataFrame) -> Iterator[Marks]:
    """All groups of a city that hold both guilty and innocent rows."""
    found = (group_of(name, tables, key) for name in GROUPS)
    return (group for group in found if group is not None)


def group_of(name: str, tables: Tables, key: pl.DataFrame) -> Marks | None:
    """One group, or None where nobody in it is guilty, or everybody."""
    rows = GROUPS[name](tables)
    label = _guilty(rows, key)
    return _sampled(name, rows, label) if label.any() and not label.all() else None


def _guilty(rows: pl.DataFrame, key: pl.DataFrame) -> Flags:
    """Whether each row's subject is planted, whatever its difficulty."""
    planted = key.filter(~pl.col("innocent")).select("subject_type", "subject_id").unique()
    told = rows.select("subject_type", "subject_id").join(
        planted.with_columns(guilty=True), on=["subject_type", "subject_id"], how="left",
        maintain_order="left",
    )  # fmt: skip
    guilty = pl.DataFrame({"owner": rows["owner"], "guilty": told["guilty"].fill_null(value=False)})
    whole = guilty.select(pl.col("guilty").any().over("owner")).to_series()
    flags: Flags = whole.to_numpy().astype(np.bool_)
    return flags


def _sampled(name: str, rows: pl.DataFrame, label: Flags) -> Marks:
    """Enough guilty owners and some innocents, with all their rows, each row once."""
    told = rows.drop("subject_type", "subject_id").with_columns(guilty=pl.Series(label))
    told = told.unique(maintain_order=True)
    owners = told.select("owner", "guilty").unique().sort("owner")
    share = min(1.0, MOST_ROWS / len(told) * len(owners) / (GUILTY_OWNERS * (1 + TIMES_INNOCENT)))
    some = []
    for guilty, most in ((True, GUILTY_OWNERS), (False, GUILTY_OWNERS * TIMES_INNOCENT)):
        mine = owners.filter(pl.col("guilty") == guilty)
        some.append(mine.sample(min(round(most * share), len(mine)), seed=1))
    left = told.filter(pl.col("owner").is_in(pl.concat(some)["owner"].implode()))
    columns = {
        column.name: column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in left.drop("owner", "place", "alike", "guilty").iter_columns()
    }
    flags: Flags = left["guilty"].to_numpy().astype(np.bool_)
    return Marks(name, columns, left["owner"], left["place"], left["alike"], flags)


def stays(tables: Tables) -> pl.DataFrame:
    """Stays by their number and their place in the file."""
    rows = placed(tables["stays"])
    return rows.select(*_of("stay", pl.col("stay_id")), *number("stay_id"), *order())


def clocks(tables: Tables) -> pl.DataFrame:
    """Stays by minutes and seconds, wait for the papers, and last digits of their amounts."""
    moments = ("admitted_at", "discharged_at")
    billed = tables["fee_lines"].group_by("stay_id").agg(billed=pl.col("amount").sum())
    rows = tables["stays"].join(billed, on="stay_id", how="left", maintain_order="left")
    return rows.select(
        *_of("stay", pl.col("stay_id")),
        *(pl.col(name).dt.second().alias(f"{name} second") for name in moments),
        *(pl.col(name).dt.minute().alias(f"{name} minute") for name in moments),
        (pl.col("received_on") - pl.col("settled_on")).dt.total_days().alias("wait"),
        # The last digits of a total are those of its lines; what it adds to them is its own.
        ((pl.col("total_amount") - pl.col("billed")) * 100).round().alias("total beyond lines"),
        *last_digits("fund_amount", "self_pay_amount"),
    )


def lines(tables: Tables) -> pl.DataFrame:
    """Lines of fee by number, place, order within the stay, and seconds."""
    rows = _with_place(placed(tables["fee_lines"]), tables)
    timed = against_time(rows, "stay_id", "performed_at")
    category = pl.col("category")
    return timed.select(*_of("stay", pl.col("stay_id"), alike=category), *_line_marks())


def use_lines(tables: Tables) -> pl.DataFrame:
    """Lines of consumables, as guilty as their use."""
    rows = _with_place(placed(tables["fee_lines"]), tables)
    mine = rows.filter(pl.col("category") == "consumable").with_columns(use=USE)
    timed = against_time(mine, "use", "performed_at")
    return timed.select(*_of("use", pl.col("use")), *_line_marks())


def records(tables: Tables) -> pl.DataFrame:
    """Records of use by number, place in the file and order within the stay."""
    rows = _with_place(placed(tables["device_uses"]), tables)
    timed = against_time(rows, "stay_id", "used_at")
    return timed.select(
        *_of("use", USE), *number("use_id"), *order(), "late",
        pl.col("used_at").dt.second().alias("used_at second"),
    )  # fmt: skip


def lots(tables: Tables) -> pl.DataFrame:
    """Numbers of lots; a lot is guilty when a guilty use took from it."""
    return _printed(tables, "lot")


def serials(tables: Tables) -> pl.DataFrame:
    """Serial numbers of what was used."""
    return _printed(tables, "serial")


def purchases(tables: Tables) -> pl.DataFrame:
    """Purchases by number and place, as guilty as their ledger month."""
    rows = placed(tables["purchases"])
    month = pl.col("delivered_on").dt.strftime("%Y-%m")
    return rows.select(*_of("ledger", _ledger(month)), *number("purchase_id"), *order())


def moves(tables: Tables) -> pl.DataFrame:
    """Moves of stock by number and place, as guilty as their ledger month."""
    rows = placed(tables["stock_moves"])
    month = pl.col("moved_at").dt.strftime("%Y-%m")
    return rows.select(*_of("ledger", _ledger(month)), *number("move_id"), *order())


def visits(tables: Tables) -> pl.DataFrame:
    """Visits by number and place; guilty where the person has a guilty stay."""
    rows = placed(tables["outpatient_visits"])
    mine = tables["stays"].select("stay_id", "person_id").join(rows, on="person_id")
    kind = pl.col("kind")
    return mine.select(
        *_of("stay", pl.col("stay_id"), owner=pl.col("person_id"), alike=kind),
        *number("visit_id"), *order(),
    )  # fmt: skip


def people(tables: Tables) -> pl.DataFrame:
    """Persons by number and place; guilty where the person has a guilty stay."""
    rows = placed(tables["persons"].unique("person_id", keep="first", maintain_order=True))
    rows = tables["stays"].select("stay_id", "person_id").join(rows, on="person_id")
    return rows.select(
        *_of("stay", pl.col("stay_id"), owner=pl.col("person_id")),
        *number("person_id"), *number("address_hash"), pl.col("row") / pl.col("size"),
    )  # fmt: skip


def outcomes(tables: Tables) -> pl.DataFrame:
    """Past audits by number and place; guilty as their subject, whatever was decided."""
    rows = placed(tables["audit_outcomes"])
    subject = pl.col("subject_id")
    return rows.select(
        pl.col("subject_type"), subject, subject.alias("owner"), subject.alias("place"),
        pl.col("subject_type").alias("alike"), *number("outcome_id"), *order(),
    )  # fmt: skip


GROUPS: Mapping[str, Callable[[Tables], pl.DataFrame]] = {
    "stays: ids and order": stays,
    "stays: seconds, wait, last digits": clocks,
    "fee lines of stays: ids, order, seconds": lines,
    "fee lines of uses: ids, order, seconds": use_lines,
    "records of use: ids and order": records,
    "lots": lots,
    "serial numbers": serials,
    "purchases of ledgers: ids and order": purchases,
    "moves of ledgers: ids and order": moves,
    "visits of persons: ids and order": visits,
    "persons: ids and order": people,
    "audit outcomes: ids and order": outcomes,
}


def _of(
    kind: str, subject: pl.Expr, *, owner: pl.Expr | None = None, alike: pl.Expr | None = None
) -> list[pl.Expr]:
    """To whom a row belongs; rows of somebody who is no subject are parted by owner."""
    return [
        pl.lit(kind).alias("subject_type"),
        subject.alias("subject_id"),
        (subject if owner is None else owner).alias("owner"),
        (pl.col("hospital_id") if owner is None else owner).alias("place"),
        (pl.lit("") if alike is None else alike).alias("alike"),
    ]


def _ledger(month: pl.Expr) -> pl.Expr:
    return pl.concat_str("hospital_id", "item_code", month, separator="|")


def _with_place(rows: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    where = tables["stays"].select("stay_id", "hospital_id")
    return rows.join(where, on="stay_id", how="left", maintain_order="left")


def _line_marks() -> list[pl.Expr]:
    moments = ("charged_at", "performed_at")
    return [
        *number("line_id"), *order(), pl.col("listed", "late"),
        *(pl.col(name).dt.second().alias(f"{name} second") for name in moments),
    ]  # fmt: skip


def _printed(tables: Tables, column: str) -> pl.DataFrame:
    rows = _with_place(tables["device_uses"], tables).filter(pl.col(column).is_not_null())
    return rows.select(*_of("use", USE, owner=pl.col(column)), *number(column))
