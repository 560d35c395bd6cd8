"""The chain behind each unit: lots bought before use, first in first out, stock and counts.

``trace`` gives every use its lot, serial and invoice price; ``Goods`` holds what the store
knows: purchases, moves, counts. Days are numbers; prices are whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import deliveries, stock
from synthetic.stock import PLACE

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

ORDER = (2, 9)  # days from order to delivery
SHELF = (3, 40)  # days a serialised unit waits before use
CONSIGNED_SHARE = 0.75  # of serialised products of a hospital; near 5% of all consumable lines
CONSIGNED_POSTING = (2, 18)  # days from use to the posting of a consigned purchase
NEGOTIATED = 0.06  # most that a hospital bargains off a platform price that is not fixed
QUARTER = 91  # days after which a hospital bargains anew
EXPIRY_DAYS = (400, 1100)
EXPIRY_OF_UNITS = (150, 1100)  # units with serial numbers lie on the shelf for weeks only
# A lot is what a maker made in so many days; lots are counted from so long before the first day.
LOT_DAYS, LOTS_FROM = 25, 4_000
FEN = 100
SUPPLIERS = 24
USES_AT_ONCE = 500_000  # uses of the houses that are supplied together; bounds the memory
FOUND = ("lot", "serial_no", "invoice", "lot_day")  # what tracing adds to a use


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


def _bulk(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Uses without serials with their lots, and the lots (first in, first out)."""
    bought = deliveries.deliveries(world, uses)
    lots = pl.concat([deliveries.openings(bought, uses, world), bought]).sort(*PLACE, "position")
    lots = _priced(world, lots).with_columns(serial_no=pl.lit(None, pl.String))
    ordered = uses.sort(*PLACE, "day", "second", "use").with_columns(
        position=pl.col("quantity").cum_sum().over(PLACE) - pl.col("quantity")
    )
    found = ordered.sort("position").join_asof(
        lots.sort("position").select(*PLACE, "position", "lot", "invoice", lot_day="delivered"),
        on="position",
        by=PLACE,
        check_sortedness=False,
    )
    return found.drop("position").with_columns(serial_no=pl.lit(None, pl.String)), lots


def _priced_on(world: World, lots: pl.DataFrame, ordered: Whole) -> Whole:
    """The day whose price holds for a lot: of the order, or of its first use after a cut."""
    h, p, first = (lots[name].to_numpy() for name in ("hospital", "product", "first"))
    made_good = deliveries.run_down(world, h, p) & (first >= world.products.change[p])
    day: Whole = np.where(made_good, np.maximum(ordered, first), ordered)
    return day


def _priced(world: World, lots: pl.DataFrame) -> pl.DataFrame:
    """Order day, invoice price and lot number of each lot."""
    h, p = lots["hospital"].to_numpy(), lots["product"].to_numpy()
    delivered = lots["delivered"].to_numpy()
    wait = world.draw.between("goods/order", *ORDER, h, p, delivered)
    return lots.with_columns(
        ordered=pl.Series(delivered - wait),
        invoice=pl.Series(invoice(world, h, p, _priced_on(world, lots, delivered - wait))),
        lot=world.draw.identifiers("", p * 4_096 + _made(delivered)).str.slice(5, 8),
    )


def _made(delivered: Whole) -> Whole:
    """The number of the lot that a maker delivers from on a day: they make one about monthly."""
    return (delivered + LOTS_FROM) // LOT_DAYS


def _expiry(world: World, bought: pl.DataFrame) -> Whole:
    """The last day of each purchase's lot, long enough after any delivery from it."""
    product, lot = bought["product"].to_numpy(), _made(bought["delivered"].to_numpy())
    least = np.where(bought["serial_no"].is_null().to_numpy(), EXPIRY_DAYS[0], EXPIRY_OF_UNITS[0])
    lasts = world.draw.between("goods/expiry", least, EXPIRY_DAYS[1], product, lot)
    return (lot + 1) * LOT_DAYS - LOTS_FROM + lasts


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


def _purchases(bulk: pl.DataFrame, single: pl.DataFrame) -> pl.DataFrame:
    """What some houses bought, in the order in which purchases are numbered."""
    bulk = bulk.with_columns(
        consignment=pl.lit(value=False), use=pl.lit(-1, pl.Int64), day=pl.lit(-1, pl.Int64)
    )
    columns = [*PLACE, "use", "lot", "serial_no", "ordered", "delivered", "quantity", "invoice",
               "consignment", "day"]  # fmt: skip
    both = pl.concat([bulk.select(columns), single.select(columns)])
    # All columns decide, so that the numbers of two alike do not hang on the pieces.
    order = [*PLACE, "delivered", "use", "lot", "quantity", "ordered", "invoice"]
    return both.filter(pl.col("delivered") >= 0).sort(order)


def _numbered(world: World, bought: pl.DataFrame) -> pl.DataFrame:
    """Every purchase with its number, and what is drawn for each number."""
    row = np.arange(len(bought))
    delivered, product = bought["delivered"].to_numpy(), bought["product"].to_numpy()
    late = world.draw.between("goods/known", 1, 2, row)
    slow = world.draw.between("goods/slow", 2, 9, row)
    known = delivered + np.where(bought["consignment"].to_numpy(), slow, late)
    supplier = world.draw.below("goods/supplier", SUPPLIERS, product, bought["hospital"] % 3)
    return bought.with_columns(
        purchase=pl.Series(row),
        known=pl.Series(known),
        supplier=pl.Series(supplier),
        expiry=pl.Series(_expiry(world, bought)),
        on_platform=pl.Series(~world.draw.chance("goods/off_platform", 0.01, row)),
        gift=pl.lit(value=False),
    )


def _of_houses(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, Goods]:
    """What is found out about the uses of some houses, and the books of their stores."""
    bulk_uses, bulk = _bulk(world, uses.filter(~pl.col("serial")))
    single_uses, single = _serials(world, uses.filter(pl.col("serial")))
    columns = single_uses.columns
    traced = pl.concat([bulk_uses.select(columns), single_uses]).sort("use")
    books = Goods(
        _purchases(bulk, single),
        stock.moves(world, bulk, single, traced),
        stock.counts(world, bulk, single, traced),
    )
    return traced.select("use", *FOUND), books


def _pieces(uses: pl.DataFrame) -> list[pl.DataFrame]:
    """The uses of some houses at a time, in the order of houses."""
    sizes = uses.group_by("hospital").len().sort("hospital")
    piece = (pl.col("len").cum_sum() - pl.col("len")) // USES_AT_ONCE
    bounds = sizes.group_by(piece=piece).agg(
        low=pl.col("hospital").min(), high=pl.col("hospital").max()
    )
    return [
        uses.filter(pl.col("hospital").is_between(low, high))
        for low, high in bounds.sort("piece").select("low", "high").iter_rows()
    ]


def build(world: World, uses: pl.DataFrame) -> tuple[pl.DataFrame, Goods]:
    """Uses, sorted by ``use``, with lot, serial and invoice price, and the books that agree.

    A store knows nothing of others, so that houses are supplied a few at a time: all at once,
    the uses of a million stays would be copied several times over.
    """
    supplied = [_of_houses(world, piece) for piece in _pieces(uses) or [uses]]
    found = pl.concat([mine for mine, _ in supplied]).sort("use").drop("use")
    purchases, moves, counts = (
        pl.concat([getattr(books, name) for _, books in supplied])
        for name in ("purchases", "moves", "counts")
    )
    return uses.with_columns(*found), Goods(_numbered(world, purchases), moves, counts)
