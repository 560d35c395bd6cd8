"""A connecting set where nothing was dilated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="angiography_alone", resembles=("C06", "C13"), stage="goods", share=1.0, eye=2.0,
    title_en="connecting set of an angiography alone", title_zh="单纯造影连接管路",
)  # fmt: skip
def angiography_alone(city: City, _dose: Dose) -> City:
    """An angiography without intervention: its price does not contain the set."""
    items = city.world.products.frame["key"]
    mine = items.gather(city.uses["product"].cast(pl.UInt32)) == "angio_set"
    group = city.world.reference.group("FM3")
    stays = city.plan.filter((pl.col("group") == group) & ~pl.col("planted")).select(stay="key")
    rows = city.uses.filter(mine & ~city.uses["planted"]).join(stays, on="stay", how="semi")
    return city.innocent_uses("angiography_alone", rows)
