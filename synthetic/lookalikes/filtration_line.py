"""A blood line that no dialysis paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

# Where blood is filtered for days: intensive care, and kidneys that fail for a while.
GROUPS = ("AH1", "LR1")


@lookalike(
    name="filtration_line", resembles=("C06",), stage="goods", share=1.0, eye=8.0,
    title_en="blood line of a continuous filtration", title_zh="连续血滤血路",
)  # fmt: skip
def filtration_line(city: City, _dose: Dose) -> City:
    """Continuous filtration is billed by the hour, without its lines."""
    items = city.world.products.frame["key"]
    mine = items.gather(city.uses["product"].cast(pl.UInt32)) == "blood_line"
    groups = [city.world.reference.group(adrg) for adrg in GROUPS]
    treated = pl.col("group").is_in(groups) & ~pl.col("planted")
    stays = city.plan.filter(treated).select(stay="key")
    rows = city.uses.filter(mine & ~city.uses["planted"]).join(stays, on="stay", how="semi")
    return city.innocent_uses("filtration_line", rows)
