"""Many gloves in an isolation ward during the wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ward_goods
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="isolation_ward", resembles=("C26",), stage="goods", share=1.0, eye=8.0,
    title_en="isolation ward in an epidemic", title_zh="隔离病房用量",
)  # fmt: skip
def isolation_ward(city: City, _dose: Dose) -> City:
    """Every visit to an infected patient takes fresh gloves."""
    world = city.world
    stays = city.plan.filter(pl.Series(ward_goods.isolated(world, city.plan)) & ~pl.col("planted"))
    hands = world.products.frame["key"].is_in(ward_goods.HANDS)
    mine = hands.gather(city.uses["product"].cast(pl.UInt32)) & ~city.uses["planted"]
    rows = city.uses.filter(mine).join(stays.select(stay="key"), on="stay", how="semi")
    return city.innocent_uses("isolation_ward", rows)
