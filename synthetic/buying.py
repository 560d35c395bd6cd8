"""Deliveries of a month and the uses of what was delivered, and how both are changed together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

LEDGER = ["hospital", "product", "month"]
DELIVERY = ["hospital", "product", "lot", "lot_day"]
GENERIC_PRODUCTS, MONTHS = 4_096, 512


def used(city: City, *, consigned: bool = False) -> pl.DataFrame:
    """Honest registered uses with the ``purchase`` that each unit came with.

    Units of consigned purchases, which are bought after their use, are there if asked for.
    """
    if city.goods is None:
        return city.uses.clear().with_columns(purchase=pl.lit(None, pl.Int64))
    bought = city.goods.purchases.filter(~pl.col("consignment") | consigned)
    plain = pl.col("registered") & ~pl.col("planted") & (pl.col("billed") > 0)
    plain &= (pl.col("billed_product") == pl.col("product")) & pl.col("covered")
    mine = city.uses.filter(plain)
    single = mine.filter("serial").join(
        bought.filter(pl.col("use") >= 0).select("use", "purchase"), on="use"
    )
    lots = bought.filter(pl.col("use") < 0).select(
        "hospital", "product", "lot", "purchase", lot_day="delivered"
    )
    lots = lots.unique(DELIVERY, keep="none")
    bulk = mine.filter(~pl.col("serial")).join(lots, on=DELIVERY)
    return pl.concat([single, bulk.select(single.columns)]).sort("use")


def months(city: City, uses: pl.DataFrame) -> pl.DataFrame:
    """Ledgers with deliveries whose units were used the same month, labelled by nobody yet.

    Columns: key, hospital, product, month, day (of the first delivery), units billed from it.
    """
    dated = uses.with_columns(
        month=pl.Series(city.month_of(uses["lot_day"].to_numpy())),
        used=pl.Series(city.month_of(uses["day"].to_numpy())),
    )
    rows = dated.filter((pl.col("lot_day") >= 0) & (pl.col("used") == pl.col("month")))
    found = rows.group_by(LEDGER).agg(day=pl.col("lot_day").min(), units=pl.col("billed").sum())
    place = (pl.col("hospital") * GENERIC_PRODUCTS + pl.col("product")) * MONTHS + pl.col("month")
    found = found.with_columns(key=place).sort("key")
    known = [t.filter(pl.col("subject_type") == "ledger")["subject_id"] for t in city.truth]
    taken = pl.concat([pl.Series([], dtype=pl.String), *known])
    named = found.with_columns(ledger=city.ledger_ids(found))
    return named.filter(~pl.col("ledger").is_in(taken.implode())).drop("ledger")


def of_months(city: City, uses: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """The uses of what the chosen ledgers took in, with the columns of ``chosen`` beside them."""
    dated = uses.with_columns(month=pl.Series(city.month_of(uses["lot_day"].to_numpy())))
    return dated.join(chosen.drop("day", "units", strict=False), on=LEDGER).sort("use")


def repriced(city: City, bought: pl.DataFrame, uses: pl.DataFrame) -> City:
    """The city with changed purchases (purchase, and what is new) and changed uses.

    Lots of the purchases keep their number and their days.
    """
    if city.goods is None:
        return city
    new = [name for name in bought.columns if name != "purchase"]
    named = bought.rename({name: f"{name}_new" for name in new})
    rows = city.goods.purchases.join(named, on="purchase", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce(f"{name}_new", name).alias(name) for name in new)
    rows = rows.drop(f"{name}_new" for name in new)
    store = Goods(rows, city.goods.moves, city.goods.counts)
    marked = uses.with_columns(planted=pl.lit(value=True))
    return replace(city, goods=store).with_changed_uses(marked)


def platform(city: City, rows: pl.DataFrame, day: str = "ordered") -> pl.Series:
    """Platform price in fen of each row's product on a day."""
    yuan = city.world.products.platform(rows["product"].to_numpy(), rows[day].to_numpy())
    return pl.Series(np.rint(yuan * 100).astype(np.int64))


def some(city: City, purpose: str, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """The luckiest ledgers."""
    return city.world.draw.luckiest(purpose, rows, number).drop("luck")


def wholly(city: City, uses: pl.DataFrame) -> pl.DataFrame:
    """Those uses of which the whole purchase is among ``uses``, so that it can change with them."""
    if city.goods is None:
        return uses
    lots = city.uses.group_by(DELIVERY).agg(every=pl.len())
    mine = uses.group_by(DELIVERY).agg(own=pl.len())
    whole = mine.join(lots, on=DELIVERY).filter(pl.col("own") == pl.col("every"))
    return uses.join(whole, on=DELIVERY, how="semi", maintain_order="left")


def steady(city: City, uses: pl.DataFrame) -> pl.DataFrame:
    """Those uses of which the purchase saw no change of the list price from order to last use."""
    if city.goods is None:
        return uses
    ordered = city.goods.purchases.select("purchase", "product", "ordered")
    listed = ordered.select("purchase", listed=platform(city, ordered))
    seen = uses.group_by("purchase").agg(
        low=pl.col("platform").min(), high=pl.col("platform").max()
    )
    same = (pl.col("low") == pl.col("high")) & (pl.col("low") == pl.col("listed"))
    still = seen.join(listed, on="purchase").filter(same)
    return uses.join(still, on="purchase", how="semi", maintain_order="left")
