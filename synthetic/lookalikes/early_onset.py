"""An illness of the old in a person of forty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, coding
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

YEARS = (34, 46)
DAYS_PER_YEAR = 365.25
# Illnesses and the examination that follows them up.
FOLLOWED_UP = {"M81.000": "骨密度测定", "I25.103": "冠状动脉CTA", "I67.200x003": "颈动脉彩色超声"}


@lookalike(
    name="early_onset", resembles=("H16",), stage="bill", share=1.0, eye=5.0,
    title_en="early onset of an illness of the old", title_zh="老年病早发",
)  # fmt: skip
def early_onset(city: City, _dose: Dose) -> City:
    """The illness is known in every stay of the person, and its examination is billed once."""
    rows = billed.candidates(city, pl.col("los") >= 1)
    person = rows["person"].to_numpy()
    age = city.world.people.age[person] + rows["admit"].to_numpy() / DAYS_PER_YEAR
    rows = rows.filter(pl.Series((age >= YEARS[0]) & (age < YEARS[1])))
    known = coding.companions(city.world, rows["person"].to_numpy())
    known = known.filter(pl.col("code").is_in(list(FOLLOWED_UP))).sort("row", "code")
    known = known.unique("row", keep="first", maintain_order=True)
    ill = rows[known["row"].to_numpy()].with_columns(code=known["code"])
    items = {
        code: billed.item_named(city, "examination", name) for code, name in FOLLOWED_UP.items()
    }
    day = city.world.draw.below("onset/day", np.minimum(ill["los"].to_numpy(), 3), ill["key"])
    second = 34_200 + city.world.draw.below("onset/second", 25_000, ill["key"])
    lines = ill.select(
        "key",
        item=pl.col("code").replace_strict(items, return_dtype=pl.Int64),
        quantity=pl.lit(1, pl.Int32),
        day=pl.col("admit") + pl.Series(day),
        second=pl.Series(second),
    )
    city = billed.with_services(city, lines).with_plan(ill.with_columns(planted=pl.lit(value=True)))
    return city.innocent_stays("early_onset", ill)
