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
from features.ledger_flows import arrived
from features.papers import CONSIGNED_DAYS, SETTLE_DAYS
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History

UNIT = ["item_code", "serial"]
PLACE = ["hospital_id", "item_code"]
GOODS = ["stay_id", "as_of", "item_code"]


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


def judged_anew(history: History, records: pl.LazyFrame, night: date) -> pl.LazyFrame:
    """Records of which the books say another thing since the night before, with ``as_of``.

    That the unit is missing, because its book has told long enough after the use, or that it was
    bought after all. ``records`` has hospital_id, item_code, serial, used_on and more; ``history``
    ends on the night.
    """
    mine = records.drop_nulls("serial").collect().lazy()
    bought = of_article(
        history, history.current("purchases").select(*UNIT, KNOWN_FROM)
    ).drop_nulls()
    late = bought.filter(pl.col(KNOWN_FROM) == night)
    doubtful = (
        pl.concat(
            [
                mine.join(bought, on=UNIT, how="anti").with_columns(bought=pl.lit(value=False)),
                mine.join(late, on=UNIT, how="semi").with_columns(bought=pl.lit(value=True)),
            ]
        )
        .with_columns(as_of=pl.lit(night))
        .collect()
        .lazy()
    )
    keys = ["stay_id", *UNIT]
    before = _told(history, doubtful.with_columns(pl.lit(night - timedelta(days=1)).alias("as_of")))
    known = before.filter("told").select(keys).unique()
    missing = _told(history, doubtful.filter(~pl.col("bought"))).filter("told").drop("told")
    return pl.concat(
        [
            missing.join(known, on=keys, how="anti"),
            doubtful.filter("bought").join(known, on=keys, how="semi"),
        ]
    ).drop("bought")


def _told(history: History, units: pl.LazyFrame) -> pl.LazyFrame:
    """Units with ``told``: whether the book reaches far enough past the use; an empty one never."""
    asked = units.select(*PLACE, "as_of").unique().collect().lazy()
    book = asked.join(_reach(history, asked), on=["hospital_id", "as_of"], how="left").join(
        _from_shelf(history, asked), on=[*PLACE, "as_of"], how="left"
    )
    shelf = pl.col("from_shelf").fill_null(value=False)
    wait = pl.when(shelf).then(SETTLE_DAYS).otherwise(CONSIGNED_DAYS)
    after = (pl.col("reach") - pl.col("used_on")).dt.total_days()
    return (
        units.join(book, on=[*PLACE, "as_of"], how="left")
        .with_columns(told=(after >= wait).fill_null(value=False))
        .drop("reach", "from_shelf")
    )


def _reach(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """The latest delivery that each hospital's book had told of by each night."""
    nights = asked.select("hospital_id", "as_of").unique().sort("as_of")
    # A delivery dated after the night that told of it was typed wrongly, and says nothing.
    day = pl.col("delivered_on").filter(pl.col("delivered_on") <= pl.col("received_on"))
    book = (
        history.tables["purchases"]
        .join(nights, on="hospital_id", how="semi")
        .group_by("hospital_id", "received_on")
        .agg(reach=day.max())
        .sort("received_on")
        .with_columns(pl.col("reach").cum_max().over("hospital_id", order_by="received_on"))
    )
    return nights.join_asof(
        book, left_on="as_of", right_on="received_on", by="hospital_id", check_sortedness=False
    ).select("hospital_id", "as_of", "reach")


def _from_shelf(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Whether all that a hospital was known to get of an article it had bought for its shelf.

    Who lent it a unit may hold it on consignment.
    """
    rows = history.tables["purchases"].join(
        asked.select("hospital_id").unique(), on="hospital_id", how="semi"
    )
    known = pl.col("received_on").alias(KNOWN_FROM)
    own = rows.select(*PLACE, known, pl.col("consignment").fill_null(value=True))
    lent = arrived(history).select(*PLACE, KNOWN_FROM, consignment=pl.lit(value=True))
    first = (
        of_article(history, pl.concat([own, lent]))
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
