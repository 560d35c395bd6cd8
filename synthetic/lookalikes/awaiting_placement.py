"""Nobody can take an old person home, and the nursing house has no bed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import fading, gathering
from synthetic.grammar import Dose, lookalike
from synthetic.keys import EXTRA_STAY

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_AGE = 72.0
WAITED = (0.5, 0.9)  # days waited over days needed
LONGEST = 25
THEN = (18, 40)  # nights in the nursing house
WAITING = "Z75.100"  # person awaiting admission to an adequate facility elsewhere
HOUSES = ("nursing", "rehabilitation")


@lookalike(
    name="awaiting_placement", resembles=("H14", "H02"), stage="care", share=0.0008, eye=14.0,
    title_en="waiting for a place in a nursing house", title_zh="等待转入护理机构",
)  # fmt: skip
def awaiting_placement(city: City, dose: Dose) -> City:
    """The last days hold the bed alone; then the person is moved to a nursing house."""
    draw = city.world.draw
    rows = fading.keepable(city, ("medical",), LONGEST + THEN[1])
    old = pl.Series(city.world.people.age[rows["person"].to_numpy()] >= LEAST_AGE)
    rows = rows.filter(old)
    chosen = draw.luckiest("placement/luck", rows, dose.subjects)
    low, high = WAITED
    share = low + (high - low) * draw.uniform("placement/waited", chosen["key"])
    extra = np.clip(np.ceil(chosen["los"].to_numpy() * share), 2, LONGEST).astype(np.int64)
    waited = fading.kept(chosen, pl.Series(extra)).with_columns(
        idle_a=pl.col("needed"), idle_b=pl.col("los") - 1
    )
    moved = _moved(city, waited)
    stayed = waited.filter(pl.col("person").is_in(moved["person"].implode()))
    codes = stayed.select(stay="key", code=pl.lit(WAITING), present=pl.lit(value=True))
    city = city.with_plan(stayed).with_plan(moved).with_codes(codes)
    return city.innocent_stays("awaiting_placement", stayed)


def _moved(city: City, waited: pl.DataFrame) -> pl.DataFrame:
    """The stays in the nursing house, on the day of discharge."""
    draw, key, house = city.world.draw, waited["key"].to_numpy(), city.world.houses
    group = city.world.reference.group("XR2")
    kind = np.isin(house.frame["kind"].to_numpy(), HOUSES)
    hospital = draw.pick("placement/house", house.volume[:, group] * kind, key)
    rows = waited.select(
        "person", course="chain",
        hospital=pl.Series(hospital),
        group=pl.lit(group, pl.Int64),
        admit=pl.col("admit") + pl.col("los"),
        los=pl.Series(draw.between("placement/then", *THEN, key)),
        emergency=pl.lit(value=False),
        moved_in=pl.lit(value=True),
    ).sort("person", "admit")  # fmt: skip
    stays = gathering.new_stays(city, "placement", rows, EXTRA_STAY)
    return stays.with_columns(chain="course")
