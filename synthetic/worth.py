"""What the bill of single stays will come to, drawn before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import bill

if TYPE_CHECKING:
    from synthetic.state import City

STEP = 10  # fen; clinics bill in whole steps


def bills(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Key, total and covered fen of rows of the prepared plan."""
    used = city.uses.join(rows.select(stay="key"), on="stay", how="semi")
    lines, stays = bill.bill(city.world, rows, used, city.lines)
    covered = lines.group_by("stay_id").agg(covered=pl.col("amount").filter("covered").sum())
    totals = stays.select("stay_id", total="total_amount").join(covered, on="stay_id")
    return rows.select("key", "stay_id").join(totals, on="stay_id").drop("stay_id")


def tests(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The bills, with ``tests``: what the stay would cost less without the first day's tests."""
    bare = bills(city, rows.with_columns(untested=pl.lit(value=True)))
    both = bills(city, rows).join(bare.select("key", bare="total"), on="key")
    return both.with_columns(tests=(pl.col("total") - pl.col("bare")) // STEP * STEP).drop("bare")


def unseen(city: City, rows: pl.DataFrame, days: int) -> pl.DataFrame:
    """Rows around whose stay, by so many days, the person was seen in no clinic."""
    visits = city.visits.select("person", seen="day")
    near = rows.select("key", "person", "admit", "los").join(visits, on="person")
    around = pl.col("seen").is_between(
        pl.col("admit") - days, pl.col("admit") + pl.col("los") + days
    )
    return rows.join(near.filter(around).select("key"), on="key", how="anti")
