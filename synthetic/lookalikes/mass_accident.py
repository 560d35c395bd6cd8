"""An accident brings many injured to one hospital in one night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import rushes
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.rushes import Rush

if TYPE_CHECKING:
    from synthetic.state import City

ACCIDENT = Rush(
    "mass_accident", ("IF1", "IF4", "VZ1"), Ages(16.0, 75.0), days=1, times=3.0, least=14,
    emergency=True,
)  # fmt: skip
TRAVEL = (1, 2, 4, 5, 9, 10)  # months with holidays, when roads are full


@lookalike(
    name="mass_accident", resembles=("H17",), stage="care", share=0.00004,
    title_en="accident with many injured", title_zh="突发事故批量伤员",
)  # fmt: skip
def mass_accident(city: City, dose: Dose) -> City:
    """Injured people of all ages, admitted as emergencies within a day."""
    days = rushes.days_in(city, "mass_accident", TRAVEL, ACCIDENT.days)
    return rushes.happened(city, ACCIDENT, days, dose.subjects)
