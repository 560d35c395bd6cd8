"""A device put in by the emergency clinic, and billed with the stay that followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = {"LR1": "double_j", "ES3": "double_j"}
STONE = "N20.100"  # what blocked the kidney
FEE = (90_000, 190_000)  # fen of the clinic's procedure
STEP = 10


@lookalike(
    name="outpatient_device", resembles=("C13", "C15"), stage="care", share=0.0005, eye=14.0,
    title_en="procedure in the clinic just before the stay", title_zh="入院前门急诊操作",
)  # fmt: skip
def outpatient_device(city: City, dose: Dose) -> City:
    """No operation in the stay, but an emergency visit for it hours before; the stone is listed."""
    draw = city.world.draw
    rows = ordering.untouched(city, ordering.of_groups(city, GROUPS), pl.col("admit") > 0)
    chosen = ordering.first(city, "outpatient_device/luck", rows, dose.subjects)
    stents = ordering.wanted(city, chosen, GROUPS)
    fee = draw.between("outpatient_device/fee", *FEE, stents["key"]) // STEP * STEP
    early = draw.below("outpatient_device/day", 2, stents["key"])
    visits = stents.with_columns(
        kind=pl.lit("emergency"),
        day=pl.Series(np.maximum(stents["admit"].to_numpy() - early, 0)),
        amount=pl.Series(fee),
    )
    listed = stents.select(stay="key", code=pl.lit(STONE), present=pl.lit(value=True))
    stents = stents.with_columns(stay="key")
    city = ordering.marked(city, stents.with_columns(emergency=pl.lit(value=True)))
    city = city.with_wanted(ordering.asked(stents)).with_codes(listed).with_visits(visits)
    return city.innocent_uses("outpatient_device", stents)
