"""Veterans, whose own fund pays what the insured pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

OLDEST_YOUNGSTER = 74.0  # years; those who served are older
SHARE = 0.08  # of men above that age


@lookalike(
    name="veterans", resembles=("H06",), stage="care", share=1.0, eye=6.0,
    title_en="veteran without a share to pay", title_zh="优抚对象免自付",
)  # fmt: skip
def veterans(city: City, _dose: Dose) -> City:
    """Nothing is taken from some old men, at whatever hospital they lie: another fund pays."""
    people, person = city.world.people, city.plan["person"].to_numpy()
    served = (people.age > OLDEST_YOUNGSTER) & ~people.female & ~people.frame["relief"].to_numpy()
    served &= city.world.draw.chance("veterans/served", SHARE, np.arange(len(people.age)))
    # One reason a person is enough: nobody who takes part in anything else is a veteran too.
    others = city.plan.filter("planted")["person"].unique().to_numpy()
    mine = pl.Series(served[person] & ~np.isin(person, others))
    rows = city.plan.filter(mine).with_columns(
        waived=pl.lit(value=True), planted=pl.lit(value=True)
    )
    return city.with_plan(rows).innocent_stays("veterans", rows)
