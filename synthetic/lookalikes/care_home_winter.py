"""Pneumonia in a care home in winter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

WINTER = Event(
    "care_home_winter", ("ES3", "ET2"), (3, 12), Ages(75.0, 99.0), days=12, shared=1.0, living=3,
    horizon=40, winter=True,
)  # fmt: skip


@lookalike(
    name="care_home_winter", resembles=("H06", "H07"), stage="care", share=0.0005, eye=12.0,
    title_en="winter infections of a care home", title_zh="养老院冬季呼吸道感染",
)  # fmt: skip
def care_home_winter(city: City, dose: Dose) -> City:
    """Very old people of one address within two weeks of winter; emergencies, paid as usual."""
    return events.happened(city, WINTER, dose.subjects, emergency=True)
