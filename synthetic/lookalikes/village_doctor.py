"""A family doctor sends patients of one village to the nearest hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.plan import family_doctor

if TYPE_CHECKING:
    from synthetic.state import City

VILLAGE = Event(
    "village_doctor", ("KS1", "FV2", "IU2", "FR4"), (5, 14), Ages(50.0, 88.0), days=20, shared=0.4,
    living=4, horizon=55,
)  # fmt: skip


@lookalike(
    name="village_doctor", resembles=("H06", "H07"), stage="care", share=0.0006, eye=14.0,
    title_en="referrals of a village doctor", title_zh="乡村医生集中转诊",
)  # fmt: skip
def village_doctor(city: City, dose: Dose) -> City:
    """One doctor, one hospital, three weeks; but all pay as usual and he sends others elsewhere."""
    rows = events.gathered(city, VILLAGE, dose.subjects)
    if rows.is_empty():
        return city
    patient = pl.col("person").min().over("ring")
    doctor = family_doctor(city.world, rows.select(patient)["person"].to_numpy())
    told = rows.with_columns(emergency=pl.lit(value=False), referrer=doctor)
    return events.admitted(city, VILLAGE, told)
