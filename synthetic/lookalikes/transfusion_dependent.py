"""Persons whose blood disease needs a transfusion every few weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

STAYS, EVERY = 8, 26
NIGHTS = (1, 3)
BLOOD = Event("transfusion_dependent", ("RE1",), (1, 1), Ages(30.0, 80.0), days=20, horizon=235)
LEUKAEMIA = "C92.000"


@lookalike(
    name="transfusion_dependent", resembles=("H09", "H01"), stage="care", share=0.0006, eye=6.0,
    title_en="dependent on transfusions", title_zh="血液病依赖输血",
)  # fmt: skip
def transfusion_dependent(city: City, dose: Dose) -> City:
    """Eight short stays of one disease in one ward at steady intervals, each announced."""
    rows = events.gathered(city, BLOOD, max(dose.subjects // STAYS, 1))
    if rows.is_empty():
        return city
    turns = events.repeated(rows, STAYS, EVERY)
    keys = (turns["ring"], turns["person"], turns["turn"])
    draw = city.world.draw
    turns = turns.with_columns(
        admit=pl.col("admit") + pl.Series(draw.below("transfusion_dependent/late", 4, *keys)),
        los=pl.Series(draw.between("transfusion_dependent/nights", *NIGHTS, *keys)),
        main=pl.lit(LEUKAEMIA),
        emergency=pl.lit(value=False),
        planned=pl.col("turn") < STAYS - 1,
    )
    return events.admitted(city, BLOOD, turns)
