"""Tests for a planned operation are done in the clinic while the patient waits for a bed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ordering, worth
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

WAITING = (4, 12)  # days from the tests to the bed, beyond those that count as the same care
GROUPS = ("CB3", "CB1", "IC2", "IC3", "GE1", "HC2", "KD1", "LB1", "LC1", "MB1", "NC1", "EB1", "JA2")
LEAST = 100 * 100  # fen


@lookalike(
    name="outpatient_workup", resembles=("H12",), stage="bill", share=0.008, eye=10.0,
    title_en="tests before a planned operation", title_zh="择期手术院前检查",
)  # fmt: skip
def outpatient_workup(city: City, dose: Dose) -> City:
    """The stay begins without tests and a clinic billed them, for want of a bed: days earlier."""
    draw = city.world.draw
    rows = ordering.untouched(city, ordering.of_groups(city, GROUPS))
    planned = ~pl.col("emergency") & ~pl.col("untested") & (pl.col("admit") > WAITING[1])
    free = worth.unseen(city, rows.filter(planned), WAITING[0])
    chosen = ordering.first(city, "workup/luck", free, dose.subjects)
    priced = chosen.join(worth.tests(city, chosen), on="key", maintain_order="left")
    mine = priced.filter(pl.col("tests") > LEAST)
    wait = pl.Series(draw.between("workup/wait", *WAITING, mine["key"]))
    visits = mine.with_columns(
        day=pl.col("admit") - wait, kind=pl.lit("clinic"), amount=pl.col("tests")
    )
    city = ordering.marked(city, mine.with_columns(untested=pl.lit(value=True)))
    return city.with_visits(visits).innocent_stays("outpatient_workup", mine)
