"""The operation record is typed weeks after the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LATE = (10, 60)  # days after the settlement was known


@lookalike(
    name="late_record", resembles=("C01", "C02"), stage="goods", share=0.0025, eye=14.0,
    title_en="record typed late", title_zh="登记补录",
)  # fmt: skip
def late_record(city: City, dose: Dose) -> City:
    """Billed without record at first; the record comes later, and the stock knew all along."""
    uses = city.uses
    fit = uses["registered"] & ~uses["planted"] & (uses["recorded"] > 0)
    rows = uses.filter(fit & (uses["day"] < city.world.clock.days - 2 * LATE[1]))
    whole = rows.unique(["stay", "product"], keep="first", maintain_order=True)
    chosen = city.world.draw.luckiest("late/luck", whole, dose.subjects, key="use")
    days = pl.Series(city.world.draw.between("late/days", *LATE, chosen["use"]))
    named = chosen.select("stay", "product").with_columns(days=days)
    changed = rows.join(named, on=["stay", "product"]).with_columns(
        written_late="days", planted=pl.lit(value=True)
    )
    return city.with_changed_uses(changed).innocent_uses("late_record", chosen)
