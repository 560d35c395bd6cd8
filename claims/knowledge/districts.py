"""How far apart the districts of the city lie, as the crow flies between their middles."""

from __future__ import annotations

from functools import cache
from math import cos, radians
from pathlib import Path

import polars as pl

FILE = Path(__file__).with_name("districts.csv")
KILOMETRES_A_DEGREE = 111.2
CITY_LATITUDE = 31.2


@cache
def load_districts() -> pl.DataFrame:
    """``district``, ``latitude`` and ``longitude`` in degrees: rough middles, from any map."""
    return pl.read_csv(FILE)


@cache
def distances() -> pl.DataFrame:
    """``from_district``, ``to_district`` and ``kilometres``, one row a pair."""
    middles = load_districts()
    here = middles.select(from_district="district", lat="latitude", lon="longitude")
    there = middles.select(to_district="district", lat_to="latitude", lon_to="longitude")
    north = (pl.col("lat") - pl.col("lat_to")) * KILOMETRES_A_DEGREE
    east = (pl.col("lon") - pl.col("lon_to")) * KILOMETRES_A_DEGREE * cos(radians(CITY_LATITUDE))
    return here.join(there, how="cross").select(
        "from_district", "to_district", kilometres=(north**2 + east**2).sqrt()
    )
