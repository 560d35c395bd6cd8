"""A price of one piece, rounded up from the price of a pack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SHARE = 0.10  # of uses of packed products
PUBLISHED_LIMIT = 0.001  # billed over platform price that a published rule lets pass (dossier C05)


@lookalike(
    name="rounded_price", resembles=("C05",), stage="goods", share=1.0, eye=2.0,
    title_en="rounded price of a piece", title_zh="拆零价格取整",
)  # fmt: skip
def rounded_price(city: City, _dose: Dose) -> City:
    """A few cents above the platform price, below the tolerance of the rule."""
    pack = pl.Series(city.world.products.pack[city.uses["product"].to_numpy()])
    hit = pl.Series(city.world.draw.chance("rounded/hit", SHARE, city.uses["use"]))
    above = (pl.col("platform") * PUBLISHED_LIMIT * 0.9).floor().cast(pl.Int64)
    equal = pl.col("unit_price") == pl.col("platform")
    mine = hit & (pack > 1) & equal & ~pl.col("planted") & pl.col("registered") & (above > 0)
    rounded = city.uses.with_columns(
        unit_price=pl.when(mine).then(pl.col("platform") + above).otherwise("unit_price"),
        planted=pl.col("planted") | mine,
    )
    return replace(city, uses=rounded).innocent_uses("rounded_price", city.uses.filter(mine))
