"""A coach accident brings strangers to one ward in one night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ACCIDENT = Event("tour_accident", ("IF1", "IF4"), (4, 12), Ages(45.0, 80.0), horizon=40)


@lookalike(
    name="tour_accident", resembles=("H07",), stage="care", share=0.0004, eye=10.0,
    title_en="accident of a tour group", title_zh="旅游团交通事故",
)  # fmt: skip
def tour_accident(city: City, dose: Dose) -> City:
    """People of one district, admitted the same day as emergencies, operated, each once."""
    return events.happened(city, ACCIDENT, dose.subjects, emergency=True)
