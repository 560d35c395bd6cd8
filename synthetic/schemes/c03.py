"""C03 swap 串换: a dearer product is billed than the one that was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, misbilled, uses
from synthetic.families import BETTER, DEARER
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

GAP = {1: (2.0, 7.0), 2: (2.0, 7.0), 3: (1.1, 2.0), 4: (1.01, 1.2)}  # billed over true price
DOMESTIC, PREMIUM, IMPORTED = 0, 1, 2  # variants of a generic
SHOWN, COPIED = 1, 3  # difficulty whose bill shows the true identifier; whose record is copied


@scheme(
    code="C03",
    title_en="swap for a dearer product",
    title_zh="串换耗材",
    stage="goods",
    subject="use",
    share=0.0020,
    recipe={
        1: "a drug-coated or special kind at 2 to 7 times the price; the line's own device"
        " identifier is that of the plain one",
        2: "the same, under the identifier of the billed one; record and stock name the plain one",
        3: "the imported product for the domestic one; the record copies the bill and only the"
        " stock and the lot tell",
        4: "the dearer line of the same maker, a few percent dearer, so that the share of imported"
        " goods does not move",
    },
    traces=("fee_lines.item_code", "fee_lines.unit_price", "fee_lines.udi_di", "device_uses"),
)
def swap(city: City, dose: Dose) -> City:
    """Bill another product than was used; purchases, stock and lot stay those of the true one.

    The loss is the difference of the two prices for all units.
    """
    true = misbilled.honest_uses(city)
    kinds = _priced(city, _special(city, true))
    fitting = {
        1: kinds,
        2: kinds,
        3: _priced(city, _variant(city, true, IMPORTED)),
        4: _priced(city, _variant(city, true, PREMIUM)),
    }
    for level, (low, high) in GAP.items():
        ratio = pl.col("price") / pl.col("unit_price")
        fitting[level] = fitting[level].filter(ratio.is_between(low, high))
    chosen = campaigns.choose_each(city.world, "C03", fitting, dose)
    chosen = chosen.unique(["stay", "instead"], keep="first", maintain_order=True)
    chosen = chosen.with_columns(
        shown=pl.col("difficulty") == SHOWN,
        copied=pl.col("difficulty") == COPIED,
        amount=(pl.col("price") - pl.col("unit_price")) * pl.col("units"),
    )
    swapped = misbilled.billed_as(city, chosen)
    return swapped.guilty_uses("C03", chosen.with_columns(product="instead"))


def _special(city: City, true: pl.DataFrame) -> pl.DataFrame:
    """Uses of a plain kind beside the dear kind of the same purpose."""
    world, keys = city.world, misbilled.keys_of(city, true["product"])
    parts = [true.clear().with_columns(instead=pl.lit(None, pl.Int64))]
    for plain, dear in (*DEARER.items(), *BETTER.items()):
        rows = true.filter(keys == plain)
        where = rows["hospital"].to_numpy(), rows["source"].to_numpy()
        product = uses.usual_product(world, misbilled.generic_of(world, dear), *where)
        coded = world.products.coded(product, rows["day"].to_numpy())
        parts.append(rows.with_columns(instead=pl.Series(coded, dtype=pl.Int64)))
    return pl.concat(parts)


def _variant(city: City, true: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """Uses of a domestic product beside another one of the same generic."""
    frame = city.world.products.frame.with_row_index("instead").select(
        "generic", "variant", "maker", pl.col("instead").cast(pl.Int64)
    )
    others = frame.filter(pl.col("variant") == wanted).unique("generic", keep="first")
    product = true["product"].cast(pl.UInt32)
    own = true.with_columns(
        generic=frame["generic"].gather(product),
        variant=frame["variant"].gather(product),
        own_maker=frame["maker"].gather(product),
    )
    rows = own.filter(pl.col("variant") == DOMESTIC).join(
        others.drop("variant"), on="generic", maintain_order="left"
    )
    if wanted == PREMIUM:
        rows = rows.filter(pl.col("maker") == pl.col("own_maker"))
    coded = city.world.products.coded(rows["instead"].to_numpy(), rows["day"].to_numpy())
    return rows.with_columns(instead=pl.Series(coded, dtype=pl.Int64)).select(
        *true.columns, "instead"
    )


def _priced(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """What the hospital would ask for the other product, where the stay has none of it."""
    rows = misbilled.not_yet_there(city, rows, "instead")
    where = (rows[n].to_numpy() for n in ("hospital", "instead", "day"))
    price = misbilled.asked_price(city.world, *where)
    return rows.with_columns(price=pl.Series(np.asarray(price)))
