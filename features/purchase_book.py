"""What the purchase books tell of units with a number of their own, and how far they tell it.

A use is known within days, its purchase often later: consigned goods are bought after they were
used, and settled by the month (DOMAIN 3.1, C10). Until the book of a hospital has told of
deliveries long enough after the use, nobody can say that a unit was never bought.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History

UNIT = ["item_code", "serial"]
PLACE = ["hospital_id", "item_code"]
GOODS = ["stay_id", "as_of", "item_code"]
# Goods from the shelf are there before their use; their papers take as long as those of a month.
SHELF_WAIT_DAYS = 10
# A month to settle what was used on consignment, and a fortnight for its papers.
LONGEST_WAIT_DAYS = 45


def deliveries(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    """Deliveries of the articles in question, to any ``buyer``, with the nights they were known."""
    items = with_other_codes(history, wanted.select("item_code")).collect().lazy()
    rows = history.versions_about("purchases", items).select(
        "item_code", "serial", "lot", "delivered_on", "expiry_on", "consignment", "gift",
        KNOWN_FROM, KNOWN_UNTIL, buyer="hospital_id",
    )  # fmt: skip
    return of_article(history, rows)


def numbers(history: History, records: pl.LazyFrame, bought: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use and number recorded in it: who bought the unit, as known that night.

    ``records`` has ``GOODS``, serial, hospital_id and used_on; ``bought`` are ``deliveries``.
    Adds flags: ``here`` and ``elsewhere`` (this hospital, another one), and ``missing``: nobody
    did, though the hospital's book has told of deliveries so long after the use that one which is
    not there is missing indeed.
    """
    units = (
        records.drop_nulls("serial")
        .group_by(*GOODS, "serial", "hospital_id")
        .agg(pl.col("used_on").max())
    )
    came = bought.drop_nulls("serial").select(*UNIT, "buyer", KNOWN_FROM, KNOWN_UNTIL)
    mine = pl.col("buyer") == pl.col("hospital_id")
    seen = (
        units.join(came, on=UNIT)
        .filter(as_of("as_of"))
        .group_by(*GOODS, "serial")
        .agg(here=mine.any(), elsewhere=(~mine).any())
    )
    joined = units.join(seen, on=[*GOODS, "serial"], how="left").with_columns(
        pl.col("here", "elsewhere").fill_null(value=False)
    )
    return _told(history, joined).with_columns(
        missing=pl.col("told") & ~pl.col("here") & ~pl.col("elsewhere")
    )


def told_tonight(history: History, records: pl.LazyFrame, night: date) -> pl.LazyFrame:
    """Records whose number no delivery bears, and of which that means something since this night.

    ``records`` has hospital_id, item_code, serial, used_on and more. ``history`` ends on the night.
    """
    bears = history.tables["purchases"].select(UNIT).drop_nulls()
    left = records.drop_nulls("serial").join(bears, on=UNIT, how="anti").collect().lazy()
    today = _told(history, left.with_columns(as_of=pl.lit(night)))
    before = _told(history, left.with_columns(as_of=pl.lit(night - timedelta(days=1))))
    keys = left.collect_schema().names()
    return today.filter("told").join(before.filter("told"), on=keys, how="anti").select(keys)


def _told(history: History, units: pl.LazyFrame) -> pl.LazyFrame:
    """Units with ``told``: whether the book tells long enough after the use; an empty one never."""
    asked = units.select(*PLACE, "as_of").unique().collect().lazy()
    book = asked.join(_told_to(history, asked), on=["hospital_id", "as_of"], how="left").join(
        _from_shelf(history, asked), on=[*PLACE, "as_of"], how="left"
    )
    shelf = pl.col("from_shelf").fill_null(value=False)
    wait = pl.when(shelf).then(SHELF_WAIT_DAYS).otherwise(LONGEST_WAIT_DAYS)
    after = (pl.col("told_to") - pl.col("used_on")).dt.total_days()
    return (
        units.join(book, on=[*PLACE, "as_of"], how="left")
        .with_columns(told=(after >= wait).fill_null(value=False))
        .drop("told_to", "from_shelf")
    )


def _told_to(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """The latest delivery that each hospital's book had told of by each night."""
    nights = asked.select("hospital_id", "as_of").unique().sort("as_of")
    # A delivery dated after the night that told of it was typed wrongly.
    day = pl.min_horizontal("delivered_on", "received_on")
    book = (
        history.tables["purchases"]
        .join(nights, on="hospital_id", how="semi")
        .group_by("hospital_id", "received_on")
        .agg(told_to=day.max())
        .sort("received_on")
        .with_columns(pl.col("told_to").cum_max().over("hospital_id", order_by="received_on"))
    )
    return nights.join_asof(
        book, left_on="as_of", right_on="received_on", by="hospital_id", check_sortedness=False
    ).select("hospital_id", "as_of", "told_to")


def _from_shelf(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Whether all that a hospital was known to have bought of an article came to its shelf."""
    rows = history.tables["purchases"].join(
        asked.select("hospital_id").unique(), on="hospital_id", how="semi"
    )
    known = pl.col("received_on").alias(KNOWN_FROM)
    consigned = pl.col("consignment").fill_null(value=True)
    first = (
        of_article(history, rows.select(*PLACE, known, consigned))
        .group_by(PLACE)
        .agg(
            bought_from=pl.col(KNOWN_FROM).min(),
            consigned_from=pl.col(KNOWN_FROM).filter("consignment").min(),
        )
    )
    night = pl.col("as_of")
    consigned_by_then = (pl.col("consigned_from") <= night).fill_null(value=False)
    return asked.join(first, on=PLACE).select(
        *PLACE, "as_of", from_shelf=(pl.col("bought_from") <= night) & ~consigned_by_then
    )
