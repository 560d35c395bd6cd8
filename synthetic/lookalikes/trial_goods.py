"""A maker gives some units to try; the hospital uses them and bills nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import buying
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

PURCHASES = 2  # least number of deliveries of the month, so that others are billed


@lookalike(
    name="trial_goods", resembles=("C18",), stage="goods", share=0.0005,
    title_en="goods on trial or donated", title_zh="捐赠或试用耗材(未收费)",
)  # fmt: skip
def trial_goods(city: City, dose: Dose) -> City:
    """One delivery of the month is a gift; its units are registered and on no bill."""
    if city.goods is None:
        return city
    uses = buying.wholly(city, buying.used(city))
    dated = buying.of_months(city, uses, buying.months(city, uses))
    sizes = dated.group_by(*buying.LEDGER, "purchase").agg(
        pl.col("key").first(), size=pl.col("billed").sum()
    )
    several = sizes.filter(pl.len().over(buying.LEDGER) >= PURCHASES)
    least = several.sort("size", "purchase").unique(
        buying.LEDGER, keep="first", maintain_order=True
    )
    given = buying.some(city, "trial/ledger", least, max(1, dose.subjects))
    mine = uses.join(given.select("purchase"), on="purchase", how="semi", maintain_order="left")
    free = given.select(
        "purchase", gift=pl.lit(value=True), on_platform=pl.lit(value=False),
        invoice=pl.lit(0, pl.Int64),
    )  # fmt: skip
    unbilled = mine.with_columns(
        billed=pl.lit(0, mine.schema["billed"]), invoice=pl.lit(0, pl.Int64)
    )
    city = buying.repriced(city, free.sort("purchase"), unbilled)
    named = mine.select("hospital", "product", day="lot_day")
    return city.innocent_ledgers("trial_goods", named)
