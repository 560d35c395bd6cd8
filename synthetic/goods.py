"""Uses between honest record, honest price and what is delivered of the stores' books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import supply
from synthetic.families import of_kind

if TYPE_CHECKING:
    from synthetic.state import City
    from synthetic.world import World

UNRECORDED_SHARE = 0.008  # uses never written into the register (harmless omission)
WASTED_SHARE = 0.006  # operations in which one unit was opened, contaminated and replaced
PURCHASE_LOT_MISSING = 0.01
ONE_PRICE_SHARE = 0.25  # of hospitals and products, billed at one listed price
LIST_LAG = 5  # days a new agreement needs to reach the list
MOVES_ORDER = ["hospital", "product", "day", "kind", "lot", "quantity", "other", "known"]
COUNT_KNOWN = 2  # days after a count


def honest(world: World, plan: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """What is recorded and billed is what was used, but for a few forgotten records.

    An opened and contaminated unit is gone from the stock, recorded and billed like the rest.
    What a cancelled settlement billed is left to the one that takes its place.
    """
    cancelled = plan.filter(pl.col("voided") >= 0)["key"]
    forgotten = pl.Series(world.draw.chance("use/forgotten", UNRECORDED_SHARE, used["use"]))
    wasted = pl.Series(world.draw.chance("use/wasted", WASTED_SHARE, used["use"]))
    wasted &= used["registered"] & ~used["serial"]
    used = used.with_columns(wasted=wasted, quantity=pl.col("quantity") + wasted.cast(pl.Int64))
    return used.with_columns(
        billed=pl.col("quantity"),
        recorded=pl.when(forgotten).then(0).otherwise(pl.col("quantity")),
        planted=pl.col("stay").is_in(cancelled.implode()),
    )


def charged(world: World, traced: pl.DataFrame) -> pl.DataFrame:
    """Bill at the invoice price (zero mark-up), never above the platform price of the day.

    Some hospitals keep one price for each product, that of the newest agreement, so that a
    unit of an older lot is billed a little above or below its own invoice.
    """
    product, day = traced["product"].to_numpy(), traced["day"].to_numpy()
    platform = np.rint(world.products.platform(product, day) * 100).astype(np.int64)
    hospital = traced["hospital"].to_numpy()
    listed = supply.invoice(world, hospital, product, day - LIST_LAG)
    one_price = world.draw.chance("goods/one_price", ONE_PRICE_SHARE, hospital, product)
    cost = np.where(one_price, listed, traced["invoice"].to_numpy())
    return traced.with_columns(
        billed_product="product",
        scanned=pl.lit(None, pl.Int64),
        written_late=pl.lit(0, pl.Int64),
        covered=pl.Series(world.products.paid_by_fund(product, day)) & ~pl.col("self_paid"),
        platform=pl.Series(platform),
        unit_price=pl.Series(np.minimum(cost, platform)),
        by_list=pl.Series(one_price & (listed > traced["invoice"].to_numpy())),
    )


def books(city: City) -> dict[str, pl.DataFrame]:
    """The tables purchases, stock_moves and stock_counts."""
    return {
        "purchases": _purchases(city),
        "stock_moves": _moves(city),
        "stock_counts": _counts(city),
    }


def _named(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    world = city.world
    return rows.with_columns(
        hospital_id=world.houses.frame["hospital_id"].gather(rows["hospital"].cast(pl.UInt32)),
        item_code=world.products.codes.gather(rows["product"].cast(pl.UInt32)),
    )


def _store(city: City) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    if city.goods is None:
        raise ValueError("the city has no stores yet; trace its uses first")
    return city.goods.purchases, city.goods.moves, city.goods.counts


def _purchases(city: City) -> pl.DataFrame:
    world, (rows, _, _) = city.world, _store(city)
    rows = _named(city, rows)
    unread = pl.Series(world.draw.chance("goods/unread", PURCHASE_LOT_MISSING, rows["purchase"]))
    clock = world.clock
    return rows.select(
        "hospital_id", "item_code", "on_platform", "consignment", "gift",
        purchase_id=world.draw.identifiers("B", rows["purchase"]),
        lot=pl.when(~unread).then("lot"),
        serial="serial_no",
        supplier_id=world.draw.identifiers("G", rows["supplier"]),
        ordered_on=clock.dates(rows["ordered"].to_numpy()),
        delivered_on=clock.dates(rows["delivered"].to_numpy()),
        quantity=pl.col("quantity") * 1000,
        unit_price="invoice",
        expiry_on=clock.dates(rows["expiry"].to_numpy()),
        received_on=clock.dates(rows["known"].to_numpy()),
    )  # fmt: skip


def _moves(city: City) -> pl.DataFrame:
    world, (_, rows, _) = city.world, _store(city)
    rows = _named(city, rows.sort(MOVES_ORDER))
    number = np.arange(len(rows))
    second = 28_800 + world.draw.below("goods/moved", 30_000, number)
    other = rows["other"].to_numpy()
    codes = world.houses.frame["hospital_id"].to_numpy()
    counterpart = np.where(other >= 0, codes[np.maximum(other, 0)], "")
    return rows.select(
        "hospital_id", "item_code", "lot", "kind",
        move_id=world.draw.identifiers("M", number),
        quantity=pl.col("quantity") * 1000,
        moved_at=world.clock.moments(rows["day"].to_numpy(), second),
        counterpart=pl.Series(counterpart).replace({"": None}),
        department=_departments(city).gather(rows["product"].cast(pl.UInt32)),
        received_on=world.clock.dates(rows["known"].to_numpy()),
    )  # fmt: skip


def _departments(city: City) -> pl.Series:
    """The department that mostly uses each product; none for what every ward needs."""
    world = city.world
    kits = world.reference.kits.join(world.reference.groups.select("adrg", "department"), on="adrg")
    first = kits.unique("item", keep="first", maintain_order=True).select(
        key="item", department="department"
    )
    kinds = world.reference.generics.select(key=pl.col("key").map_elements(of_kind, pl.String))
    named = kinds.join(first, on="key", how="left", maintain_order="left")
    return named["department"].gather(pl.Series(world.products.generic).cast(pl.UInt32))


def _counts(city: City) -> pl.DataFrame:
    world, (_, _, rows) = city.world, _store(city)
    rows = _named(city, rows)
    days = rows["day"].to_numpy()
    return rows.select(
        "hospital_id", "item_code", "lot",
        counted_on=world.clock.dates(days),
        quantity=pl.col("quantity") * 1000,
        received_on=world.clock.dates(days + COUNT_KNOWN),
    )  # fmt: skip
