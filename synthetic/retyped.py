"""Lines of consumables typed by mistake and taken back the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.bill import CONSUMABLE
from synthetic.clock import SECONDS_PER_DAY

if TYPE_CHECKING:
    from synthetic.state import City

TYPED = 9_000  # seconds from the use to the posting, at most
NOTICED = (300, 7_200)  # seconds until the mistake is taken back


def taken_back(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """A wrong line and its reversal for each row, as ``City.with_lines`` takes them.

    ``rows``: key, stay, product, day, second, units, unit_price, lot and serial_no.
    """
    world, draw = city.world, city.world.draw
    header = city.plan.select("admit", "los", "admit_second", "leave_second", "physician",
                              stay="key")  # fmt: skip
    rows = rows.join(header, on="stay", maintain_order="left")
    begin = pl.col("admit") * SECONDS_PER_DAY + pl.col("admit_second") + 600
    end = (pl.col("admit") + pl.col("los")) * SECONDS_PER_DAY + pl.col("leave_second") - 300
    used = pl.col("day") * SECONDS_PER_DAY + pl.col("second")
    product, day = rows["product"].to_numpy(), rows["day"].to_numpy()
    wait = draw.below("retyped/posting", TYPED, rows["key"])
    wrong = rows.select(
        "stay", "physician", "lot",
        served=pl.max_horizontal(pl.min_horizontal(used, end), begin),
        quantity="units",
        category=pl.lit(CONSUMABLE),
        item_code=world.products.codes.gather(rows["product"].cast(pl.UInt32)),
        price="unit_price",
        covered=pl.Series(world.products.paid_by_fund(product, day)),
        udi_di=world.products.udi.gather(rows["product"].cast(pl.UInt32)),
        serial="serial_no",
        own=pl.col("key").cast(pl.Int64) * 2,
        undoes=pl.lit(None, pl.Int64),
    ).with_columns(posted=pl.col("served") + pl.Series(wait))  # fmt: skip
    noticed = pl.Series(draw.between("retyped/noticed", *NOTICED, np.asarray(rows["key"])))
    back = wrong.with_columns(
        quantity=-pl.col("quantity"),
        posted=pl.col("posted") + noticed,
        own=pl.col("own") + 1,
        undoes=pl.col("own"),
    )
    return pl.concat([wrong, back]).sort("stay", "own")
