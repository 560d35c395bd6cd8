"""A set and one of its parts besides: the first did not fit and another was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import misbilled
from synthetic.families import PARTS
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="spare_part", resembles=("C07",), stage="goods", share=1.0, eye=6.0,
    title_en="one part beside the set", title_zh="术中另配组件",
)  # fmt: skip
def spare_part(city: City, _dose: Dose) -> City:
    """A part billed beside the set it belongs to; both were bought, used and recorded."""
    uses = city.uses.filter(~pl.col("planted") & (pl.col("billed") > 0))
    uses = uses.with_columns(kind=misbilled.keys_of(city, uses["product"]))
    whole = {part: name for name, parts in PARTS.items() for part in parts}
    parts = uses.filter(pl.col("kind").is_in(list(whole)))
    parts = parts.with_columns(set=pl.col("kind").replace_strict(whole))
    sets = uses.select("stay", set="kind")
    return city.innocent_uses("spare_part", parts.join(sets, on=["stay", "set"], how="semi"))
