"""Billed prices against invoices: those of a use's own lots, and whether any agreed the price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import use_base as base
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from claims.history import History

GOODS = base.GOODS
PLACE = ["hospital_id", "item_code"]
# What invoices are asked by: many goods of one day and price ask the same.
OFFER = [*PLACE, "as_of", "price", "served_on"]
YEAR_DAYS = 365  # a price once agreed holds for about a year


def invoices(history: History, goods: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Billed price against the invoices of its own lots, and whether any invoice has it."""
    items = with_other_codes(history, goods.select("item_code")).collect().lazy()
    told = history.versions_about("purchases", items).select(
        *PLACE, "lot", "unit_price", "delivered_on", KNOWN_FROM, KNOWN_UNTIL
    )
    bought = of_article(history, told).unique().collect().lazy()
    mine = goods.select(*GOODS, "hospital_id", "price", "served_on")
    lots = base.sold_lots(rows).join(mine.select(*GOODS, "hospital_id", "price"), on=GOODS)
    lots = lots.collect().lazy()
    own = (
        lots.join(_dearest_of_lots(bought, lots), on=[*PLACE, "as_of", "lot"])
        .group_by(*GOODS, "price")
        .agg(pl.col("own_invoice").max())
        .select(*GOODS, own_over=pl.col("price") / pl.col("own_invoice"))
    )
    agreed = mine.join(_agreed(bought, mine), on=OFFER, nulls_equal=True).select(*GOODS, "agreed")
    there = (
        base.opening_lots(history, lots.drop("price"))
        .select(GOODS)
        .unique()
        .with_columns(opening_lot=pl.lit(value=True))
    )
    joined = mine.select(GOODS).join(agreed, on=GOODS, how="left").join(own, on=GOODS, how="left")
    return joined.join(there, on=GOODS, how="left").with_columns(
        pl.col("opening_lot").fill_null(value=False)
    )


def _dearest_of_lots(bought: pl.LazyFrame, lots: pl.LazyFrame) -> pl.LazyFrame:
    """The highest invoice price of each lot that a hospital bought of an article."""
    asked = [*PLACE, "as_of", "lot"]
    known = lots.select(asked).unique().join(bought, on=[*PLACE, "lot"]).filter(as_of("as_of"))
    return known.group_by(asked).agg(own_invoice=pl.col("unit_price").max())


def _agreed(bought: pl.LazyFrame, mine: pl.LazyFrame) -> pl.LazyFrame:
    """Whether an invoice near the day has the price; no row where there is no invoice at all."""
    offers = bought.rename({"unit_price": "price"}).drop("lot").unique()
    asked = mine.select(OFFER).unique().collect().lazy()
    known = (
        asked.select(*PLACE, "as_of")
        .unique()
        .join(offers.drop("price", "delivered_on").unique(), on=PLACE)
    )
    invoiced = known.filter(as_of("as_of")).select(*PLACE, "as_of").unique()
    near = (pl.col("served_on") - pl.col("delivered_on")).dt.total_days().abs() <= YEAR_DAYS
    priced = asked.join(offers, on=[*PLACE, "price"]).filter(as_of("as_of") & near)
    met = priced.select(OFFER).unique().with_columns(agreed=pl.lit(value=True))
    return (
        asked.join(invoiced, on=[*PLACE, "as_of"], how="semi")
        .join(met, on=OFFER, how="left")
        .with_columns(pl.col("agreed").fill_null(value=False))
    )
