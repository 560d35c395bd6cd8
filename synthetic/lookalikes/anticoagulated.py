"""Sheets against bleeding for somebody who takes anticoagulants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ILLNESSES = ("Z92.100", "I48.000")


@lookalike(
    name="anticoagulated", resembles=("C08",), stage="care", share=0.0012,
    title_en="patient on anticoagulants", title_zh="长期抗凝患者",
)  # fmt: skip
def anticoagulated(city: City, dose: Dose) -> City:
    """Sheets against bleeding for somebody who takes anticoagulants."""
    return extra_material.explained(city, dose, "anticoagulated", "haemostatic_gauze", ILLNESSES)
