"""The coder forgot to list the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.scopes import load_scopes
from synthetic import ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("FM1", "FK3", "FL1", "CB3", "IC2", "IF3", "IF4", "GE1", "IB2")


@lookalike(
    name="coder_omission", resembles=("C13", "H11"), stage="care", share=0.0006, eye=16.0,
    title_en="operation left out by the coder", title_zh="手术编码漏填",
)  # fmt: skip
def coder_omission(city: City, dose: Dose) -> City:
    """No procedure is listed, but its fees are billed and the register holds the devices."""
    rows = ordering.untouched(city, ordering.of_groups(city, GROUPS))
    chosen = ordering.first(city, "coder/luck", rows, dose.subjects)
    known = load_scopes().by_class.items()
    needing = [code for code, one in known if one.versions[-1].procedures]
    kits = ordering.taken(city, chosen).filter(pl.col("class_code").is_in(needing))
    devices = kits.join(chosen.select("hospital", stay="key"), on="stay").with_columns(day="used")
    city = ordering.marked(city, chosen.with_columns(unlisted=pl.lit(value=True)))
    return city.innocent_uses("coder_omission", devices)
