"""C18 bought off the platform or given 线下采购或赠品收费: billed at a price that nobody paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import buying, campaigns
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

LEAST_UNITS = 2  # billed from the month's deliveries
# Invoice below the platform price, by difficulty; the published limit is 20%.
OFF = {1: (1.0, 1.0), 2: (0.40, 0.60), 3: (0.22, 0.35), 4: (0.09, 0.18)}
GIFT, PART, CUNNING = 1, 3, 4
PART_SHARE = 0.6  # of the month's deliveries, at difficulty 3


@scheme(
    code="C18",
    title_en="bought off the platform or given, billed at its price",
    title_zh="线下采购或赠品收费",
    stage="goods",
    subject="ledger",
    share=0.0008,
    recipe={
        1: "the month's deliveries were gifts, and are billed in full",
        2: "bought off the platform at about half of its price, and billed at its price",
        3: "a part of the deliveries bought off the platform 22 to 35% below, billed at its price",
        4: "ordered on the platform for show, 9 to 18% below its price, and billed at its price",
    },
    traces=("purchases.gift", "purchases.on_platform", "purchases.unit_price",
            "fee_lines.unit_price"),
)  # fmt: skip
def off_platform(city: City, dose: Dose) -> City:
    """Take in a month's deliveries cheaply or for nothing, and bill them at the platform price.

    The loss is what was billed above the invoice for all units of these deliveries; the subject
    is the ledger of the month in which they came.
    """
    if city.goods is None:
        return city
    uses = buying.wholly(city, buying.steady(city, buying.used(city)))
    rows = buying.months(city, uses).filter(pl.col("units") >= LEAST_UNITS)
    chosen = campaigns.choose_each(city.world, "C18", dict.fromkeys(dose.difficulties, rows), dose)
    mine = buying.of_months(city, uses, chosen)
    bought = _bought(city, mine)
    billed = mine.join(bought.select("purchase", cost="invoice"), on="purchase")
    billed = billed.with_columns(
        unit_price="platform",
        invoice="cost",
        lost=pl.col("billed") * (pl.col("platform") - pl.col("cost")),
    )
    sums = billed.group_by(buying.LEDGER).agg(
        pl.col("campaign", "difficulty").first(), amount=pl.col("lost").sum()
    )
    changed = buying.repriced(city, bought, billed)
    return changed.guilty_ledgers("C18", sums.sort(buying.LEDGER))


def _bought(city: City, uses: pl.DataFrame) -> pl.DataFrame:
    """The purchases that are changed: invoice, gift and on_platform."""
    draw = city.world.draw
    rows = uses.group_by("purchase").agg(
        pl.col("key", "difficulty").first(), listed=pl.col("platform").first()
    )
    rows = rows.sort("purchase")
    level, key = rows["difficulty"].to_numpy(), rows["key"]
    luck = draw.uniform("c18/part", rows["purchase"])
    ranked = rows.with_columns(luck=pl.Series(luck))
    first = ranked.select(pl.col("luck") == pl.col("luck").min().over("key")).to_series()
    kept = (level != PART) | (luck < PART_SHARE) | first.to_numpy()
    low, high = (by_case([level == d for d in OFF], [OFF[d][s] for d in OFF], 0.0) for s in (0, 1))
    share = low + (high - low) * draw.uniform("c18/off", key)
    cost = np.floor(rows["listed"].to_numpy() * (1 - share) + 1e-6).astype(np.int64)
    changed = rows.select("purchase").with_columns(
        invoice=pl.Series(cost),
        gift=pl.Series(level == GIFT),
        on_platform=pl.Series(level == CUNNING),
    )
    return changed.filter(pl.Series(kept))
