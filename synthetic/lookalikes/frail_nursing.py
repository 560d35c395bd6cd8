"""Many gloves for the very old after a stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ward_goods
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="frail_nursing", resembles=("C26",), stage="goods", share=1.0, eye=8.0,
    title_en="nursing of the frail", title_zh="失能患者护理用量",
)  # fmt: skip
def frail_nursing(city: City, _dose: Dose) -> City:
    """Washing, turning and feeding by several hands."""
    world = city.world
    stays = city.plan.filter(pl.Series(ward_goods.frail(world, city.plan)) & ~pl.col("planted"))
    hands = world.products.frame["key"].is_in(ward_goods.HANDS)
    mine = hands.gather(city.uses["product"].cast(pl.UInt32)) & ~city.uses["planted"]
    rows = city.uses.filter(mine).join(stays.select(stay="key"), on="stay", how="semi")
    return city.innocent_uses("frail_nursing", rows)
