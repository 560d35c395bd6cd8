"""Single uses of a dear product for which the patient's own illness is the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthetic.state import City

FEW = 1.0  # expected uses of a period, at least
TURNS = 0.15  # of the uses of a period that have the reason, and one at least


def with_reason(
    city: City, name: str, subjects: int, products: dict[int, int],
    instead: Callable[[City, pl.DataFrame], pl.Series], reason: pl.Expr,
) -> City:  # fmt: skip
    """The city in which some uses of selected products are of others, for a listed ``reason``.

    ``products`` names the generics concerned, ``instead`` gives the product taken. The ledgers
    of these products are labelled.
    """
    periods = choices.periods(city, products, FEW)
    some = city.world.draw.luckiest(f"{name}/period", periods, max(1, subjects))
    rows = choices.used_in(city, some.drop("luck"))
    rows = choices.dearer(city, rows.with_columns(instead(city, rows)))
    rows = choices.luckiest(city, f"{name}/use", rows, pl.lit(TURNS))
    if rows.is_empty():
        return city
    rows = rows.with_columns(reason=reason)
    city = choices.switch(city, rows)
    listed = rows.select("stay", code="reason", present=pl.lit(value=True)).unique(
        "stay", keep="first", maintain_order=True
    )
    city = city.with_codes(listed)
    return city.innocent_ledgers(name, rows.select("hospital", "day", product="instead"))
