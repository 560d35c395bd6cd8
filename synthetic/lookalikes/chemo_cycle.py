"""Regular cycles of chemotherapy or targeted therapy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike
from synthetic.links import link_names

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="chemo_cycle", resembles=("H01",), stage="care", share=1.0, eye=0.5,
    title_en="cycles of chemotherapy", title_zh="周期性化疗",
)  # fmt: skip
def chemo_cycle(city: City, _dose: Dose) -> City:
    """The same person, ward and diagnosis every three weeks: the treatment, not a split stay."""
    rows = city.plan.filter((link_names(city.plan) == "chemo_cycle") & ~city.plan["planted"])
    return city.innocent_stays("chemo_cycle", rows)
