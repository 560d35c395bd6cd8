"""Somebody in bed goes to the own dialysis centre every second or third day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_NIGHTS = 7
EVERY = 2.5  # days between two dialyses, rounded
AGES = (35.0, 88.0)
FAILURE = "N18.501"


@lookalike(
    name="outside_dialysis", resembles=("H05", "H02"), stage="care", share=0.001, eye=14.0,
    title_en="dialysis elsewhere during a stay", title_zh="住院期间外院透析",
)  # fmt: skip
def outside_dialysis(city: City, dose: Dose) -> City:
    """Visits to another hospital on days in bed, at steady intervals; kidney failure is coded."""
    world, draw = city.world, city.world.draw
    dialysis = world.houses.volume[:, world.reference.group("LL1")]
    here = pl.Series(dialysis[city.plan["hospital"].to_numpy()] > 0)
    age = pl.Series(world.people.age[city.plan["person"].to_numpy()])
    fit = ~here & ~pl.col("planted") & (pl.col("los") >= LEAST_NIGHTS) & age.is_between(*AGES)
    rows = city.plan.filter(fit & pl.col("structure").is_in(["medical", "rehab", "surgical"]))
    chosen = draw.luckiest("outside_dialysis/luck", rows, dose.subjects)
    centre = draw.pick("outside_dialysis/centre", dialysis, chosen["person"])
    city = city.with_visits(_visits(chosen.with_columns(hospital=pl.Series(centre))))
    city = city.with_codes(
        chosen.select(stay="key", code=pl.lit(FAILURE), present=pl.lit(value=True))
    )
    marked = chosen.with_columns(planted=pl.lit(value=True))
    return city.with_plan(marked).innocent_stays("outside_dialysis", marked)


def _visits(chosen: pl.DataFrame) -> pl.DataFrame:
    """One visit every two or three days, inside the stay."""
    times = chosen["los"].to_numpy() / EVERY
    turns = chosen.with_columns(turn=pl.int_ranges(0, pl.Series(np.minimum(times, 6).astype(int))))
    turns = turns.explode("turn").drop_nulls("turn")
    day = pl.col("admit") + 1 + (pl.col("turn") * EVERY).floor().cast(pl.Int64)
    return turns.with_columns(day=day, kind=pl.lit("clinic")).filter(
        pl.col("day") < pl.col("admit") + pl.col("los")
    )
