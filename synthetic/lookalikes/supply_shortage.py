"""The maker of a selected product cannot deliver for some weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import choices
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST = 0.5  # expected uses of a period: small houses run out as well
WEEKS = (28, 42)  # days without deliveries
OUT = 0.85  # of the uses in these days; the rest is taken from what is left
FELT = 0.4  # of the largest use in a quarter: a shortage of what few need is not felt
SELDOM = 3  # shortages at most
A_SHORTAGE = 60  # ledgers that one shortage touches, roughly


@lookalike(
    name="supply_shortage", resembles=("C19", "C22"), stage="care", share=0.0004,
    title_en="shortage of the selected product", title_zh="中选产品断供",
)  # fmt: skip
def supply_shortage(city: City, dose: Dose) -> City:
    """All hospitals of the city take the dear kind in the same weeks, and come back together."""
    world = city.world
    kinds = choices.dear_kind(world, selected=False)
    rows = choices.periods(city, kinds, LEAST)
    cells = rows.group_by("generic", "period").agg(pl.col("expected").sum())
    cells = cells.filter(pl.col("expected") >= pl.col("expected").max() * FELT)
    cells = cells.sort("generic", "period")
    luck = pl.Series(world.draw.uniform("shortage/when", cells["generic"], cells["period"]))
    number = min(SELDOM, max(1, dose.subjects // A_SHORTAGE))
    found = (
        cells.with_columns(luck=luck)
        .sort("luck")
        .unique("generic", keep="first", maintain_order=True)
    )
    short = rows.join(found.head(number), on=["generic", "period"], how="semi")
    used = choices.used_in(city, short.select("key", *choices.PERIOD, begun="day"))
    length = world.draw.between("shortage/days", *WEEKS, used["generic"])
    first = pl.col("begun") + pl.Series(world.draw.below("shortage/from", 40, used["generic"]))
    out = world.draw.chance("shortage/out", OUT, used["stay"], used["product"])
    within = (pl.col("day") >= first) & (pl.col("day") < first + pl.Series(length))
    gone = used.filter(within & pl.Series(np.asarray(out)))
    gone = choices.dearer(city, gone.with_columns(choices.better(world, gone, kinds)))
    city = choices.switch(city, gone)
    named = gone.select("hospital", "day", product="instead")
    return city.innocent_ledgers("supply_shortage", named)
