"""A second campus is supplied by its mother hospital."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.stock import PLACE
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

SHARE = 0.5  # of a campus's products
KNOWN_LATER = (1, 12)  # days until the receiving leg is posted


@lookalike(
    name="campus_transfer", resembles=("C10",), stage="goods", share=1.0, eye=2.0,
    title_en="transfer between campuses", title_zh="院区间调拨",
)  # fmt: skip
def campus_transfer(city: City, _dose: Dose) -> City:
    """The campus bills what it never bought: both legs of the transfer explain it."""
    if city.goods is None:
        return city
    store, draw = city.goods, city.world.draw
    hospital, product = (store.purchases[n].to_numpy() for n in PLACE)
    mother = np.array(
        [city.world.houses.campus_of.get(h, -1) for h in range(len(city.world.houses.frame))]
    )
    moved = (mother[hospital] >= 0) & draw.chance("campus/product", SHARE, hospital, product)
    moved &= ~store.purchases["consignment"].to_numpy()
    rows = store.purchases.filter(pl.Series(moved))
    source = mother[rows["hospital"].to_numpy()]
    bought = store.purchases.with_columns(
        hospital=pl.Series(np.where(moved, mother[hospital], hospital))
    )
    moves = pl.concat(
        [
            store.moves,
            _leg(city, rows, source, "transfer_out"),
            _leg(city, rows, source, "transfer_in"),
        ]
    )
    city = replace(city, goods=Goods(bought, moves, store.counts))
    return city.innocent_ledgers("campus_transfer", rows.with_columns(day=pl.col("delivered")))


def _leg(city: City, rows: pl.DataFrame, source: np.ndarray, kind: str) -> pl.DataFrame:
    """One leg of each transfer; the receiving leg may be posted late."""
    here = rows["hospital"].to_numpy()
    out = kind == "transfer_out"
    wait = city.world.draw.between("campus/known", *KNOWN_LATER, rows["purchase"])
    known = rows["delivered"].to_numpy() + (1 if out else wait)
    return rows.select(
        "product",
        "lot",
        "quantity",
        hospital=pl.Series(source if out else here),
        kind=pl.lit(kind),
        day="delivered",
        other=pl.Series(here if out else source),
        known=pl.Series(known),
    ).select("hospital", "product", "lot", "quantity", "kind", "day", "other", "known")
