"""Every subject of a city with every delivered column brought to it, by kind of subject.

Each frame has ``subject_id``, ``place`` (the hospital, or whatever stands for it when places
are halved) and the columns. What past audits found is left out: it is what is to be learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.free_lunch.summaries import Tables, beside, by_kind, newest, summary, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USE = ["stay_id", "item_code"]
STORE = ["hospital_id", "item_code"]
LEDGER = [*STORE, "month"]
CHILDREN = ("fee_lines", "stay_diagnoses", "stay_procedures", "device_uses")


def stays(tables: Tables) -> pl.DataFrame:
    """Stays with their lines, diagnoses, operations and uses, person, hospital and group."""
    children = [summary(tables[name].drop("received_on"), ["stay_id"], name) for name in CHILDREN]
    categories = by_kind(tables["fee_lines"], ["stay_id"], "category", "amount", "fee_lines")
    own = beside(tables["stays"], *children, categories, on=["stay_id"])
    return _named(_around_a_stay(own, tables), pl.col("stay_id"))


def _around_a_stay(own: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Person, hospital, physician and payment standard of rows that carry a stay's columns."""
    people = titled(newest(tables["persons"], ["person_id"]), ["person_id"], "persons")
    seen = summary(tables["outpatient_visits"].drop("received_on"), ["person_id"], "visits")
    again = summary(
        tables["stays"].select("person_id", "hospital_id", "total_amount", "admitted_at", "drg"),
        ["person_id"],
        "stays of the person",
    )
    doctors = titled(tables["physicians"], ["physician_id"], "physicians")
    own = beside(own, people, seen, again, on=["person_id"])
    own = beside(own, _hospitals(tables), on=["hospital_id"])
    own = beside(own, doctors, on=["physician_id"])
    cell = ["drg", "hospitals.level", "persons.scheme"]
    price = tables["drg_standards"].rename(
        {"hospital_level": "hospitals.level", "scheme": "persons.scheme"}
    )
    return beside(own, titled(newest(price, cell), cell, "drg_standards"), on=cell)


def uses(tables: Tables) -> pl.DataFrame:
    """Uses with their lines and records, their item, their stay and the store they came from."""
    lines = tables["fee_lines"].filter(pl.col("category") == "consumable")
    lines = lines.drop("category", "received_on")
    records = tables["device_uses"].drop("received_on")
    every = pl.concat([lines.select(USE), records.select(USE)]).unique().sort(USE)
    own = beside(every, summary(lines, USE, "fee_lines"), summary(records, USE, "device_uses"),
                 on=USE)  # fmt: skip
    own = beside(own, _items(tables), on=["item_code"])
    own = beside(own, tables["stays"], on=["stay_id"])
    own = beside(own, *_stores(tables), on=STORE)
    return _named(_around_a_stay(own, tables), pl.concat_str(USE, separator="|"))


def ledgers(tables: Tables) -> pl.DataFrame:
    """Months of an item in a hospital: bills, records, purchases, moves and counts."""
    where = tables["stays"].select("stay_id", "hospital_id")
    lines = tables["fee_lines"].filter(pl.col("category") == "consumable")
    lines = lines.drop("category", "received_on").join(where, on="stay_id")
    records = tables["device_uses"].drop("received_on").join(where, on="stay_id")
    monthly = {
        "fee_lines": _of_month(lines, pl.coalesce("performed_at", "charged_at")),
        "device_uses": _of_month(records, pl.col("used_at")),
        "purchases": _of_month(tables["purchases"], pl.col("delivered_on")),
        "stock_moves": _of_month(tables["stock_moves"], pl.col("moved_at")),
        "stock_counts": _of_month(tables["stock_counts"], pl.col("counted_on")),
    }
    every = pl.concat([rows.select(LEDGER) for rows in monthly.values()]).unique().sort(LEDGER)
    figures = [summary(rows, LEDGER, name) for name, rows in monthly.items()]
    kinds = by_kind(monthly["stock_moves"], LEDGER, "kind", "quantity", "stock_moves")
    own = beside(every, *figures, kinds, on=LEDGER)
    own = beside(own, *_stores(tables), on=STORE)
    own = beside(beside(own, _items(tables), on=["item_code"]), _hospitals(tables),
                 on=["hospital_id"])  # fmt: skip
    return _named(own, pl.concat_str(LEDGER, separator="|"))


def persons(tables: Tables) -> pl.DataFrame:
    """Persons with their stays, visits and lines."""
    on = ["person_id"]
    own = newest(tables["persons"], on)
    whose = tables["stays"].select("stay_id", "person_id")
    lines = tables["fee_lines"].join(whose, on="stay_id").drop("received_on")
    figures = [
        summary(tables["stays"], on, "stays"),
        summary(tables["outpatient_visits"], on, "visits"),
        summary(lines, on, "fee_lines"),
    ]
    return _named(beside(own, *figures, on=on), pl.col("person_id"), pl.col("person_id"))


def physicians(tables: Tables) -> pl.DataFrame:
    """Physicians with the stays they attend, the lines they order and their operations."""
    on = ["physician_id"]
    named = ("stays", "fee_lines", "stay_procedures")
    figures = [summary(tables[name].drop("received_on"), on, name) for name in named]
    own = beside(tables["physicians"], *figures, on=on)
    return _named(beside(own, _hospitals(tables), on=["hospital_id"]), pl.col("physician_id"))


def hospitals(tables: Tables) -> pl.DataFrame:
    """Hospitals with their stays, lines and stores."""
    on = ["hospital_id"]
    where = tables["stays"].select("stay_id", "hospital_id")
    lines = tables["fee_lines"].join(where, on="stay_id")
    named = ("stays", "purchases", "stock_moves", "stock_counts", "outpatient_visits")
    figures = [summary(tables[name], on, name) for name in named]
    own = beside(tables["hospitals"], *figures, summary(lines, on, "fee_lines"), on=on)
    return _named(own, pl.col("hospital_id"))


POPULATIONS: Mapping[str, Callable[[Tables], pl.DataFrame]] = {
    "stay": stays,
    "use": uses,
    "ledger": ledgers,
    "person": persons,
    "physician": physicians,
    "hospital": hospitals,
}


def _of_month(rows: pl.DataFrame, moment: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(month=moment.dt.strftime("%Y-%m"))


def _stores(tables: Tables) -> list[pl.DataFrame]:
    """Purchases, moves and counts of an item in a hospital over the whole window."""
    named = ("purchases", "stock_moves", "stock_counts")
    return [summary(tables[name], STORE, f"all {name}") for name in named]


def _items(tables: Tables) -> pl.DataFrame:
    on = ["item_code"]
    return titled(newest(tables["consumables"], on), on, "consumables")


def _hospitals(tables: Tables) -> pl.DataFrame:
    on = ["hospital_id"]
    return titled(tables["hospitals"], on, "hospitals")


def _named(rows: pl.DataFrame, subject_id: pl.Expr, place: pl.Expr | None = None) -> pl.DataFrame:
    where = pl.col("hospital_id") if place is None else place
    return rows.with_columns(subject_id=subject_id, place=where).sort("subject_id")
