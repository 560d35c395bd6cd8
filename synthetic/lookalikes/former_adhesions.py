"""Sheets against adhesion where a former operation left some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import extra_material
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

ILLNESSES = ("K66.000",)


@lookalike(
    name="former_adhesions", resembles=("C08",), stage="care", share=0.0012,
    title_en="adhesions from a former operation", title_zh="既往手术粘连",
)  # fmt: skip
def former_adhesions(city: City, dose: Dose) -> City:
    """Sheets against adhesion where a former operation left some."""
    return extra_material.explained(city, dose, "former_adhesions", "anti_adhesion", ILLNESSES)
