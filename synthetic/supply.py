"""The chain behind each unit: lots bought before use, first in first out, stock and counts.

``trace`` gives every use its lot, serial and invoice price; ``Goods`` holds what the store
knows: purchases, moves, counts. Days are numbers; prices are whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import catalogue, stock
from synthetic.stock import PLACE

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.world import World

INTERVAL = (12, 40)  # days between deliveries of one product to one hospital
LEAD = (1, 4)  # days a delivery comes before its first use
ORDER = (2, 9)  # days from order to delivery
SHELF = (3, 40)  # days a serialised unit waits before use
CONSIGNED_SHARE = 0.75  # of serialised products of a hospital; near 5% of all consumable lines
CONSIGNED_POSTING = (2, 18)  # days from use to the posting of a consigned purchase
NEGOTIATED = 0.06  # most that a hospital bargains off a platform price that is not fixed
QUARTER = 91  # days after which a hospital bargains anew
# Cuts are announced: most hospitals let their stock run down to the day, and suppliers make good
# the difference on what is left; the rest still use dear stock for some weeks.
RUN_DOWN = 0.85
AFTER_CUT = 100_000  # added to the periods of deliveries from a cut on
EXPIRY_DAYS = (400, 1100)
EXPIRY_OF_UNITS = (150, 1100)  # units with serial numbers lie on the shelf for weeks only
FEN = 100
SUPPLIERS = 24


@dataclass(frozen=True)
class Goods:
    """What the stores of the city know; one row a purchase line, move or counted lot."""

    purchases: pl.DataFrame
    moves: pl.DataFrame
    counts: pl.DataFrame


def negotiated(world: World, hospital: Whole, product: Whole, day: Whole) -> Floats:
    """Invoice price over platform price: 1 where the price is fixed by selection."""
    quarter = (day + 4 * QUARTER) // QUARTER
    off = NEGOTIATED * world.draw.uniform("goods/negotiated", hospital, product)
    off = off * (0.5 + 0.5 * world.draw.uniform("goods/agreed", hospital, product, quarter))
    factor: Floats = np.where(day >= world.products.selected_at[product], 1.0, 1.0 - off)
    return factor


def invoice(world: World, hospital: Whole, product: Whole, ordered: Whole) -> Whole:
    """Invoice price of a unit ordered on a day, in fen."""
    price = world.products.platform(product, ordered)
    agreed = np.floor(price * FEN * negotiated(world, hospital, product, ordered) + 1e-6)
    return agreed.astype(np.int64)


def _deliveries(world: World, uses: pl.DataFrame) -> pl.DataFrame:
    """Lots of products without serials: bought by periods, in whole packs, before their use."""
    draw, pack = world.draw, world.products.pack
    hospital, product = uses["hospital"].to_numpy(), uses["product"].to_numpy()
    interval = draw.between("goods/interval", *INTERVAL, hospital, product)
    phase = draw.below("goods/phase", interval, hospital, product)
    period = (uses["day"].to_numpy() + phase) // interval
    begin = np.maximum(period * interval - phase, 0)
    change = world.products.change[product]
    anew = run_down(world, hospital, product) & (uses["day"].to_numpy() >= change)
    begin = np.where(anew, np.maximum(begin, change), begin)
    period = period + AFTER_CUT * anew
    need = (
        uses.with_columns(period=pl.Series(period), begin=pl.Series(begin))
        .group_by(*PLACE, "period")
        .agg(pl.col("quantity").sum(), pl.col("begin").first())
        .sort(*PLACE, "period")
    )
    h, p = need["hospital"].to_numpy(), need["product"].to_numpy()
    opening = _at_first(world, h, p)
    spare = draw.below("goods/spare", 3, h, p)
    need = need.with_columns(
        opening=pl.Series(opening), spare=pl.Series(spare), pack=pl.Series(pack[p])
    )
    total = pl.col("quantity").cum_sum().over(PLACE) - pl.col("opening") + pl.col("spare")
    need = need.with_columns(bought=(-(-total.clip(0) // pl.col("pack")) * pl.col("pack")))
    need = need.with_columns(before=pl.col("bought").shift(1, fill_value=0).over(PLACE))
    lead = draw.between("goods/lead", *LEAD, h, p, need["period"])
    delivered = np.maximum(need["begin"].to_numpy() - lead, world.since.houses[h])
    return need.select(
        *PLACE,
        "period",
        "opening",
        position=pl.col("opening") + pl.col("before"),
        quantity=pl.col("bought") - pl.col("before"),
        delivered=pl.Series(delivered),
        first=pl.col("begin"),
    ).filter(pl.col("quantity") > 0)


def _at_first(world: World, hospital: Whole, product: Whole) -> Whole:
    """Units on the shelf on the first day; none of a code or in a house that comes later."""
    units = world.draw.below("goods/opening", world.products.pack[product] + 3, hospital, product)
    listed = np.ones(len(world.products.codes), dtype=np.int64)
    old = np.flatnonzero(world.products.renewed_at < catalogue.NEVER)
    listed[world.products.successor[old]] = 0
    return units * listed[product] * (world.since.houses[hospital] <= 0)


def _openings(deliveries: pl.DataFrame, uses: pl.DataFrame, world: World) -> pl.DataFrame:
    """Stock on the first day, as lot of period -1."""
    places = uses.select(PLACE).unique().sort(PLACE)
    h, p = places["hospital"].to_numpy(), places["product"].to_numpy()
    opening = _at_first(world, h, p)
    return places.with_columns(
        period=pl.lit(-1, pl.Int64),
        opening=pl.Series(opening),
        position=pl.lit(0, pl.Int64),
        quantity=pl.Series(opening),
        delivered=pl.lit(-1, pl.Int64),
        first=pl.lit(-1, pl.Int64),
    ).filter(pl.col("quantity") > 0).select(deliveries.columns)  # fmt: skip


def _bulk(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Uses without serials with their lots, and the lots (first in, first out)."""
    deliveries = _deliveries(world, uses)
    lots = pl.concat([_openings(deliveries, uses, world), deliveries]).sort(*PLACE, "position")
    lots = _priced(world, lots).with_columns(serial_no=pl.lit(None, pl.String))
    # Few columns are put in order and looked up, since all of them would fill gigabytes.
    ordered = uses.select("use", *PLACE, "day", "second", "quantity")
    ordered = ordered.sort(*PLACE, "day", "second", "use").select(
        "use", *PLACE, position=pl.col("quantity").cum_sum().over(PLACE) - pl.col("quantity")
    )
    found = ordered.sort("position").join_asof(
        lots.sort("position").select(*PLACE, "position", "lot", "invoice", lot_day="delivered"),
        on="position",
        by=PLACE,
        check_sortedness=False,
    )
    found = found.select("use", "lot", "invoice", "lot_day").sort("use").drop("use")
    none = pl.lit(None, pl.String).alias("serial_no")
    return uses.with_columns(*found, none), lots


