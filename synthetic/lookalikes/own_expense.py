"""A device outside its scope is used and the patient pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ordering
from synthetic.grammar import Dose, lookalike
from synthetic.schemes.c16 import ADDED, NEAR, outside

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="own_expense", resembles=("C16", "C13"), stage="care", share=0.0006, eye=12.0,
    title_en="outside the scope at own expense", title_zh="超限定范围自费",
)  # fmt: skip
def own_expense(city: City, dose: Dose) -> City:
    """No illness of the stay is in the scope, and the line is not put to the fund."""
    rows = outside(city, ordering.untouched(city), NEAR | ADDED)
    chosen = ordering.first(city, "own_expense/luck", rows, dose.subjects)
    chosen = chosen.with_columns(stay=pl.col("key"))
    city = ordering.marked(city, chosen).with_wanted(ordering.asked(chosen, self_paid=True))
    return city.innocent_uses("own_expense", chosen)
