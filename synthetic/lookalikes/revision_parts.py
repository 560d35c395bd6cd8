"""A revision of a joint in which single parts are exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import misbilled
from synthetic.families import PARTS
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="revision_parts", resembles=("C07",), stage="goods", share=1.0, eye=6.0,
    title_en="revision with single parts", title_zh="翻修手术单独更换组件",
)  # fmt: skip
def revision_parts(city: City, _dose: Dose) -> City:
    """Parts on the bill of a revision: head or liner alone are worn and exchanged."""
    group = city.world.reference.group("IC1")
    stays = city.plan.filter(pl.col("group") == group).select(stay="key")
    parts = [part for parts in PARTS.values() for part in parts]
    single = misbilled.keys_of(city, city.uses["product"]).is_in(parts)
    rows = city.uses.filter(single & ~city.uses["planted"] & (city.uses["billed"] > 0))
    return city.innocent_uses("revision_parts", rows.join(stays, on="stay", how="semi"))