def run_down(world: World, hospital: Whole, product: Whole) -> Flags:
    """Hospitals that pay no old price for what they use after an announced cut."""
    return world.draw.chance("goods/run_down", RUN_DOWN, hospital, world.products.generic[product])


def _priced_on(world: World, lots: pl.DataFrame, ordered: Whole) -> Whole:
    """The day whose price holds for a lot: of the order, or of its first use after a cut."""
    h, p, first = (lots[name].to_numpy() for name in ("hospital", "product", "first"))
    made_good = run_down(world, h, p) & (first >= world.products.change[p])
    day: Whole = np.where(made_good, np.maximum(ordered, first), ordered)
    return day


def _priced(world: World, lots: pl.DataFrame) -> pl.DataFrame:
    """Order day, invoice price and lot number of each lot."""
    h, p = lots["hospital"].to_numpy(), lots["product"].to_numpy()
    delivered = lots["delivered"].to_numpy()
    wait = world.draw.between("goods/order", *ORDER, h, p, delivered)
    made = (delivered + 4_000) // 25  # makers number their lots about monthly
    return lots.with_columns(
        ordered=pl.Series(delivered - wait),
        invoice=pl.Series(invoice(world, h, p, _priced_on(world, lots, delivered - wait))),
        lot=world.draw.identifiers("", p * 4_096 + made).str.slice(5, 8),
    )


