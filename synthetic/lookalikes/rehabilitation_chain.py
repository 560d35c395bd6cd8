"""A stroke is treated, and the person goes from house to house to learn to walk again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import events
from synthetic.events import Event
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (9, 18, 20, 16)  # of the stroke and of each step that follows
CHAIN = Event("rehabilitation_chain", ("BR2",), (1, 1), Ages(58.0, 86.0), days=10, horizon=85)


@lookalike(
    name="rehabilitation_chain", resembles=("H09", "H01"), stage="care", share=0.0006, eye=8.0,
    title_en="chain of transfers for rehabilitation", title_zh="康复逐级转院",
)  # fmt: skip
def rehabilitation_chain(city: City, dose: Dose) -> City:
    """Four stays in three or four hospitals within 90 days, each by transfer from the last."""
    rows = events.gathered(city, CHAIN, max(dose.subjects // len(NIGHTS), 1))
    if rows.is_empty():
        return city
    world, steps = city.world, len(NIGHTS)
    group = world.reference.group("XR2")
    houses = np.argsort(-world.houses.volume[:, group], kind="stable")[: 2 * steps]
    first = world.draw.below("rehabilitation_chain/house", len(houses), rows["person"])
    turns = events.repeated(rows.with_columns(first=pl.Series(first)), steps, 0)
    place = pl.Series(houses)[((turns["first"] + turns["turn"]) % len(houses)).to_list()]
    begin = pl.Series(np.concatenate([[0], np.cumsum(NIGHTS)[:-1]]))
    later = pl.col("turn") > 0
    turns = turns.with_columns(
        admit=pl.col("admit") + begin.gather(turns["turn"].cast(pl.UInt32)),
        los=pl.Series(NIGHTS).gather(turns["turn"].cast(pl.UInt32)).cast(pl.Int64),
        hospital=pl.when(later).then(place).otherwise("hospital"),
        group=pl.when(later).then(group).otherwise("group"),
        emergency=~later,
        moved_in=later,
    )
    return events.admitted(city, CHAIN, turns, _one_course)


def _one_course(stays: pl.DataFrame) -> pl.DataFrame:
    """Those who are received elsewhere were transferred, not sent home."""
    noon = pl.when("moved_in").then(pl.col("admit_second").clip(64_800)).otherwise("admit_second")
    late = pl.when(pl.col("turn") < len(NIGHTS) - 1).then(pl.col("leave_second").clip(0, 61_200))
    return stays.with_columns(
        chain=pl.col("chain").max().over("ring"),
        admit_second=noon,
        leave_second=pl.coalesce(late, "leave_second"),
    )
