"""The side was typed wrongly in the register; the settlement was cancelled and made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering
from synthetic.grammar import Dose, lookalike
from synthetic.keys import RESETTLED

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("CB3", "IC2", "IF3", "IF4")
IMPLANTS = ("C110101", "C110102", "C030101", "C030102", "C030701", "C030703")
WAIT = (2, 15)  # days from the delivery of the first settlement to that of its cancellation


@lookalike(
    name="side_typed_anew", resembles=("C12",), stage="care", share=0.0005, eye=12.0,
    title_en="side typed anew", title_zh="侧别录入更正",
)  # fmt: skip
def side_typed_anew(city: City, dose: Dose) -> City:
    """One implant in two settlements: the first, with the wrong side in its register, was voided.

    The second is labelled: it seems to put an implant where one was put already.
    """
    alone = city.plan.group_by("chain").len().filter(pl.col("len") == 1).select("chain")
    rows = ordering.untouched(city, ordering.of_groups(city, GROUPS))
    single = rows.filter((pl.col("scale") == 1) & (pl.col("side") >= 0))
    single = single.join(alone, on="chain", how="semi")
    chosen = ordering.first(city, "side_typed/luck", single, dose.subjects)
    wait = pl.Series(city.world.draw.between("side_typed/wait", *WAIT, chosen["key"]))
    again = chosen.with_columns(
        key=pl.col("key") + RESETTLED,
        chain=-pl.col("key") - RESETTLED - 1,
        resettles=pl.col("key"),
    )
    kits = ordering.taken(city, chosen).filter(pl.col("class_code").is_in(IMPLANTS))
    sided = chosen.select("hospital", stay="key", side=1 - pl.col("side"))
    typed = kits.join(sided, on="stay").with_columns(day="used")
    both = pl.concat([chosen.with_columns(voided=wait), again], how="vertical_relaxed")
    city = departures.with_recorded(ordering.marked(city, both), typed)
    anew = typed.with_columns(stay=pl.col("stay") + RESETTLED)
    return city.innocent_uses("side_typed_anew", anew)