def _serials(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Uses of serialised units and the purchase of each unit, consigned or from the shelf."""
    draw = world.draw
    h, p, use = (uses[n].to_numpy() for n in ("hospital", "product", "use"))
    day = uses["day"].to_numpy()
    consigned = draw.chance("goods/consigned", CONSIGNED_SHARE, h, world.products.generic[p])
    shelf = day - draw.between("goods/shelf", *SHELF, use)
    posted = day + draw.between("goods/posting", *CONSIGNED_POSTING, use)
    lots = uses.select(*PLACE, "use", "quantity", "day").with_columns(
        delivered=pl.Series(np.where(consigned, posted, np.maximum(shelf, world.since.stocked(h)))),
        first=pl.col("day"),
        consignment=pl.Series(consigned),
        serial_no=draw.identifiers("", use).str.slice(1, 14),
    )
    lots = _priced(world, lots)
    traced = uses.with_columns(
        lot=lots["lot"], serial_no=lots["serial_no"], invoice=lots["invoice"],
        lot_day=lots["delivered"],
    )  # fmt: skip
    return traced, lots


def _purchases(world: World, bulk: pl.DataFrame, single: pl.DataFrame) -> pl.DataFrame:
    bulk = bulk.with_columns(
        consignment=pl.lit(value=False), use=pl.lit(-1, pl.Int64), day=pl.lit(-1, pl.Int64)
    )
    columns = [*PLACE, "use", "lot", "serial_no", "ordered", "delivered", "quantity", "invoice",
               "consignment", "day"]  # fmt: skip
    both = pl.concat([bulk.select(columns), single.select(columns)])
    both = both.filter(pl.col("delivered") >= 0).sort(*PLACE, "delivered", "use", "lot")
    row = np.arange(len(both))
    delivered, product = both["delivered"].to_numpy(), both["product"].to_numpy()
    late = world.draw.between("goods/known", 1, 2, row)
    slow = world.draw.between("goods/slow", 2, 9, row)
    known = delivered + np.where(both["consignment"].to_numpy(), slow, late)
    least = np.where(both["serial_no"].is_null().to_numpy(), EXPIRY_DAYS[0], EXPIRY_OF_UNITS[0])
    lasts = world.draw.between("goods/expiry", least, EXPIRY_DAYS[1], row)
    supplier = world.draw.below("goods/supplier", SUPPLIERS, product, both["hospital"] % 3)
    return both.with_columns(
        purchase=pl.Series(row),
        known=pl.Series(known),
        supplier=pl.Series(supplier),
        expiry=pl.Series(delivered + lasts),
        on_platform=pl.Series(~world.draw.chance("goods/off_platform", 0.01, row)),
        gift=pl.lit(value=False),
    )


def build(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, Goods]:
    """Uses with lot, serial and invoice price, and the store's books that agree with them."""
    bulk_uses, bulk = _bulk(world, uses.filter(~pl.col("serial")))
    single_uses, single = _serials(world, uses.filter(pl.col("serial")))
    columns = single_uses.columns
    single_uses = single_uses.sort("use")
    traced = bulk_uses.select(columns).merge_sorted(single_uses, key="use")
    purchases = _purchases(world, bulk, single)
    moves = stock.moves(world, bulk, single, traced)
    counts = stock.counts(world, bulk, single, traced)
    return traced, Goods(purchases, moves, counts)
