"""C26 low-value items beyond need 低值耗材超收: gloves and syringes that nobody could have used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, ward_goods
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.state import City

# Units a day that are billed, by difficulty; the published limit is 50 (dossier C26).
A_DAY = {1: (100, 180), 2: (52, 90), 3: (18, 40), 4: (7, 12)}
LEAST_NIGHTS = 3


@scheme(
    code="C26",
    title_en="low-value items beyond need",
    title_zh="低值耗材超收",
    stage="goods",
    subject="use",
    share=0.0008,
    recipe={
        1: "100 to 180 gloves or syringes a day",
        2: "52 to 90 a day, just above the published limit of 50",
        3: "18 to 40 a day, where wards like this one need three",
        4: "7 to 12 a day, twice or three times what peers need",
    },
    traces=("fee_lines.quantity", "stays.total_amount"),
)
def too_many(city: City, dose: Dose) -> City:
    """Raise the billed units of gloves and syringes; stock and purchases stay true.

    No register knows these items. The loss is the price of the units that nobody used.
    """
    rows = _candidates(city)
    chosen = campaigns.choose_each(city.world, "C26", dict.fromkeys(dose.difficulties, rows), dose)
    billed = pl.Series(_billed(city, chosen))
    extra = billed - chosen["billed"]
    chosen = chosen.with_columns(amount=extra * chosen["unit_price"])
    raised = chosen.with_columns(billed=billed, planted=pl.lit(value=True))
    return city.with_changed_uses(raised).guilty_uses("C26", chosen)


def _candidates(city: City) -> pl.DataFrame:
    """Honest uses of such items in ordinary wards, with ``nights``."""
    world = city.world
    heavy = ward_goods.intensive(world, city.plan) | ward_goods.isolated(world, city.plan)
    heavy |= ward_goods.frail(world, city.plan)
    whole = (pl.col("resettles") < 0) & (pl.col("voided") < 0) & ~pl.col("planted")
    ordinary = whole & ~pl.Series(heavy) & (pl.col("los") >= LEAST_NIGHTS)
    stays = city.plan.filter(ordinary).select(stay="key", nights="los")
    hands = world.products.frame["key"].is_in(ward_goods.HANDS)
    mine = hands.gather(city.uses["product"].cast(pl.UInt32)) & ~city.uses["planted"]
    return city.uses.filter(mine).join(stays, on="stay").with_columns(key="use")


def _billed(city: City, chosen: pl.DataFrame) -> Whole:
    """Units billed: so many a day, always more than were used."""
    level, nights = chosen["difficulty"].to_numpy(), chosen["nights"].to_numpy()
    luck = city.world.draw.uniform("c26/rate", chosen["key"])

    def rate(low: int, high: int) -> Floats:
        return low + (high - low) * luck

    daily = by_case([level == d for d in (1, 2, 3)], [rate(*A_DAY[d]) for d in (1, 2, 3)],
                    rate(*A_DAY[4]))  # fmt: skip
    used = chosen["billed"].to_numpy()
    units: Whole = np.maximum(np.rint(daily * nights), used + 1).astype(np.int64)
    return units
