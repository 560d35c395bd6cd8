"""A ward treats its patients by one protocol of chemotherapy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import events, newcomers
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

WEEKS = 3  # from one cycle to the next
PROTOCOL = Event("chemotherapy_protocol", ("RE1",), (4, 8), Ages(42.0, 80.0), horizon=62)


@lookalike(
    name="chemotherapy_protocol", resembles=("H18", "H07"), stage="care", share=0.0008, eye=8.0,
    title_en="one protocol of chemotherapy", title_zh="同方案化疗病人",
)  # fmt: skip
def chemotherapy_protocol(city: City, dose: Dose) -> City:
    """Equal bills of one physician's patients, on the same days every three weeks.

    They have cancer, come from everywhere, and the next cycle is announced.
    """
    rows = events.gathered(city, PROTOCOL, max(dose.subjects // WEEKS, 1))
    if rows.is_empty():
        return city
    doctor = newcomers.attending(city.world, PROTOCOL.name, rows)
    cycles = events.repeated(rows.with_columns(physician=doctor), WEEKS, 7 * WEEKS)
    last = pl.col("turn") == WEEKS - 1
    cycles = cycles.with_columns(
        los=pl.lit(2, pl.Int64), emergency=pl.lit(value=False), planned=~last
    ).sort("ring", "turn", "person")
    return events.admitted(city, PROTOCOL, cycles, events.one_bill)
