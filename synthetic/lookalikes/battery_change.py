"""The pacemaker is changed because its battery is empty; the leads stay in the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

OPERATION, ILLNESS = "37.8700x001", "Z45.000x002"
LEAD = "C060201"


@lookalike(
    name="battery_change", resembles=("C14",), stage="care", share=0.0005, eye=14.0,
    title_en="pacemaker changed, leads kept", title_zh="起搏器更换保留电极",
)  # fmt: skip
def battery_change(city: City, dose: Dose) -> City:
    """A pacemaker without leads, but the operation is a replacement."""
    rows = ordering.untouched(city, ordering.of_groups(city, ["FK3"]))
    chosen = ordering.first(city, "battery/luck", rows, dose.subjects)
    leads = ordering.taken(city, chosen).filter(pl.col("class_code") == LEAD)
    changed = chosen.with_columns(operation=pl.lit(OPERATION), main=pl.lit(ILLNESS))
    city = departures.with_unbilled(
        ordering.marked(city, changed), leads.with_columns(recorded=pl.lit(value=False))
    )
    return city.innocent_stays("battery_change", changed)
