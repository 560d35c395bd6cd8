"""Candidates for a kidney are examined from head to foot, all in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import package_wards
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.package_wards import Ward

if TYPE_CHECKING:
    from synthetic.state import City

WARD = Ward("transplant", "checkup_full", ("LR1",), 27, ages=Ages(30.0, 66.0))
SMALL_CITY = 1_000  # stays; below it a whole ward would be more than its share
CANDIDATE = "Z01.800"  # special examination
STAGE_FIVE = "N18.900"  # chronic failure of the kidney
LEADING = "3"


@lookalike(
    name="transplant_workup", resembles=("H04",), stage="care", share=0.0006, eye=14.0,
    title_en="work-up before a transplant", title_zh="移植术前评估住院",
)  # fmt: skip
def transplant_workup(city: City, dose: Dose) -> City:
    """One protocol of tests for everybody, in a leading hospital, for kidneys that have failed."""
    if len(city.plan) < SMALL_CITY:
        return city
    leading = city.world.houses.frame["level"].to_numpy() == LEADING
    stays = package_wards.stays(city, WARD, max(dose.subjects, package_wards.LEAST), leading)
    stays = stays.with_columns(main=pl.lit(STAGE_FIVE))
    codes = stays.select(stay="key", code=pl.lit(CANDIDATE), present=pl.lit(value=True))
    city = city.with_plan(stays).with_codes(codes)
    return city.innocent_stays("transplant_workup", stays)
