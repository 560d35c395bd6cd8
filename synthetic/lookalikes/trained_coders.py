"""Hospitals that left complications out, until their coders were trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, headers
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.state import City

CARELESS = 0.12  # of hospitals
LEFT_OUT = 0.35  # of their complications, before the training
TRAINED = (0.35, 0.70)  # share of the window passed
JUST_AFTER = 60  # days in which the rise of coded complications is seen
MILDEST = 5


@lookalike(
    name="under_documented", resembles=("H11",), stage="bill", share=0.002, eye=6.0,
    title_en="complication not documented", title_zh="并发症漏编",
)  # fmt: skip
def under_documented(city: City, dose: Dose) -> City:
    """A treated complication is left out of the codes, and the hospital is paid less for it."""
    rows = billed.candidates(city, pl.col("severity") < MILDEST)
    careless, day = _houses(city)
    hospital = rows["hospital"].to_numpy()
    before = careless[hospital] & (rows["admit"].to_numpy() < day[hospital])
    left_out = city.world.draw.chance("trained/left_out", LEFT_OUT, rows["key"])
    low = billed.standard_if(city, rows, rows["group"].to_numpy(), np.full(len(rows), MILDEST))
    # Cost stays below the standard, so nothing was gained by payment by fee.
    cheap = (low < rows["standard"]) & (rows["expected"] < low)
    rows = rows.filter(pl.Series(before & left_out) & cheap)
    rows = city.world.draw.luckiest("trained/luck", rows, dose.subjects)
    rows = rows.with_columns(coded_severity=pl.lit(MILDEST, pl.Int64), planted=pl.lit(value=True))
    rows = headers.grouped(city.world, city.standards, rows)
    return city.with_plan(rows).innocent_stays("under_documented", rows)


@lookalike(
    name="better_coding", resembles=("H10",), stage="bill", share=1.0, eye=8.0,
    title_en="better documentation after training", title_zh="编码培训后并发症编码增加",
)  # fmt: skip
def better_coding(city: City, _dose: Dose) -> City:
    """The same hospitals code what they treat from a day on; each code has its tests and drugs."""
    careless, day = _houses(city)
    rows = billed.candidates(city, pl.col("severity") == 1)
    hospital, admit = rows["hospital"].to_numpy(), rows["admit"].to_numpy()
    since = admit - day[hospital]
    after = careless[hospital] & (since >= 0) & (since < JUST_AFTER)
    return city.innocent_stays("better_coding", rows.filter(pl.Series(after)))


def _houses(city: City) -> tuple[Flags, Whole]:
    """Which hospitals left complications out, and the day of each one's training."""
    draw, places = city.world.draw, np.arange(len(city.world.houses.frame))
    careless = draw.uniform("trained/careless", places)
    worst = careless <= np.sort(careless)[max(2, int(CARELESS * len(places)))]
    low, high = (city.world.clock.share(part) for part in TRAINED)
    return worst, draw.between("trained/day", low, high, places)
