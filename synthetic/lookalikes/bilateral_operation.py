"""Both hips or knees replaced in one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

JOINTS = ("C030101", "C030102")


@lookalike(
    name="bilateral_operation", resembles=("C12", "C02"), stage="care", share=0.0005,
    title_en="both sides in one operation", title_zh="双侧同期手术",
)  # fmt: skip
def bilateral_operation(city: City, dose: Dose) -> City:
    """The register names one side, the operation both: two joints were put in."""
    rows = ordering.untouched(city, ordering.of_groups(city, ["IC2"]))
    single = rows.filter((pl.col("scale") == 1) & (pl.col("side") >= 0))
    chosen = ordering.first(city, "bilateral/luck", single, dose.subjects)
    both = chosen.with_columns(scale=pl.lit(2, pl.Int64))
    kits = ordering.taken(city, both).filter(pl.col("class_code").is_in(JOINTS))
    sets = kits.join(both.select("hospital", stay="key"), on="stay").with_columns(day="used")
    return ordering.marked(city, both).innocent_uses("bilateral_operation", sets)
