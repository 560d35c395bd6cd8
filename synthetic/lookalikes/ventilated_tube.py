"""A tube that no anaesthesia paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

# Where people are ventilated: intensive care, and wards in which breath or heart may fail.
GROUPS = ("AH1", "ES3", "ET2", "FR2", "BR2")


@lookalike(
    name="ventilated_tube", resembles=("C06",), stage="goods", share=1.0, eye=8.0,
    title_en="tube of a ventilated patient", title_zh="机械通气插管",
)  # fmt: skip
def ventilated_tube(city: City, _dose: Dose) -> City:
    """Somebody whose breath fails is ventilated: no price of a service contains this tube."""
    items = city.world.products.frame["key"]
    mine = items.gather(city.uses["product"].cast(pl.UInt32)) == "tracheal_tube"
    groups = [city.world.reference.group(adrg) for adrg in GROUPS]
    treated = pl.col("group").is_in(groups) & ~pl.col("planted")
    stays = city.plan.filter(treated).select(stay="key")
    rows = city.uses.filter(mine & ~city.uses["planted"]).join(stays, on="stay", how="semi")
    return city.innocent_uses("ventilated_tube", rows)
