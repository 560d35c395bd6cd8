"""A hospital's check-up package, bought by well-off people who pay it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import package_wards
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.package_wards import Ward

if TYPE_CHECKING:
    from synthetic.state import City

WARD = Ward("private", "checkup", ("KS1", "FV2", "FR4"), 25, ages=Ages(38.0, 75.0))
SMALL_CITY = 1_000  # stays; below it a whole ward would be more than its share


@lookalike(
    name="private_checkup", resembles=("H04", "H03"), stage="care", share=0.0006, eye=14.0,
    title_en="check-up paid privately", title_zh="自费体检住院",
)  # fmt: skip
def private_checkup(city: City, dose: Dose) -> City:
    """The same package for a whole ward, every line put to the patient: the fund pays nothing."""
    if len(city.plan) < SMALL_CITY:
        return city
    anywhere = np.ones(len(city.world.houses.frame), dtype=bool)
    stays = package_wards.stays(city, WARD, max(dose.subjects, package_wards.LEAST), anywhere)
    stays = stays.with_columns(own_share=pl.lit(1.0))
    return city.with_plan(stays).innocent_stays("private_checkup", stays)
