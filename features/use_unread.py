"""Where a number comes twice: how many units of the article left the store without a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, as_of
from claims.schema import THOUSANDTHS_PER_UNIT
from features import use_base as base
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from claims.history import History

GOODS = base.GOODS
UNIT = ["item_code", "serial"]
PLACE = ["hospital_id", "item_code"]
# What a store is asked by: many uses of one day ask the same.
SHELF = [*PLACE, "as_of", "used_on"]


def unread(
    history: History, wanted: pl.LazyFrame, again: pl.LazyFrame, bought: pl.LazyFrame
) -> pl.LazyFrame:
    """Where a number comes twice: units bought here, neither recorded nor on the shelf since.

    A label scanned by mistake leaves the unit that was really used without a record.
    """
    twice = wanted.join(again.filter(pl.col("other_persons") > 0), on=GOODS, how="semi")
    goods = twice.group_by(*GOODS, "hospital_id").agg(pl.col("used_on").max())
    goods = goods.collect().lazy()
    places = goods.select(SHELF).unique().collect().lazy()
    items = with_other_codes(history, places.select("item_code"))
    rows = (
        history.tables["device_uses"]
        .join(items, on="item_code", how="semi")
        .select(*UNIT, pl.col("received_on").alias(KNOWN_FROM))
        .drop_nulls("serial")
    )
    read = of_article(history, rows).group_by(UNIT).agg(read_on=pl.col(KNOWN_FROM).min())
    shelf = (
        base.counted(history, places)
        .filter(pl.col("counted_on") >= pl.col("used_on"))
        .group_by(SHELF, maintain_order=True)
        .agg(closed_on=pl.col("counted_on").first(), left=pl.col("quantity").first())
    )
    came = (
        bought.drop_nulls("serial")
        .rename({"buyer": "hospital_id"})
        .join(places.select(PLACE).unique(), on=PLACE, how="semi")
        .join(read, on=UNIT, how="left")
    )
    closed = places.join(shelf, on=SHELF, how="left", nulls_equal=True).collect().lazy()
    # Uses between the same two counts ask for the same units.
    asked = [*PLACE, "as_of", "closed_on"]
    units = _units_unread(closed.select(asked).unique(), came)
    counts = closed.join(units, on=asked, nulls_equal=True)
    gone = pl.col("unread") * THOUSANDTHS_PER_UNIT - pl.col("left").fill_null(0)
    return goods.join(counts, on=SHELF, nulls_equal=True).select(*GOODS, gone_unread=gone)


def _units_unread(asked: pl.LazyFrame, came: pl.LazyFrame) -> pl.LazyFrame:
    """Units that came until a count, or on consignment, and were never recorded, of each place."""
    keys = [*PLACE, "as_of", "closed_on"]
    in_time = (pl.col("delivered_on") <= pl.col("closed_on")).fill_null(value=False)
    missed = pl.col("read_on").is_null() | (pl.col("read_on") > pl.col("as_of"))
    return (
        asked.join(came, on=PLACE)
        .filter(as_of("as_of"))
        .filter(pl.col("consignment") | in_time)
        .group_by(keys)
        .agg(unread=missed.sum())
    )
