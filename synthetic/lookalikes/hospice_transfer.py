"""The end is near: the family and the ward agree on a hospice bed near home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import elsewhere
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("ES3", "ET2", "FR2")
LEAST_AGE = 65.0
LEAST_NIGHTS = 6
AFTER = (1, 3)  # nights until the transfer
NEAR = "1"  # level of the community hospitals that keep such beds
PALLIATIVE = "Z51.500"
GRAVE = 1


@lookalike(
    name="hospice_transfer", resembles=("H13",), stage="care", share=0.0008, eye=12.0,
    title_en="transfer to a hospice bed", title_zh="转安宁疗护",
)  # fmt: skip
def hospice_transfer(city: City, dose: Dose) -> City:
    """A short cheap stay of a gravely ill person, moved on the same day with a palliative code."""
    draw, houses = city.world.draw, city.world.houses
    near = np.flatnonzero(houses.frame["level"].to_numpy() == NEAR)
    rows = elsewhere.candidates(city, GROUPS, LEAST_NIGHTS, 0)
    old = pl.Series(city.world.people.age[rows["person"].to_numpy()] >= LEAST_AGE)
    away = ~pl.col("hospital").is_in(near.tolist()) & (pl.col("severity") == GRAVE)
    rows = rows.filter(old & away)
    chosen = draw.luckiest("hospice/luck", rows, dose.subjects)
    key = chosen["key"].to_numpy()
    moved = chosen.with_columns(
        need=pl.col("los"),
        los=pl.Series(draw.between("hospice/after", *AFTER, key)),
        gap=pl.lit(0, pl.Int64),
        to=pl.Series(near[draw.below("hospice/to", len(near), key)]),
        emergency=pl.lit(value=False),
        planted=pl.lit(value=True),
    )
    second = elsewhere.admitted(city, "hospice", moved)
    chains = moved.select(seed_of="key", course="chain")
    second = second.join(chains, on="seed_of").with_columns(
        chain="course", moved_in=pl.lit(value=True)
    )
    stayed = moved.filter(pl.col("key").is_in(second["seed_of"].implode()))
    stayed = stayed.drop("emergency").join(chosen.select("key", "emergency"), on="key")
    both = pl.concat([stayed.select(stay="key"), second.select(stay="key")])
    codes = both.with_columns(code=pl.lit(PALLIATIVE), present=pl.lit(value=True))
    city = city.with_plan(stayed).with_plan(second).with_codes(codes)
    return city.innocent_stays("hospice_transfer", stayed)
