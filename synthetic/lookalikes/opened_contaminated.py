"""A unit was opened, contaminated and replaced; the record says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="opened_contaminated", resembles=("C02", "C01"), stage="goods", share=1.0,
    title_en="opened and contaminated unit", title_zh="开封污染更换",
)  # fmt: skip
def opened_contaminated(city: City, _dose: Dose) -> City:
    """One unit more than the operation needed, but gone from the stock and recorded."""
    return city.innocent_uses("opened_contaminated", city.uses.filter(city.uses["wasted"]))
