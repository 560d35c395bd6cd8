"""An infection fills the wards of one hospital in winter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import rushes
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.rushes import Rush

if TYPE_CHECKING:
    from synthetic.state import City

WAVE = Rush("winter_wave", ("ES3",), Ages(20.0, 92.0), days=12, times=1.6, least=15, emergency=True)
WINTER = (12, 1, 2)  # also the weeks before the new year and before Spring Festival


@lookalike(
    name="winter_wave", resembles=("H17",), stage="care", share=0.00004,
    title_en="winter wave of infections", title_zh="流感季入院高峰",
)  # fmt: skip
def winter_wave(city: City, dose: Dose) -> City:
    """Emergencies with one infection, of usual length, all in two cold weeks."""
    days = rushes.days_in(city, "winter_wave", WINTER, WAVE.days)
    return rushes.happened(city, WAVE, days, dose.subjects)
