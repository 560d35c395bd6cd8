"""Devices of single stays: what the kit brings, and what an order may ask for beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import uses
from synthetic.additions import WANTED, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthetic.state import City

CLASS_DIGITS = 7


def untouched(city: City) -> pl.DataFrame:
    """Whole stays, settled once, that belong to no scheme or look-alike yet."""
    once = (pl.col("voided") < 0) & (pl.col("resettles") < 0) & (pl.col("part") == 0)
    own = (pl.col("source") == pl.col("key")) & pl.col("patient").is_null()
    rows = city.plan.filter(~pl.col("planted") & once & own & ~pl.col("newborn"))
    return rows.with_columns(day=pl.col("admit"))


def adrg(city: City, rows: pl.DataFrame) -> pl.Series:
    """Three-letter group of each row of a plan."""
    return city.world.reference.groups["adrg"].gather(rows["group"].cast(pl.UInt32))


def of_groups(city: City, rows: pl.DataFrame, wanted: Iterable[str]) -> pl.DataFrame:
    """Rows of a plan that lie in one of the groups."""
    places = [city.world.reference.group(name) for name in wanted]
    return rows.filter(pl.col("group").is_in(places))


def first(city: City, purpose: str, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """The luckiest rows, whatever the order in which they came."""
    return city.world.draw.luckiest(purpose, rows, number).drop("luck")


def unlabelled(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with stay and product whose use is in no answer key yet."""
    known = [t.filter(pl.col("subject_type") == "use")["subject_id"] for t in city.truth]
    if not known:
        return rows
    mine = city.use_ids(rows["stay"], rows["product"]).is_in(pl.concat(known).implode())
    return rows.filter(~mine)


def taken(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """What the kits bring to rows of a plan: stay, product, class_code, name, quantity, use day."""
    made = uses.make(city.world, rows, empty(WANTED), city.switched).filter("registered")
    units = made.group_by("stay", "product").agg(
        pl.col("quantity").sum(), pl.col("day").min().alias("used")
    )
    frame = city.world.products.frame
    product = units["product"].cast(pl.UInt32)
    named = units.with_columns(
        class_code=frame["class_code"].gather(product), name=frame["key"].gather(product)
    )
    return named.sort("stay", "product")


def wanted(
    city: City, rows: pl.DataFrame, by_group: Mapping[str, str], quantity: int = 1
) -> pl.DataFrame:
    """A device ordered for each row of a plan, by its group: the rows with product and quantity."""
    parts = []
    for name, device in by_group.items():
        mine = of_groups(city, rows, [name])
        product = usual(city, mine, device)
        parts.append(mine.with_columns(product=product, quantity=pl.lit(quantity, pl.Int64)))
    return pl.concat(parts)


def usual(city: City, rows: pl.DataFrame, device: str) -> pl.Series:
    """The product of a device that the hospital would take on the day of operation."""
    world = city.world
    generic = world.reference.generics["key"].to_list().index(device)
    day = np.maximum(rows["op_day"].to_numpy(), rows["first_day"].to_numpy())
    date = rows["admit"].to_numpy() + day - rows["first_day"].to_numpy()
    chosen = uses.usual_product(
        world, generic, rows["hospital"].to_numpy(), rows["source"].to_numpy()
    )
    return pl.Series(world.products.coded(chosen, date))


def asked(rows: pl.DataFrame, *, self_paid: bool = False) -> pl.DataFrame:
    """Rows with product and quantity as ``City.with_wanted`` takes them."""
    return rows.select(
        "product", "quantity", stay="key", self_paid=pl.lit(value=self_paid, dtype=pl.Boolean)
    )


def ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with product as ``City.guilty_uses`` and ``City.innocent_uses`` take them."""
    return rows.with_columns(stay="key", amount=pl.lit(None, pl.Int64))


def marked(city: City, rows: pl.DataFrame) -> City:
    """The city with these rows of its plan taken by a scheme or look-alike."""
    return city.with_plan(rows.with_columns(planted=pl.lit(value=True)))
