"""A supplier grants a rebate for last year, and books it on the invoices of one month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import buying
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

REBATE = (0.10, 0.38)  # of the list price
LEAST_UNITS = 2


@lookalike(
    name="rebate_passed_on", resembles=("C18",), stage="goods", share=0.0008,
    title_en="rebate on the invoice, passed on", title_zh="返利冲抵发票价(同价收费)",
)  # fmt: skip
def rebate_passed_on(city: City, dose: Dose) -> City:
    """Invoices far below the list, and bills at exactly the invoice: nobody gains."""
    if city.goods is None:
        return city
    uses = buying.wholly(city, buying.used(city))
    rows = buying.months(city, uses).filter(pl.col("units") >= LEAST_UNITS)
    chosen = buying.some(city, "rebate/ledger", rows, max(1, dose.subjects))
    mine = buying.of_months(city, uses, chosen)
    cheapest = mine.group_by("purchase").agg(
        pl.col("key").first(), pl.col("platform").min(), pl.col("invoice").min()
    )
    low, high = REBATE
    off = low + (high - low) * city.world.draw.uniform("rebate/off", cheapest["key"])
    cost = np.floor(cheapest["platform"].to_numpy() * (1 - off)).astype(np.int64)
    changed = cheapest.select("purchase", cost=pl.min_horizontal("invoice", pl.Series(cost)))
    billed = mine.join(changed, on="purchase").with_columns(invoice="cost", unit_price="cost")
    city = buying.repriced(city, changed.rename({"cost": "invoice"}).sort("purchase"), billed)
    named = billed.select("hospital", "product", day="lot_day")
    return city.innocent_ledgers("rebate_passed_on", named)
