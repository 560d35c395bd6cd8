"""Leading hospitals give their sickest patients the imported product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import choices
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST = 4.0  # expected uses of a period
SICK = (1, 3)  # grades of severity with a complication
RUN = 3  # periods from the decision on
A_HOUSE = 8  # ledgers that the decision of one hospital touches, roughly


@lookalike(
    name="clinical_upgrade", resembles=("C22", "C19"), stage="care", share=0.0006, eye=6.0,
    title_en="better product for the sickest", title_zh="临床升级(危重患者)",
)  # fmt: skip
def clinical_upgrade(city: City, dose: Dose) -> City:
    """From a quarter on, all patients with complications and no others get the imported one."""
    world = city.world
    foreign = choices.imports(world, selected=True)
    rows = choices.periods(city, foreign, LEAST)
    leading = pl.Series(world.level(rows["hospital"].to_numpy()) == "3")
    cells = rows.filter(leading).sort("key")
    luck = pl.Series(world.draw.uniform("upgrade/house", cells["hospital"], cells["generic"]))
    first = cells.with_columns(luck=luck).sort("luck", "period")
    first = first.unique(["hospital", "generic"], keep="first", maintain_order=True)
    some = first.head(max(1, dose.subjects // A_HOUSE)).select(
        "hospital", "generic", begun="period"
    )
    span = (pl.col("period") >= pl.col("begun")) & (pl.col("period") < pl.col("begun") + RUN)
    chosen = cells.join(some, on=["hospital", "generic"]).filter(span)
    used = choices.used_in(city, chosen.select("key", *choices.PERIOD))
    sick = city.plan.filter(pl.col("severity").is_in(SICK)).select(stay="key")
    moved = used.join(sick, on="stay", how="semi", maintain_order="left")
    moved = choices.dearer(city, moved.with_columns(choices.imported(world, moved, foreign)))
    city = choices.switch(city, moved)
    return city.innocent_ledgers(
        "clinical_upgrade", moved.select("hospital", "day", product="instead")
    )
