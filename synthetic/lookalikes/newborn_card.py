"""A newborn is treated on its mother's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="newborn_card", resembles=("H16", "H08", "H15"), stage="care", share=1.0, eye=6.0,
    title_en="newborn on the mother's card", title_zh="新生儿随母结算",
)  # fmt: skip
def newborn_card(city: City, _dose: Dose) -> City:
    """Illnesses of a newborn under a woman's name, soon after her delivery; the stay says so."""
    mine = city.plan["newborn"] & ~city.plan["planted"]
    return city.innocent_stays("newborn_card", city.plan.filter(mine))
