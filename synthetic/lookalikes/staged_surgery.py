"""The second eye or joint, operated some days or weeks after the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike
from synthetic.links import link_names

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="staged_surgery", resembles=("H01",), stage="care", share=1.0, eye=2.0,
    title_en="operation of the other side", title_zh="分期手术",
)  # fmt: skip
def staged_surgery(city: City, _dose: Dose) -> City:
    """Same group within two weeks, but the other side: one operation each, both needed."""
    staged = link_names(city.plan).is_in(["staged_eye", "staged_joint"])
    return city.innocent_stays("staged_surgery", city.plan.filter(staged & ~city.plan["planted"]))
