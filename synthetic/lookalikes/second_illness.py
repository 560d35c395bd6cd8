"""A stone beside the polyp: a second illness, treated in the same session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = dict.fromkeys(("GK2", "GK3"), "stone_basket")
STONE, REMOVAL, SITE = "K80.500x001", "51.8800x003", "胆总管"


@lookalike(
    name="second_illness", resembles=("C16", "C13"), stage="care", share=0.0006, eye=12.0,
    title_en="true second illness treated too", title_zh="合并症同次治疗",
)  # fmt: skip
def second_illness(city: City, dose: Dose) -> City:
    """The device fits only a diagnosis listed second, and a second procedure treats it."""
    rows = ordering.untouched(city, ordering.of_groups(city, GROUPS))
    chosen = ordering.first(city, "second_illness/luck", rows, dose.subjects)
    baskets = ordering.wanted(city, chosen, GROUPS).with_columns(stay=pl.col("key"))
    listed = baskets.with_columns(code=pl.lit(STONE), present=pl.lit(value=True))
    done = baskets.with_columns(code=pl.lit(REMOVAL), site=pl.lit(SITE), side=pl.lit(None))
    city = ordering.marked(city, baskets).with_wanted(ordering.asked(baskets)).with_codes(listed)
    return departures.with_operations(city, done).innocent_uses("second_illness", baskets)
