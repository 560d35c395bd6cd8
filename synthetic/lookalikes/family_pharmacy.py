"""A relative fetches chronic drugs or a prescription for somebody in hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_NIGHTS = 4
TREATED_DAILY = ("medical", "surgical")
CLINIC_SHARE = 0.4  # prescriptions renewed at a clinic by the relative


@lookalike(
    name="family_pharmacy", resembles=("H02",), stage="care", share=0.008,
    title_en="relative at the pharmacy", title_zh="家属代购药",
)  # fmt: skip
def family_pharmacy(city: City, dose: Dose) -> City:
    """A pharmacy or clinic visit on a day of the stay, while treatment went on every day."""
    draw = city.world.draw
    fit = (pl.col("los") >= LEAST_NIGHTS) & ~pl.col("planted")
    rows = city.plan.filter(fit & pl.col("structure").is_in(TREATED_DAILY))
    chosen = draw.luckiest("family/luck", rows, dose.subjects)
    day = draw.below("family/day", chosen["los"].to_numpy() - 2, chosen["key"])
    near = draw.below("family/near", len(city.world.houses.frame), chosen["person"])
    visits = chosen.with_columns(
        hospital=pl.Series(near),
        day=pl.col("admit") + 1 + pl.Series(day),
        kind=pl.Series(
            np.where(
                draw.chance("family/clinic", CLINIC_SHARE, chosen["key"]), "clinic", "pharmacy"
            )
        ),
    )
    return city.with_visits(visits).innocent_stays("family_pharmacy", chosen)
