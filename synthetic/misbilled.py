"""What schemes about single uses need: uses by subject, prices asked, uses never made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import goods, supply

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City
    from synthetic.world import World

GROUP = ["stay", "product"]
DAYS_PER_YEAR = 365


def asked_price(world: World, hospital: Whole, product: Whole, day: Whole) -> Whole:
    """What a hospital would bill for a unit: its newest invoice, at most the platform price."""
    listed = supply.invoice(world, hospital, product, day - goods.LIST_LAG)
    platform = np.rint(world.products.platform(product, day) * 100).astype(np.int64)
    asked: Whole = np.minimum(listed, platform)
    return asked


def honest_uses(city: City) -> pl.DataFrame:
    """Recorded uses by stay and product, billed as used at one price, untouched so far."""
    true = (pl.col("billed") == pl.col("quantity")) & (pl.col("recorded") == pl.col("quantity"))
    true &= (pl.col("billed_product") == pl.col("product")) & ~pl.col("planted")
    rows = city.uses.filter("registered").with_columns(true=true)
    alone = rows.group_by(GROUP, maintain_order=True).agg(
        pl.col("hospital", "source", "second", "lot", "serial_no").first(),
        key=pl.col("use").min(),
        day=pl.col("day").min(),
        units=pl.col("billed").sum(),
        unit_price=pl.col("unit_price").max(),
        lowest=pl.col("unit_price").min(),
        true=pl.col("true").all(),
        wasted=pl.col("wasted").any(),
    )
    same = pl.col("lowest") == pl.col("unit_price")
    return alone.filter(same & pl.col("true") & ~pl.col("wasted") & (pl.col("units") > 0)).drop(
        "lowest", "true", "wasted"
    )


def billed_as(city: City, chosen: pl.DataFrame) -> City:
    """The city with uses billed under another product; the store keeps the one used.

    ``chosen``: stay, product, instead (the product billed), price (fen), shown (the bill shows
    the device identifier of the one used) and copied (the record names the billed one).
    """
    named = chosen.select(*GROUP, "instead", "price", "shown", "copied")
    rows = city.uses.join(named, on=GROUP)
    instead, day = rows["instead"].to_numpy(), rows["day"].to_numpy()
    platform = np.rint(city.world.products.platform(instead, day) * 100).astype(np.int64)
    changed = rows.with_columns(
        billed_product="instead",
        unit_price="price",
        platform=pl.Series(platform),
        covered=pl.Series(city.world.products.paid_by_fund(instead, day)),
        scanned=pl.when("shown").then("product"),
        product=pl.when("copied").then("instead").otherwise("product"),
        planted=pl.lit(value=True),
    )
    return city.with_changed_uses(changed)


def few_a_year(city: City, rows: pl.DataFrame, product: str, most: int) -> pl.DataFrame:
    """Only so many rows a hospital, year and product in the named column."""
    luck = pl.Series(city.world.draw.uniform("misbilled/order", rows["key"]))
    year = pl.col("day") // DAYS_PER_YEAR
    place = pl.col("luck").rank("ordinal").over("hospital", product, year)
    return rows.with_columns(luck=luck).filter(place <= most).drop("luck")


def keys_of(city: City, product: pl.Series) -> pl.Series:
    """The generic that each product belongs to, by its key in the reference."""
    return city.world.products.frame["key"].gather(product.cast(pl.UInt32))


def generic_of(world: World, key: str) -> int:
    """Row number of a generic."""
    return world.reference.generics["key"].to_list().index(key)


def not_yet_there(city: City, rows: pl.DataFrame, product: str) -> pl.DataFrame:
    """Rows whose stay has no use of the product in the named column, used or billed."""
    mine = rows.select("stay").unique()
    near = city.uses.select("stay", "product", "billed_product").join(mine, on="stay", how="semi")
    for have in ("product", "billed_product"):
        taken = near.select("stay", pl.col(have).alias(product))
        rows = rows.join(taken, on=["stay", product], how="anti")
    return rows


def unlabelled(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of stay and product whose use is in no answer key yet."""
    known = [t.filter(pl.col("subject_type") == "use")["subject_id"] for t in city.truth]
    if not known:
        return rows
    return rows.filter(
        ~city.use_ids(rows["stay"], rows["product"]).is_in(pl.concat(known).implode())
    )


def on_the_shelf(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``lot``: the newest that the hospital had bought of the product by that day."""
    if city.goods is None:
        return rows.clear().with_columns(lot=pl.lit(None, pl.String))
    bought = city.goods.purchases.filter(pl.col("serial_no").is_null())
    bought = bought.select("hospital", "product", "lot", day="delivered").sort("day", "lot")
    dated = rows.sort("day", "key").join_asof(
        bought, on="day", by=["hospital", "product"], check_sortedness=False
    )
    return dated.filter(pl.col("lot").is_not_null())


def never_used(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Uses that are billed and nothing else.

    ``rows``: stay, source, hospital, product, day, second, units, unit_price and lot.
    """
    world = city.world
    product, day = rows["product"].to_numpy(), rows["day"].to_numpy()
    platform = np.rint(world.products.platform(product, day) * 100).astype(np.int64)
    none = pl.lit(0, pl.Int64)
    full = rows.with_columns(
        use=none, quantity=none, recorded=none, unit=none, written_late=none,
        billed="units",
        billed_product="product",
        planted=pl.lit(value=True),
        registered=pl.lit(value=True),
        covered=pl.Series(world.products.paid_by_fund(product, day)),
        platform=pl.Series(platform),
        invoice="unit_price",
        lot_day="day",
    )  # fmt: skip
    schema = city.uses.schema
    rest = [n for n in schema if n not in full.columns]
    blank = [pl.lit(False if schema[n] == pl.Boolean else None, schema[n]).alias(n) for n in rest]
    return full.with_columns(blank).select(pl.col(n).cast(kind) for n, kind in schema.items())
