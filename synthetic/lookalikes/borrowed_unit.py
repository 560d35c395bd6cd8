"""A unit borrowed from another hospital for an urgent operation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import codes_again, stores
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

POSTED_LATE = (1, 20)  # days until the receiving leg is posted


@lookalike(
    name="borrowed_unit", resembles=("C11", "C09", "C01", "C04"), stage="goods", share=0.0008,
    title_en="unit borrowed in an emergency", title_zh="急诊调借耗材", eye=10.0,
)  # fmt: skip
def borrowed_unit(city: City, dose: Dose) -> City:
    """Billed by one hospital, bought by another: both legs of the loan are in the books."""
    if city.goods is None:
        return city
    both = [codes_again.units(city, implanted=flag) for flag in (True, False)]
    rows = pl.concat(both).filter(~pl.col("consignment") & (pl.col("lot_day") >= 0))
    # The unit came on the eve of its use and lay nowhere at a month's end.
    month = city.month_of(rows["lot_day"].to_numpy()) == city.month_of(rows["day"].to_numpy())
    rows = rows.filter(pl.Series(np.asarray(month)))
    one = codes_again.elsewhere(city, rows, "borrowed").rename({"buyer": "lender"})
    chosen = city.world.draw.luckiest("borrowed/luck", one, dose.subjects, key="use").sort("use")
    late = city.world.draw.between("borrowed/late", *POSTED_LATE, chosen["use"])
    legs = stores.moved_in(city, chosen, chosen["lender"].to_numpy(), late)
    bought = city.goods.purchases.join(
        chosen.select("use", "lender"), on="use", how="left", maintain_order="left"
    ).with_columns(hospital=pl.coalesce("lender", "hospital"))
    store = replace(
        city.goods,
        purchases=bought.select(city.goods.purchases.columns),
        moves=pl.concat([city.goods.moves, legs]),
    )
    mine = city.uses.join(chosen.select("use"), on="use", how="semi")
    marked = city.with_changed_uses(mine.with_columns(planted=pl.lit(value=True)))
    return replace(marked, goods=store).innocent_uses("borrowed_unit", mine)
