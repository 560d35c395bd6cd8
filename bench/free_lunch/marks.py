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
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.free_lunch.columns import Columns
    from bench.free_lunch.scoring import Flags
    from bench.free_lunch.summaries import Tables

GUILTY_OWNERS, TIMES_INNOCENT = 800, 3  # owners at most, and innocents for each guilty one
MOST_ROWS = 30_000
USE = pl.concat_str("stay_id", "item_code", separator="|")


def _as_they_are(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


@dataclass(frozen=True)
class Rows:
    """Rows of a table, to whom they belong, and the marks on them.

    Marks are made of sampled rows only; ``finish`` adds what they need and compares rows of one
    owner. ``once`` names what tells two rows of an owner apart; with none they are one.
    """

    frame: pl.DataFrame
    who: Sequence[pl.Expr]
    marks: Sequence[pl.Expr]
    finish: Callable[[pl.DataFrame], pl.DataFrame] = _as_they_are
    once: tuple[str, ...] = ("row",)


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
    who = _told(rows, key)
    return _sampled(name, rows, who) if who["guilty"].any() and not who["guilty"].all() else None


def _told(rows: Rows, key: pl.DataFrame) -> pl.DataFrame:
    """To whom each row belongs, and whether that one is planted, whatever its difficulty."""
    planted = key.filter(~pl.col("innocent")).select("subject_type", "subject_id").unique()
    who = rows.frame.select(*rows.who, *rows.once).join(
        planted.with_columns(guilty=True), on=["subject_type", "subject_id"], how="left",
        maintain_order="left",
    )  # fmt: skip
    guilty = pl.col("guilty").fill_null(value=False).any().over("owner")
    return who.with_columns(guilty=guilty)


def _sampled(name: str, rows: Rows, who: pl.DataFrame) -> Marks:
    """Enough guilty owners and some innocents, with all their rows, each row once."""
    told = who.with_row_index("at").unique(["owner", *rows.once], keep="first", maintain_order=True)
    owners = told.select("owner", "guilty").unique().sort("owner")
    share = min(1.0, MOST_ROWS / len(told) * len(owners) / (GUILTY_OWNERS * (1 + TIMES_INNOCENT)))
    some = []
    for guilty, most in ((True, GUILTY_OWNERS), (False, GUILTY_OWNERS * TIMES_INNOCENT)):
        mine = owners.filter(pl.col("guilty") == guilty)
        some.append(mine.sample(min(round(most * share), len(mine)), seed=1))
    left = told.filter(pl.col("owner").is_in(pl.concat(some)["owner"].implode()))
    marked = rows.finish(rows.frame[left["at"]]).select(*rows.marks)
    columns = {
        column.name: column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in marked.iter_columns()
    }
    flags: Flags = left["guilty"].to_numpy().astype(np.bool_)
    return Marks(name, columns, left["owner"], left["place"], left["alike"], flags)


def stays(tables: Tables) -> Rows:
    """Stays by their number and their place in the file."""
    rows = placed(tables["stays"])
    return Rows(rows, _of("stay", pl.col("stay_id")), [*number("stay_id"), *order()])


def clocks(tables: Tables) -> Rows:
    """Stays by minutes and seconds, wait for the papers, and last digits of their amounts."""
    moments = ("admitted_at", "discharged_at")
    billed = tables["fee_lines"].group_by("stay_id").agg(billed=pl.col("amount").sum())
    rows = tables["stays"].join(billed, on="stay_id", how="left", maintain_order="left")
    told = [
        *(pl.col(name).dt.second().alias(f"{name} second") for name in moments),
        *(pl.col(name).dt.minute().alias(f"{name} minute") for name in moments),
        (pl.col("received_on") - pl.col("settled_on")).dt.total_days().alias("wait"),
        # The last digits of a total are those of its lines; what it adds to them is its own.
        ((pl.col("total_amount") - pl.col("billed")) * 100).round().alias("total beyond lines"),
        *last_digits("fund_amount", "self_pay_amount"),
    ]
    return Rows(rows.with_row_index("row"), _of("stay", pl.col("stay_id")), told)


def lines(tables: Tables) -> Rows:
    """Lines of fee by number, place, order within the stay, and seconds."""
    rows = _with_place(placed(tables["fee_lines"]), tables)
    who = _of("stay", pl.col("stay_id"), alike=pl.col("category"))
    return Rows(rows, who, _line_marks(), lambda own: against_time(own, "stay_id", "performed_at"))


def use_lines(tables: Tables) -> Rows:
    """Lines of consumables, as guilty as their use."""
    rows = _with_place(placed(tables["fee_lines"]), tables)
    mine = rows.filter(pl.col("category") == "consumable").with_columns(use=USE)
    who = _of("use", pl.col("use"))
    return Rows(mine, who, _line_marks(), lambda own: against_time(own, "use", "performed_at"))


def records(tables: Tables) -> Rows:
    """Records of use by number, place in the file and order within the stay."""
    rows = _with_place(placed(tables["device_uses"]), tables)
    timed = against_time(rows, "stay_id", "used_at")
    second = pl.col("used_at").dt.second().alias("used_at second")
    return Rows(timed, _of("use", USE), [*number("use_id"), *order(), pl.col("late"), second])


def lots(tables: Tables) -> Rows:
    """Numbers of lots; a lot is guilty when a guilty use took from it."""
    return _printed(tables, "lot")


def serials(tables: Tables) -> Rows:
    """Serial numbers of what was used."""
    return _printed(tables, "serial")


def purchases(tables: Tables) -> Rows:
    """Purchases by number and place, as guilty as their ledger month."""
    month = pl.col("delivered_on").dt.strftime("%Y-%m")
    return _numbered(tables["purchases"], "purchase_id", _of("ledger", _ledger(month)))


def moves(tables: Tables) -> Rows:
    """Moves of stock by number and place, as guilty as their ledger month."""
    month = pl.col("moved_at").dt.strftime("%Y-%m")
    return _numbered(tables["stock_moves"], "move_id", _of("ledger", _ledger(month)))


def visits(tables: Tables) -> Rows:
    """Visits by number and place; guilty where the person has a guilty stay."""
    rows = placed(tables["outpatient_visits"])
    mine = tables["stays"].select("stay_id", "person_id").join(rows, on="person_id")
    who = _of("stay", pl.col("stay_id"), owner=pl.col("person_id"), alike=pl.col("kind"))
    return Rows(mine, who, [*number("visit_id"), *order()])


def people(tables: Tables) -> Rows:
    """Persons by number and place; guilty where the person has a guilty stay."""
    rows = placed(tables["persons"].unique("person_id", keep="first", maintain_order=True))
    rows = tables["stays"].select("stay_id", "person_id").join(rows, on="person_id")
    who = _of("stay", pl.col("stay_id"), owner=pl.col("person_id"))
    place = pl.col("row") / pl.col("size")
    return Rows(rows, who, [*number("person_id"), *number("address_hash"), place])


def outcomes(tables: Tables) -> Rows:
    """Past audits by number and place; guilty as their subject, whatever was decided."""
    subject, kind = pl.col("subject_id"), pl.col("subject_type")
    who = [kind, subject, subject.alias("owner"), subject.alias("place"), kind.alias("alike")]
    return _numbered(tables["audit_outcomes"], "outcome_id", who)


GROUPS: Mapping[str, Callable[[Tables], Rows]] = {
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


def _numbered(table: pl.DataFrame, column: str, who: Sequence[pl.Expr]) -> Rows:
    return Rows(placed(table), who, [*number(column), *order()])


def _printed(tables: Tables, column: str) -> Rows:
    rows = _with_place(tables["device_uses"], tables).filter(pl.col(column).is_not_null())
    return Rows(rows, _of("use", USE, owner=pl.col(column)), number(column), once=())
