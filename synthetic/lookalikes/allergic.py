"""Patients who do not bear the selected product get another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import choices, reasoned
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ALLERGY = "T78.400"


@lookalike(
    name="allergic", resembles=("C19", "C22"), stage="care", share=0.0006, eye=5.0,
    title_en="allergic to the selected product", title_zh="对中选产品过敏",
)  # fmt: skip
def allergic(city: City, dose: Dose) -> City:
    """The dear kind, here and there, each time in a patient whose allergy is listed."""
    kinds = choices.dear_kind(city.world, selected=False)

    def other(city: City, rows: pl.DataFrame) -> pl.Series:
        return choices.better(city.world, rows, kinds)

    return reasoned.with_reason(city, "allergic", dose.subjects, kinds, other, pl.lit(ALLERGY))
