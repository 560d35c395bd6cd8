"""A family falls ill after one meal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

MEAL = Event(
    "food_poisoning", ("VZ1",), (3, 3), Ages(3.0, 90.0), shared=1.0, living=3, nights=(1, 4)
)
TOXIC_FOOD = "T62.900"  # poisoning by food that is not said more exactly


@lookalike(
    name="food_poisoning", resembles=("H07", "H05"), stage="care", share=0.0004, eye=12.0,
    title_en="food poisoning of a family", title_zh="家庭聚餐食物中毒",
)  # fmt: skip
def food_poisoning(city: City, dose: Dose) -> City:
    """One address, one day, one ward, similar bills: emergencies with the same poisoning, once."""
    return events.happened(city, MEAL, dose.subjects, emergency=True, main=TOXIC_FOOD)
