"""Children of one household have the same infection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events, newcomers
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

PAIR = Event(
    "siblings", ("ES3",), (2, 2), Ages(0.5, 15.0), days=0, shared=1.0, living=2, nights=(4, 7)
)


@lookalike(
    name="siblings", resembles=("H05", "H18", "H07"), stage="care", share=0.0004, eye=10.0,
    title_en="brothers and sisters with one infection", title_zh="兄弟姐妹同病住院",
)  # fmt: skip
def siblings(city: City, dose: Dose) -> City:
    """Two equal bills on the same days: one order set for two children of one address."""
    rows = events.gathered(city, PAIR, dose.subjects)
    if rows.is_empty():
        return city
    doctor = newcomers.attending(city.world, PAIR.name, rows)
    rows = rows.with_columns(emergency=pl.lit(value=True), physician=doctor)
    return events.admitted(city, PAIR, rows, _together)


def _together(stays: pl.DataFrame) -> pl.DataFrame:
    same = (pl.col(name).first().over("ring") for name in ("los", "seed"))
    return events.one_bill(stays).with_columns(same)
