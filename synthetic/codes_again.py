"""Codes of units that are billed a second time, and the books without the unit not bought."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic import stores

if TYPE_CHECKING:
    from synthetic.state import City

LONGEST = 6  # patients that one unit is billed to


def units(city: City, *, implanted: bool) -> pl.DataFrame:
    """First unit of each stay and product, bought under its own serial number and untouched.

    ``person``, ``bought`` (the purchase), its ``expiry`` and ``consignment`` are added; ``key``
    is the use.
    """
    if city.goods is None:
        raise ValueError("the city has no stores yet; trace its uses first")
    uses = city.uses.filter(pl.col("serial") & pl.col("registered") & ~pl.col("planted"))
    frame = city.world.products.frame
    stays_in = (frame["implantable"] == 1).gather(uses["product"].cast(pl.UInt32))
    own = city.goods.purchases.filter(pl.col("use") >= 0)
    bought = own.select("use", "expiry", "consignment", bought="purchase")
    people = city.plan.filter(~pl.col("planted")).select(stay="key", person="person")
    true = (pl.col("billed") == 1) & (pl.col("recorded") == 1)
    true &= pl.col("billed_product") == pl.col("product")
    rows = uses.filter((stays_in == implanted) & true).join(bought, on="use")
    first = rows.sort("use").unique(["stay", "product"], keep="first", maintain_order=True)
    return first.join(people, on="stay", maintain_order="left").with_columns(key="use")


def elsewhere(city: City, units: pl.DataFrame, salt: str) -> pl.DataFrame:
    """``units`` with ``buyer``, another hospital that buys the product; without one they drop.

    Second campuses buy nothing themselves.
    """
    if city.goods is None:
        raise ValueError("the city has no stores yet; trace its uses first")
    users = city.goods.purchases.select("product", buyer="hospital").unique()
    users = users.filter(~pl.col("buyer").is_in(list(city.world.houses.campus_of)))
    pairs = units.join(users, on="product").filter(pl.col("buyer") != pl.col("hospital"))
    luck = pl.Series(city.world.draw.uniform(f"elsewhere/{salt}", pairs["use"], pairs["buyer"]))
    near = pairs.with_columns(near=luck).sort("use", "near").drop("near")
    return near.unique("use", keep="first", maintain_order=True)


def carried_on(chosen: pl.DataFrame) -> pl.DataFrame:
    """``chosen`` (use, earlier, code, code_lot) where chains take the code of their first unit."""
    rows = chosen
    for _ in range(LONGEST):
        before = rows.select(earlier="use", origin="earlier", older="code", older_lot="code_lot")
        rows = rows.join(before, on="earlier", how="left", maintain_order="left").with_columns(
            earlier=pl.coalesce("origin", "earlier"),
            code=pl.coalesce("older", "code"),
            code_lot=pl.coalesce("older_lot", "code_lot"),
        )
        rows = rows.drop("origin", "older", "older_lot")
    return rows


def billed_again(city: City, chosen: pl.DataFrame) -> City:
    """The city in which chosen units bear the code of earlier ones; nobody bought their own."""
    named = chosen.select("use", "code", "code_lot")
    rows = city.uses.join(named, on="use")
    gone = stores.unbought(city, rows)
    changed = rows.with_columns(serial_no="code", lot="code_lot", planted=pl.lit(value=True))
    return replace(city.with_changed_uses(changed), goods=gone)
