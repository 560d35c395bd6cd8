"""An illness found beside the operation took most of the treatment and is coded first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, coding, headers, support, treatment
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

OPERATED = ("CB3", "FM3", "GK2", "GK3", "GE1", "IF5", "LC1", "IC3", "IF1", "KD1", "HC2")
ILLNESS = "FR2"  # heart failure
COST = (0.75, 1.60)  # of the standard of that illness
NIGHTS = (4, 40)


@lookalike(
    name="secondary_first", resembles=("H11", "H10"), stage="bill", share=0.001, eye=8.0,
    title_en="second illness coded first", title_zh="次要疾病作主要诊断",
)  # fmt: skip
def secondary_first(city: City, dose: Dose) -> City:
    """Main diagnosis and operation differ, but tests, drugs, cost and days are the illness's."""
    world = city.world
    illness = world.reference.group(ILLNESS)
    operated = [world.reference.group(adrg) for adrg in OPERATED]
    rows = billed.candidates(
        city, pl.col("group").is_in(operated), pl.col("los").is_between(*NIGHTS)
    )
    paid = billed.standard_if(city, rows, np.full(len(rows), illness), rows["severity"].to_numpy())
    rows = rows.filter((rows["expected"] / paid).is_between(*COST))
    chosen = world.draw.luckiest("secondary/luck", rows, dose.subjects)
    coded = chosen.with_columns(coded_group=pl.lit(illness, pl.Int64), planted=pl.lit(value=True))
    coded = headers.grouped(world, city.standards, coded)
    city = city.with_plan(coded)
    city = billed.with_services(city, _treated(city, coded))
    return city.innocent_stays("secondary_first", coded)


def _treated(city: City, coded: pl.DataFrame) -> pl.DataFrame:
    """The tests and drugs of the illness coded first, as often as it needs them."""
    code = coding.principal(city.world, coded)
    wanted = coded.with_columns(code=code, present=pl.lit(value=True)).join(
        support.offered(city.world.services), on="code"
    )
    lines = treatment.lines_of(city.world, wanted).join(
        coded.select("key", "admit", "first_day"), on="key"
    )
    day = pl.col("admit") + pl.col("day") - pl.col("first_day")
    return lines.select("key", "item", "quantity", "second", day=day)
