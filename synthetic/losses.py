"""What stays without key consumables will cost, known as soon as they are planned.

A scheme of the stage "care" needs its loss before the whole city is billed; the lines of a
stay do not depend on other stays, so that they can be drawn here and again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import bill, headers
from synthetic.additions import LINES, empty

if TYPE_CHECKING:
    from synthetic.state import City


def billed(city: City, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fee lines and settlements of rows of a plan, without consumables."""
    ready = headers.prepare(city.world, city.standards, rows)
    return bill.bill(city.world, ready, pl.DataFrame(), empty(LINES))


def fund_payment(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with the ``amount`` in fen that the fund pays for each stay, goods apart."""
    _, settled = billed(city, rows)
    paid = settled.select(stay_id="stay_id", amount=pl.col("fund_amount").cast(pl.Int64))
    named = rows.with_columns(stay_id=city.stay_ids(rows["key"]))
    return named.join(paid, on="stay_id", maintain_order="left").drop("stay_id")


def billed_from(city: City, rows: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """``rows`` with the ``amount`` in fen of what was done on ``day`` or later."""
    lines, _ = billed(city, rows)
    dated = rows.select("key", from_day=day)
    begin = city.world.clock.dates(dated["from_day"].to_numpy())
    named = rows.with_columns(stay_id=city.stay_ids(rows["key"]), begin=begin)
    late = lines.join(named.select("stay_id", "begin"), on="stay_id")
    late = late.filter(pl.col("performed_at").dt.date() >= pl.col("begin"))
    sums = late.group_by("stay_id").agg(amount=pl.col("amount").sum())
    return named.join(sums, on="stay_id", maintain_order="left").drop("stay_id", "begin")
