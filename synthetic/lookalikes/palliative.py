"""The last months of persons with cancer or a failing heart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

STAYS, EVERY = 7, 27
NIGHTS = (4, 14)
DECLINE = Event("palliative", ("FR2", "ET2"), (1, 1), Ages(65.0, 92.0), days=20, horizon=225)


@lookalike(
    name="palliative", resembles=("H09",), stage="care", share=0.0006, eye=6.0,
    title_en="last months of a failing heart or lung", title_zh="终末期反复住院",
)  # fmt: skip
def palliative(city: City, dose: Dose) -> City:
    """Seven stays in half a year for one severe illness, as emergencies, the last ones graver."""
    rows = events.gathered(city, DECLINE, max(dose.subjects // STAYS, 1))
    if rows.is_empty():
        return city
    turns = events.repeated(rows, STAYS, EVERY)
    keys = (turns["ring"], turns["person"], turns["turn"])
    draw = city.world.draw
    grade = pl.when(pl.col("turn") >= STAYS - 2).then(1).otherwise(3).cast(pl.Int64)
    turns = turns.with_columns(
        admit=pl.col("admit") + pl.Series(draw.below("palliative/late", 10, *keys)),
        los=pl.Series(draw.between("palliative/nights", *NIGHTS, *keys)),
        emergency=pl.lit(value=True),
        severity=grade,
        coded_severity=grade,
    )
    return events.admitted(city, DECLINE, turns)
