"""C23 taken back and billed dearer 冲红再记: a reversal hides a better paid line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed_again, campaigns
from synthetic.arrays import by_case
from synthetic.clock import SECONDS_PER_DAY
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

DEAR = 1.25  # price of the new product over the old one
LATER_NIGHTS = 4
DAYS_LATER = 2  # the difficulty that waits some days
MORE = 3  # the difficulty that bills more units instead of a dearer product
CUNNING = 4
QUICK = (300, 1_500)  # seconds until the correction at difficulty 4


@scheme(
    code="C23",
    title_en="taken back and billed dearer",
    title_zh="冲红再记高价",
    stage="bill",
    subject="use",
    share=0.0007,
    recipe={
        1: "taken back after the discharge and billed as the dearest product of its kind",
        2: "taken back one to three days later and billed as the dearest product of its kind",
        3: "taken back after the discharge and billed with one or two units more",
        4: "taken back within half an hour, as clerks do, and billed as the dearest product",
    },
    traces=("fee_lines.reverses_line_id", "fee_lines.item_code", "fee_lines.quantity"),
)
def dearer_again(city: City, dose: Dose) -> City:
    """Reverse the line of what was used, and bill something dearer or more in its place.

    Record, stock and purchases keep what was used. The loss is what the bill gained.
    """
    rows = billed_again.dearest(city, billed_again.candidates(city, dose.subjects))
    dear = rows.filter(
        (pl.col("new_price") > pl.col("unit_price") * DEAR)
        & (pl.col("new_product") != pl.col("product"))
    )
    dear = dear.join(city.uses.select("stay", new_product="product"),
                     on=["stay", "new_product"], how="anti")  # fmt: skip
    late = billed_again.after_discharge()
    same = rows.with_columns(new_product="product", new_price="unit_price")
    stayed = pl.col("left") > pl.col("served") + LATER_NIGHTS * SECONDS_PER_DAY
    soon = pl.col("left") > pl.col("served") + billed_again.HOUR
    fitting = {1: dear.filter(late), 2: dear.filter(stayed), 3: same.filter(late)}
    fitting[CUNNING] = dear.filter(soon)
    alone = {d: f.unique(["stay", "product"], keep="none").sort("use") for d, f in fitting.items()}
    chosen = campaigns.choose_each(city.world, "C23", alone, dose)
    chosen = _corrected(city, chosen.unique("stay", keep="first", maintain_order=True))
    gain = pl.col("again") * pl.col("new_price") - pl.col("first") * pl.col("unit_price")
    named = chosen.with_columns(amount=gain).with_columns(product="new_product")
    return billed_again.replaced(city, chosen).guilty_uses("C23", named)


def _corrected(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """When each first line is taken back, and what is billed then."""
    draw, key = city.world.draw, chosen["key"].to_numpy()
    level, served = chosen["difficulty"].to_numpy(), chosen["served"].to_numpy()
    evening = billed_again.within_the_evening(city, chosen, "c23/evening").to_numpy()
    day = draw.between("c23/days", 1, 3, key) * SECONDS_PER_DAY
    hour = draw.between("c23/hours", -7_200, 7_200, key)
    quick = served + draw.between("c23/quick", *QUICK, key)
    second = by_case([level == DAYS_LATER, level == CUNNING], [served + day + hour, quick], evening)
    units = chosen["billed"].to_numpy()
    more = np.where(level == MORE, draw.between("c23/more", 1, 2, key), 0)
    return chosen.with_columns(
        corrected=pl.Series(second.astype(np.int64)),
        first="billed",
        again=pl.Series(units + more),
    )
