"""Two bones broken in one accident: the second is listed after the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

# Group of the first fracture: plate, diagnosis, operation and site of the second.
SECOND = {
    "IF1": ("femur_plate", "S72.300", "79.3500x016", "股骨"),
    "IF3": ("humerus_plate", "S42.300", "79.3100x005", "上肢"),
    "IF4": ("humerus_plate", "S42.300", "79.3100x005", "上肢"),
}


@lookalike(
    name="second_fracture", resembles=("C12", "C16"), stage="care", share=0.0006, eye=16.0,
    title_en="second fracture listed as secondary", title_zh="多发骨折次要编码",
)  # fmt: skip
def second_fracture(city: City, dose: Dose) -> City:
    """A plate for another bone than the main diagnosis names; diagnosis and operation say why."""
    rows = ordering.untouched(city, ordering.of_groups(city, SECOND))
    rows = ordering.first(city, "second_fracture/luck", rows, dose.subjects)
    plates = ordering.wanted(city, rows, {group: second[0] for group, second in SECOND.items()})
    group = ordering.adrg(city, plates)
    told = {
        name: group.replace_strict(
            {adrg: second[place] for adrg, second in SECOND.items()}, return_dtype=pl.String
        )
        for place, name in enumerate(("device", "code", "operated", "site"))
    }
    plates = plates.with_columns(**told, stay=pl.col("key"), present=pl.lit(value=True))
    city = ordering.marked(city, plates).with_wanted(ordering.asked(plates)).with_codes(plates)
    city = departures.with_operations(city, plates.with_columns(code="operated"))
    return city.innocent_uses("second_fracture", plates)
