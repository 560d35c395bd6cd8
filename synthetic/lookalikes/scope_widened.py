"""The fund began to pay for a device in more illnesses than before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.scopes import load_scopes
from synthetic import ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

CLASS = "C030501"
NEWLY = dict.fromkeys(("IF1", "IF3", "IF4"), "bone_graft")
WITHIN = 540  # days after the change in which it still surprises


@lookalike(
    name="scope_widened", resembles=("C16",), stage="care", share=0.0006, eye=10.0,
    title_en="scope widened by a later list", title_zh="限定支付范围调整后",
)  # fmt: skip
def scope_widened(city: City, dose: Dose) -> City:
    """Outside the scope of last year, inside the one that held on the day."""
    clock = city.world.clock
    change = (load_scopes()[CLASS].versions[-1].since - clock.start).days
    rows = ordering.untouched(city, ordering.of_groups(city, NEWLY))
    rows = rows.filter(pl.col("admit").is_between(change, change + WITHIN))
    chosen = ordering.first(city, "scope_widened/luck", rows, dose.subjects)
    grafts = ordering.wanted(city, chosen, NEWLY).with_columns(stay=pl.col("key"))
    city = ordering.marked(city, grafts).with_wanted(ordering.asked(grafts))
    return city.innocent_uses("scope_widened", grafts)
