"""A complication after discharge brings the person back as an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike
from synthetic.links import link_names

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="true_complication", resembles=("H01",), stage="care", share=1.0, eye=9.0,
    title_en="readmission for a complication", title_zh="并发症再入院",
)  # fmt: skip
def true_complication(city: City, _dose: Dose) -> City:
    """Back within days, as an emergency, with bleeding, infection or a new attack."""
    acute = link_names(city.plan).is_in(["complication", "exacerbation"])
    return city.innocent_stays("true_complication", city.plan.filter(acute & ~city.plan["planted"]))
