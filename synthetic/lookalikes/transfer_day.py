"""On the day of a transfer a person is in two hospitals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City


@lookalike(
    name="transfer_day", resembles=("H15", "H08"), stage="care", share=1.0, eye=3.0,
    title_en="two hospitals on the day of transfer", title_zh="转院当日两院计费",
)  # fmt: skip
def transfer_day(city: City, _dose: Dose) -> City:
    """The sending stay ends on the day on which the receiving one begins."""
    plan = city.plan.sort("chain", "admit", "key")
    end = pl.col("admit") + pl.col("los")
    follows = (pl.col("chain") == pl.col("chain").shift(-1)) & pl.col("moved_in").shift(-1)
    same_day = follows & (pl.col("admit").shift(-1) == end) & ~pl.col("planted")
    return city.innocent_stays("transfer_day", plan.filter(same_day.fill_null(value=False)))
