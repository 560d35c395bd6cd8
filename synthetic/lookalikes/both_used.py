"""A covered item and a non-covered one of the same purpose, both used in one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import misbilled
from synthetic.families import COVERED_INSTEAD
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="both_used", resembles=("C04",), stage="goods", share=1.0, eye=6.0,
    title_en="covered and self-paid item in one operation", title_zh="目录内外耗材同台使用",
)  # fmt: skip
def both_used(city: City, _dose: Dose) -> City:
    """The covered item was bought, recorded and billed, and so was the one the patient paid."""
    true = (pl.col("recorded") == pl.col("billed")) & ~pl.col("planted") & pl.col("registered")
    uses = city.uses.filter(true & (pl.col("billed") > 0))
    uses = uses.with_columns(kind=misbilled.keys_of(city, uses["product"]))
    own = uses.filter(pl.col("kind").is_in(list(COVERED_INSTEAD)))
    wanted = own.select("stay", kind=pl.col("kind").replace_strict(COVERED_INSTEAD))
    return city.innocent_uses("both_used", uses.join(wanted, on=["stay", "kind"], how="semi"))
