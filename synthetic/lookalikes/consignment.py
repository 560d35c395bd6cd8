"""Consigned implants: the purchase is posted after the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="consignment", resembles=("C10",), stage="goods", share=1.0, eye=3.0,
    title_en="consigned implants", title_zh="寄售耗材",
)  # fmt: skip
def consignment(city: City, _dose: Dose) -> City:
    """Billed in one month and bought in the next: the books agree over two months."""
    if city.goods is None:
        return city
    rows = city.goods.purchases.filter(pl.col("consignment"))
    used = city.month_of(rows["day"].to_numpy())
    posted = city.month_of(rows["delivered"].to_numpy())
    late = rows.filter(pl.Series(np.not_equal(used, posted)))
    return city.innocent_ledgers("consignment", late)
