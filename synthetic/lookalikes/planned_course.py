"""Dialysis courses and transfers to rehabilitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike
from synthetic.links import link_names

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="planned_course", resembles=("H01",), stage="care", share=1.0, eye=1.0,
    title_en="dialysis course or transfer to rehabilitation", title_zh="规律透析或转康复",
)  # fmt: skip
def planned_course(city: City, _dose: Dose) -> City:
    """Stays that follow each other because care goes on in steps or elsewhere."""
    steps = link_names(city.plan).is_in(["dialysis_course", "rehabilitation_transfer"])
    return city.innocent_stays("planned_course", city.plan.filter(steps & ~city.plan["planted"]))
