"""A very old person with many illnesses needs days of tests before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("IU2", "KS1", "FV2", "FR4", "FR3")
LEAST_AGE = 74.0
NIGHTS = (3, 9)
WITH_COMPLICATION = 3  # severity
STRUCTURE = "tests_mostly"
CHRONIC = ("I10.x00x002", "I25.103", "E11.900", "M81.000")


@lookalike(
    name="multimorbid_workup", resembles=("H03", "H04"), stage="care", share=0.0018, eye=16.0,
    title_en="work-up of a very old person with many illnesses", title_zh="高龄多病共存检查住院",
)  # fmt: skip
def multimorbid_workup(city: City, dose: Dose) -> City:
    """Tests lead the fee, but a complication is there and treated, and the illnesses are old ones.

    Whoever is that old and has a failing kidney or rhythm cannot be tested as an outpatient.
    """
    world = city.world
    wanted = [world.reference.group(adrg) for adrg in GROUPS]
    old = pl.Series(world.people.age[city.plan["person"].to_numpy()] >= LEAST_AGE)
    fit = pl.col("group").is_in(wanted) & ~pl.col("planted") & (pl.col("link") == -1)
    fit &= (pl.col("severity") == WITH_COMPLICATION) & pl.col("los").is_between(*NIGHTS)
    fit &= (pl.col("structure") == "medical") & (pl.col("part") == 0)
    rows = city.plan.filter(fit & old)
    chosen = world.draw.luckiest("multimorbid/luck", rows, dose.subjects)
    chosen = chosen.with_columns(structure=pl.lit(STRUCTURE), planted=pl.lit(value=True))
    codes = chosen.select(stay="key", code=pl.lit(list(CHRONIC)), present=pl.lit(value=True))
    codes = codes.explode("code").filter(_has(city, codes.explode("code")["stay"]))
    return city.with_plan(chosen).with_codes(codes).innocent_stays("multimorbid_workup", chosen)


def _has(city: City, stay: pl.Series) -> pl.Series:
    """Three in four of the chronic illnesses."""
    turn = np.arange(len(stay))
    return pl.Series(city.world.draw.chance("multimorbid/has", 0.75, stay, turn % len(CHRONIC)))
