"""What was needed at once was bought directly, and the list of such purchases filed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import buying
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

FILED = (6, 25)  # days from the delivery until the purchase is known


@lookalike(
    name="emergency_purchase", resembles=("C18",), stage="goods", share=0.0006,
    title_en="emergency purchase filed later", title_zh="应急采购后补备案",
)  # fmt: skip
def emergency_purchase(city: City, dose: Dose) -> City:
    """Off the platform, the same day, at the full list price, and billed at what it cost."""
    if city.goods is None:
        return city
    uses = buying.wholly(city, buying.steady(city, buying.used(city)))
    rows = buying.some(city, "emergency/ledger", buying.months(city, uses), max(1, dose.subjects))
    mine = buying.of_months(city, uses, rows)
    bought = city.goods.purchases.join(mine.select("purchase").unique(), on="purchase", how="semi")
    wait = pl.Series(city.world.draw.between("emergency/filed", *FILED, bought["purchase"]))
    changed = bought.select(
        "purchase", on_platform=pl.lit(value=False), ordered="delivered",
        known=pl.col("delivered") + wait, invoice=buying.platform(city, bought),
    )  # fmt: skip
    billed = mine.join(changed.select("purchase", cost="invoice"), on="purchase")
    billed = billed.with_columns(invoice="cost", unit_price="cost")
    city = buying.repriced(city, changed.sort("purchase"), billed)
    named = billed.select("hospital", "product", day="lot_day")
    return city.innocent_ledgers("emergency_purchase", named)
