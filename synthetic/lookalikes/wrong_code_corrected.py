"""A neighbouring code was typed first and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import misbilled, retyped
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="wrong_code_corrected", resembles=("C03", "C01", "C04"), stage="bill", share=0.0015,
    title_en="wrong code, taken back", title_zh="误录编码后更正",
)  # fmt: skip
def wrong_code_corrected(city: City, dose: Dose) -> City:
    """A product of the same kind is billed and reversed; what remains is what was used."""
    items = city.world.products
    rows = misbilled.honest_uses(city)
    neighbour = np.arange(len(items.codes))
    same = items.generic[1:] == items.generic[:-1]
    neighbour[:-1][same] += 1
    rows = rows.with_columns(instead=pl.Series(neighbour[rows["product"].to_numpy()]))
    rows = rows.filter(pl.col("instead") != pl.col("product"))
    rows = misbilled.not_yet_there(city, rows, "instead")
    chosen = city.world.draw.luckiest("corrected/luck", rows, dose.subjects)
    where = (chosen[n].to_numpy() for n in ("hospital", "instead", "day"))
    price = pl.Series(misbilled.asked_price(city.world, *where))
    wrong = chosen.with_columns(product="instead", unit_price=price, serial_no=pl.lit(None))
    lines = retyped.taken_back(city, wrong.with_columns(pl.col("serial_no").cast(pl.String)))
    return city.with_lines(lines).innocent_uses("wrong_code_corrected", wrong)
