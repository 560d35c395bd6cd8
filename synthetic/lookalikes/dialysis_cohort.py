"""Patients of one dialysis shift are admitted on the same days each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

MONTHS, EVERY = 3, 28
SHIFT = Event("dialysis_cohort", ("LL1",), (4, 9), Ages(40.0, 85.0), days=1, horizon=95)


@lookalike(
    name="dialysis_cohort", resembles=("H07", "H09", "H18"), stage="care", share=0.0008, eye=8.0,
    title_en="patients of one dialysis shift", title_zh="同班次透析病人",
)  # fmt: skip
def dialysis_cohort(city: City, dose: Dose) -> City:
    """The same people, ward, days and nearly equal bills, again and again: they need dialysis.

    They do not live together, and each next stay is announced.
    """
    rows = events.gathered(city, SHIFT, max(dose.subjects // MONTHS, 1))
    if rows.is_empty():
        return city
    months = events.repeated(rows, MONTHS, EVERY)
    last = pl.col("turn") == MONTHS - 1
    months = months.with_columns(
        los=pl.lit(7, pl.Int64), emergency=pl.lit(value=False), planned=~last
    ).sort("ring", "turn", "person")
    return events.admitted(city, SHIFT, months, events.one_bill)
