"""Sheets against bleeding in a small operation on somebody who bleeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ILLNESSES = ("D68.900", "D69.600")


@lookalike(
    name="bleeding_disorder", resembles=("C08",), stage="care", share=0.0012,
    title_en="bleeding disorder of the patient", title_zh="患者凝血功能障碍",
)  # fmt: skip
def bleeding_disorder(city: City, dose: Dose) -> City:
    """Sheets against bleeding in a small operation on somebody who bleeds."""
    return extra_material.explained(city, dose, "bleeding_disorder", "haemostatic_gauze", ILLNESSES)
