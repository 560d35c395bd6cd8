"""Two selected products of one volume-based group, billed under the other's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import misbilled
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="same_group_substitute", resembles=("C03",), stage="goods", share=0.0012, eye=12.0,
    title_en="substitute in the same volume-based group", title_zh="同组中选产品替代",
)  # fmt: skip
def same_group_substitute(city: City, dose: Dose) -> City:
    """The list has one code for the group; the price billed is that of the product used."""
    items = city.world.products
    true = misbilled.honest_uses(city)
    frame = items.frame.with_row_index("row").with_columns(
        selected=pl.Series(items.selected_at), price=pl.Series(items.later_price * 100)
    )
    mates = frame.filter((pl.col("vbp") == 1) & (pl.col("variant") < 2)).select(  # noqa: PLR2004
        "generic", "variant", "price", "selected", row=pl.col("row").cast(pl.Int64)
    )
    mates = mates.unique(["generic", "variant"], keep="first")
    pairs = mates.join(mates, on="generic", suffix="_other").filter(
        pl.col("variant") != pl.col("variant_other")
    )
    rows = true.join(pairs, left_on="product", right_on="row").with_columns(instead="row_other")
    coded = items.coded(rows["instead"].to_numpy(), rows["day"].to_numpy())
    same = np.asarray(coded == rows["instead"].to_numpy())
    chosen_at = pl.max_horizontal("selected", "selected_other")
    fit = (pl.col("day") >= chosen_at) & (pl.col("unit_price") <= pl.col("price_other"))
    fit &= pl.Series(same)
    rows = misbilled.unlabelled(city, rows.filter(fit))
    rows = misbilled.not_yet_there(city, rows, "instead")
    chosen = city.world.draw.luckiest("substitute/luck", rows, dose.subjects)
    named = chosen.with_columns(
        price="unit_price", shown=pl.lit(value=True), copied=pl.lit(value=False)
    )
    swapped = misbilled.billed_as(city, named)
    return swapped.innocent_uses("same_group_substitute", chosen.with_columns(product="instead"))
