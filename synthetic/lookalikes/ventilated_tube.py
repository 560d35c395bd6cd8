"""A tube that no anaesthesia paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="ventilated_tube", resembles=("C06",), stage="goods", share=1.0, eye=8.0,
    title_en="tube of a ventilated patient", title_zh="机械通气插管",
)  # fmt: skip
def ventilated_tube(city: City, _dose: Dose) -> City:
    """Somebody in intensive care is ventilated: no price of a service contains this tube."""
    items = city.world.products.frame["key"]
    mine = items.gather(city.uses["product"].cast(pl.UInt32)) == "tracheal_tube"
    group = city.world.reference.group("AH1")
    stays = city.plan.filter((pl.col("group") == group) & ~pl.col("planted")).select(stay="key")
    rows = city.uses.filter(mine & ~city.uses["planted"]).join(stays, on="stay", how="semi")
    return city.innocent_uses("ventilated_tube", rows)
