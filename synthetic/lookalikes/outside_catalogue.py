"""The patient chooses a lens that the fund does not pay for, and signs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

INSTEAD = {"CB3": "iol_multifocal"}
LENSES = ("iol_mono", "iol_toric")


@lookalike(
    name="outside_catalogue", resembles=("H12", "C14"), stage="care", share=0.0012, eye=12.0,
    title_en="product outside the catalogue by choice", title_zh="目录外产品知情自费",
)  # fmt: skip
def outside_catalogue(city: City, dose: Dose) -> City:
    """Half the bill is the patient's own and no covered lens is on it: another one is."""
    rows = ordering.untouched(city, ordering.of_groups(city, INSTEAD))
    kits = ordering.taken(city, rows).filter(pl.col("name").is_in(LENSES))
    plain = kits.unique("stay", keep="first", maintain_order=True)
    rows = rows.join(plain.select(key="stay"), on="key", how="semi")
    chosen = ordering.first(city, "catalogue/luck", rows, dose.subjects)
    left = plain.filter(pl.col("stay").is_in(chosen["key"].implode()))
    city = departures.with_unbilled(
        ordering.marked(city, chosen), left.with_columns(recorded=pl.lit(value=False))
    )
    lenses = ordering.wanted(city, chosen, INSTEAD)
    city = city.with_wanted(ordering.asked(lenses, self_paid=True))
    return city.innocent_stays("outside_catalogue", chosen)
