"""An infection goes through a staff dormitory or a village."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

OUTBREAK = Event("outbreak", ("ES3",), (4, 14), Ages(16.0, 60.0), days=3, shared=0.7, living=5)


@lookalike(
    name="outbreak", resembles=("H07", "H06"), stage="care", share=0.0005, eye=16.0,
    title_en="outbreak of an infection", title_zh="群体性感染暴发",
)  # fmt: skip
def outbreak(city: City, dose: Dose) -> City:
    """Neighbours or workmates come as emergencies within days, once, with one infection."""
    return events.happened(city, OUTBREAK, dose.subjects, emergency=True)
