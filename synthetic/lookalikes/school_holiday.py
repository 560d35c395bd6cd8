"""Children are operated while there is no school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import rushes
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.rushes import Rush

if TYPE_CHECKING:
    from synthetic.state import City

OPERATIONS = Rush(
    "school_holiday", ("GE1",), Ages(3.0, 17.0), days=25, times=0.8, least=14, nights=(1, 2)
)
HOLIDAY = (7,)  # the first weeks of the summer holiday


@lookalike(
    name="school_holiday", resembles=("H17",), stage="care", share=0.00004,
    title_en="elective surgery in the school holidays", title_zh="寒暑假儿童择期手术",
)  # fmt: skip
def school_holiday(city: City, dose: Dose) -> City:
    """Short stays of children from one summer month, each with its operation."""
    days = rushes.days_in(city, "school_holiday", HOLIDAY, OPERATIONS.days)
    return rushes.happened(city, OPERATIONS, days, dose.subjects)
