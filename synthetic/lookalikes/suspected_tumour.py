"""Back pain or a shadow may be a tumour: days of tests, and then the treatment of cancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import elsewhere, gathering
from synthetic.grammar import Dose, lookalike
from synthetic.keys import EXTRA_STAY

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("IU2", "KS1", "FV2", "FR4", "FR3")
CANCER = ("GB1", "GB2", "EB1", "RE1")
NIGHTS = (3, 8)
LEAST_AGE = 45.0
GAP = (4, 24)  # days until the treatment begins
LONG = 45  # nights of the treatment, at most
STRUCTURES = ("tests_bare", "checkup")
SUSPECTED = "Z03.100"  # observation for suspected malignant neoplasm


@lookalike(
    name="suspected_tumour", resembles=("H03", "H04"), stage="care", share=0.0012, eye=14.0,
    title_en="work-up of a suspected tumour", title_zh="疑似肿瘤检查住院",
)  # fmt: skip
def suspected_tumour(city: City, dose: Dose) -> City:
    """A light illness on paper, a stay full of tests; within weeks the cancer is treated."""
    draw, people = city.world.draw, city.world.people
    rows = elsewhere.candidates(city, GROUPS, NIGHTS[0], GAP[1] + LONG)
    old = pl.Series(people.age[rows["person"].to_numpy()] >= LEAST_AGE)
    rows = rows.filter(old & (pl.col("los") <= NIGHTS[1]) & ~pl.col("emergency"))
    chosen = draw.luckiest("suspected/luck", rows, dose.subjects)
    package = draw.below("suspected/package", len(STRUCTURES), chosen["key"])
    tested = chosen.with_columns(
        structure=pl.Series(np.array(STRUCTURES)[package], dtype=pl.String),
        planted=pl.lit(value=True),
    )
    treated = _treated(city, tested)
    shown = tested.filter(pl.col("person").is_in(treated["person"].implode()))
    codes = shown.select(stay="key", code=pl.lit(SUSPECTED), present=pl.lit(value=True))
    city = city.with_plan(shown).with_plan(treated).with_codes(codes)
    return city.innocent_stays("suspected_tumour", shown)


def _treated(city: City, tested: pl.DataFrame) -> pl.DataFrame:
    """The stays in which the cancer is operated or gets its first chemotherapy."""
    draw, key = city.world.draw, tested["key"].to_numpy()
    lean = np.ones(len(city.world.houses.frame), dtype=bool)
    place = gathering.wards(city.world, "suspected", key, CANCER, lean)
    gap = draw.between("suspected/gap", *GAP, key)
    rows = tested.select("person", admit=pl.col("admit") + pl.col("los") + pl.Series(gap))
    rows = rows.with_columns(place["hospital"], place["group"]).sort("person", "admit")
    stays = gathering.new_stays(city, "suspected", rows, EXTRA_STAY)
    return stays.filter(pl.col("los") <= LONG)
