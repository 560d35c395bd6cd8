"""A surgeon of another department comes in for a second operation under one anaesthesia."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering, staffing
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

HOSTS = {"GB2": "double_j", "NC1": "double_j"}
OPERATION, DEPARTMENT = "59.8x00", "泌尿外科"


@lookalike(
    name="combined_operation", resembles=("C15", "C13"), stage="care", share=0.0006, eye=14.0,
    title_en="second operation by another department", title_zh="多科联合手术",
)  # fmt: skip
def combined_operation(city: City, dose: Dose) -> City:
    """The ureter is splinted before the bowel or womb is removed.

    The device belongs to urology and not to the ward; the second procedure names the urologist.
    """
    rows = ordering.untouched(city, ordering.of_groups(city, HOSTS))
    splints = ordering.wanted(city, rows, HOSTS)
    splints = splints.with_columns(class_code=staffing.class_codes(city, splints["product"]))
    classes = splints["class_code"].unique().to_list()
    allowed = staffing.pairs_of(dict.fromkeys(classes, (DEPARTMENT,)))
    able = staffing.stand_in(city, "combined/doctor", splints, allowed)
    chosen = ordering.first(city, "combined/luck", able, dose.subjects)
    chosen = chosen.with_columns(stay="key")
    city = ordering.marked(city, chosen).with_wanted(ordering.asked(chosen))
    second = chosen.select(
        "stay", code=pl.lit(OPERATION), physician="doctor", site=pl.lit("输尿管")
    )
    return departures.with_operations(city, second).innocent_uses("combined_operation", chosen)
