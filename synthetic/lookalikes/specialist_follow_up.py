"""A specialist sees the patient days after discharge, with dear tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ordering, worth
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

AFTER = (1, 3)  # days
SHARE = (0.16, 0.35)  # of the stay's cost
NIGHTS = (2, 20)
STRUCTURES = ("surgical", "medical")


@lookalike(
    name="specialist_follow_up", resembles=("H12",), stage="bill", share=0.003, eye=10.0,
    title_en="follow-up by a specialist", title_zh="出院后专科随访",
)  # fmt: skip
def specialist_follow_up(city: City, dose: Dose) -> City:
    """Much is spent in a clinic next to the stay, but the stay had all its own tests."""
    draw = city.world.draw
    fit = pl.col("los").is_between(*NIGHTS) & pl.col("structure").is_in(STRUCTURES)
    end = pl.col("admit") + pl.col("los") + AFTER[1]
    living = ~pl.col("died") & ~pl.col("untested") & (end < city.world.clock.days)
    rows = worth.unseen(city, _home_for(city, ordering.untouched(city, fit & living)), AFTER[1])
    chosen = ordering.first(city, "follow_up/luck", rows, dose.subjects)
    priced = chosen.join(worth.bills(city, chosen), on="key", maintain_order="left")
    low, high = SHARE
    share = pl.Series(low + (high - low) * draw.uniform("follow_up/share", priced["key"]))
    wait = pl.Series(draw.between("follow_up/wait", *AFTER, priced["key"]))
    visits = priced.with_columns(
        day=pl.col("admit") + pl.col("los") + wait,
        kind=pl.lit("clinic"),
        amount=(pl.col("total") * share / worth.STEP).round().cast(pl.Int64) * worth.STEP,
    )
    return ordering.marked(city.with_visits(visits), priced).innocent_stays(
        "specialist_follow_up", priced
    )


def _home_for(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays after which the person is not in a bed again at once."""
    stays = city.plan.sort("person", "admit").select(
        "key", next=pl.col("admit").shift(-1).over("person")
    )
    both = rows.join(stays, on="key", maintain_order="left")
    soon = pl.col("next") <= pl.col("admit") + pl.col("los") + AFTER[1]
    return both.filter(~soon.fill_null(value=False)).drop("next")
