"""Some departments scan the label of the box, not of the piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

HOUSES = 0.04  # hospitals and products where the box is scanned
LOT = ["hospital", "product", "lot"]


@lookalike(
    name="box_label", resembles=("C09", "C11"), stage="goods", share=1.0, eye=4.0,
    title_en="label of the box scanned", title_zh="扫描包装盒追溯码",
)  # fmt: skip
def box_label(city: City, _dose: Dose) -> City:
    """One code in several patients, on no more pieces than the box held."""
    world, uses = city.world, city.uses
    hospital, product = uses["hospital"].to_numpy(), uses["product"].to_numpy()
    boxed = world.draw.chance("box/house", HOUSES, hospital, product)
    boxed &= (world.products.pack[product] > 1) & world.products.registered[product]
    counted = pl.Series(boxed) & ~uses["serial"] & (uses["quantity"] > 0)
    rows = uses.filter(counted).sort(*LOT, "day", "second", "use")
    rows = rows.with_columns(pack=pl.Series(world.products.pack[rows["product"].to_numpy()]))
    after = pl.col("quantity").cum_sum().over(LOT)
    first, last = (after - pl.col("quantity")) // pl.col("pack"), (after - 1) // pl.col("pack")
    whole = rows.with_columns(box=first).filter((first == last) & ~pl.col("planted"))
    code = world.draw.identifiers("", _words(city, whole)).str.slice(1, 14)
    changed = whole.with_columns(serial_no=code, planted=pl.lit(value=True))
    labelled = changed.filter(pl.len().over("serial_no") > 1)
    return city.with_changed_uses(changed).innocent_uses("box_label", labelled)


def _words(city: City, rows: pl.DataFrame) -> np.ndarray:
    """A number for each box."""
    lot = rows["lot"].cast(pl.Int64).fill_null(0)
    keys = [rows[n].to_numpy() for n in ("hospital", "product", "box")]
    word: np.ndarray = city.world.draw.bits("box/code", *keys, lot) >> np.uint64(17)
    return word.astype(np.int64)
