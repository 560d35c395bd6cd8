"""An operation that truly needed many units: several levels, both sides, a hard case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

TOP_SHARE = 0.01  # of the uses of a product


@lookalike(
    name="complex_surgery", resembles=("C02",), stage="goods", share=1.0, eye=4.0,
    title_en="complex operation", title_zh="复杂手术多用耗材",
)  # fmt: skip
def complex_surgery(city: City, _dose: Dose) -> City:
    """Far more units than usual, all of them in the operation record and out of the stock."""
    rows = city.uses.filter(pl.col("registered") & ~pl.col("serial") & ~pl.col("planted"))
    generic = pl.Series(city.world.products.generic[rows["product"].to_numpy()])
    limit = pl.col("quantity").quantile(1 - TOP_SHARE).over("generic")
    rows = rows.with_columns(generic=generic).filter(
        (pl.col("quantity") >= limit) & (pl.col("quantity") > 1)
    )
    return city.innocent_uses("complex_surgery", rows)
