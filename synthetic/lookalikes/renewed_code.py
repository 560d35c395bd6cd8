"""A certificate was renewed, and the bill still has the old code of the same device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import misbilled
from synthetic.catalogue import NEVER
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SLOW_HOUSES = 0.4  # hospitals and products whose price list learns of the new code late
LAG = (20, 90)  # days


@lookalike(
    name="renewed_code", resembles=("C03", "C04"), stage="goods", share=1.0, eye=10.0,
    title_en="code renewed with the same identifier", title_zh="注册证更新未同步",
)  # fmt: skip
def renewed_code(city: City, _dose: Dose) -> City:
    """Bought, stored and recorded under the new code, billed under the old one.

    Device identifier, maker and price are the same.
    """
    items, draw, uses = city.world.products, city.world.draw, city.uses
    former = np.full(len(items.codes), -1)
    since = np.full(len(items.codes), NEVER)
    old = np.flatnonzero(items.renewed_at < NEVER)
    former[items.successor[old]], since[items.successor[old]] = old, items.renewed_at[old]
    hospital, product = uses["hospital"].to_numpy(), uses["product"].to_numpy()
    slow = draw.chance("renewed/slow", SLOW_HOUSES, hospital, product)
    lag = draw.between("renewed/lag", *LAG, hospital, product)
    late = slow & (former[product] >= 0) & (uses["day"].to_numpy() < since[product] + lag)
    mine = uses.with_columns(former=pl.Series(former[product])).filter(
        pl.Series(late) & uses["registered"] & ~uses["planted"]
    )
    mine = misbilled.unlabelled(city, mine)
    changed = mine.with_columns(billed_product="former", planted=pl.lit(value=True))
    labelled = mine.with_columns(product="former")
    return city.with_changed_uses(changed).innocent_uses("renewed_code", labelled)
