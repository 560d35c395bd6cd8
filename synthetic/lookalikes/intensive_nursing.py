"""Many gloves and syringes in intensive care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ward_goods
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="intensive_nursing", resembles=("C26",), stage="goods", share=1.0, eye=8.0,
    title_en="intensive care", title_zh="重症监护用量",
)  # fmt: skip
def intensive_nursing(city: City, _dose: Dose) -> City:
    """Dozens of gloves a day, as intensive care needs."""
    world = city.world
    stays = city.plan.filter(pl.Series(ward_goods.intensive(world, city.plan)) & ~pl.col("planted"))
    hands = world.products.frame["key"].is_in(ward_goods.HANDS)
    mine = hands.gather(city.uses["product"].cast(pl.UInt32)) & ~city.uses["planted"]
    rows = city.uses.filter(mine).join(stays.select(stay="key"), on="stay", how="semi")
    return city.innocent_uses("intensive_nursing", rows)
