"""The operation record forgets units that were used, or is never typed in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SLIP_SHARE = 0.045  # of uses of two units and more; in all near 3% of lines (dossier 5.4)
MOST_FORGOTTEN = 2
SEVERAL = 2


@lookalike(
    name="register_slip", resembles=("C02",), stage="goods", share=1.0, eye=12.0,
    title_en="units missing in the record", title_zh="登记漏记",
)  # fmt: skip
def register_slip(city: City, _dose: Dose) -> City:
    """More is billed than recorded, but the stock shows that the units were used."""
    draw, uses = city.world.draw, city.uses
    counted = pl.col("registered") & ~pl.col("serial") & (pl.col("quantity") >= SEVERAL)
    slips = (
        counted & ~pl.col("planted") & pl.Series(draw.chance("slip/hit", SLIP_SHARE, uses["use"]))
    )
    units = pl.Series(draw.between("slip/units", 1, MOST_FORGOTTEN, uses["use"]))
    short = pl.max_horizontal(pl.col("quantity") - units, pl.lit(1))
    slipped = uses.with_columns(
        recorded=pl.when(slips).then(short).otherwise("recorded"),
        planted=pl.col("planted") | slips,
    )
    missing = pl.col("registered") & (pl.col("recorded") < pl.col("billed"))
    rows = slipped.filter(missing & (pl.col("billed") == pl.col("quantity")))
    return replace(city, uses=slipped).innocent_uses("register_slip", rows)
