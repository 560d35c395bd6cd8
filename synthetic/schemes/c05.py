"""C05 price above what is allowed 超标准收费."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

GROUP = ["stay", "product"]
WORTH = 0.012  # least share by which the invoice lies below the platform price, difficulty 4


@scheme(
    code="C05",
    title_en="price above what is allowed",
    title_zh="耗材超标准收费",
    stage="goods",
    subject="use",
    share=0.004,
    recipe={
        1: "the price from before volume-based buying, or a third above the platform price",
        2: "5 to 15% above the platform price",
        3: "1 to 4% above the platform price",
        4: "exactly the platform price, although the invoice was lower (zero mark-up broken)",
    },
    traces=("fee_lines.unit_price", "fee_lines.amount", "stays.total_amount"),
)
def dear_price(city: City, dose: Dose) -> City:
    """Bill a unit above the invoice, up to or beyond the platform price of the day.

    The loss is the difference to the honest price for all units billed.
    """
    rows = _candidates(city)
    bargained = pl.col("platform") > pl.col("unit_price") * (1 + WORTH)
    fitting = {1: rows, 2: rows, 3: rows, 4: rows.filter(bargained)}
    chosen = campaigns.choose_each(city.world, "C05", fitting, dose)
    chosen = chosen.with_columns(dear=pl.Series(_price(city, chosen)))
    raised = city.uses.join(chosen.select(*GROUP, "dear"), on=GROUP)
    raised = raised.with_columns(unit_price="dear", planted=pl.lit(value=True))
    return city.with_changed_uses(raised).with_truth(_truth(city, chosen))


def _candidates(city: City) -> pl.DataFrame:
    """Uses by stay and product, all units at one honest price."""
    alone = (
        city.uses.filter("registered")
        .group_by(GROUP, maintain_order=True)
        .agg(
            key=pl.col("use").min(),
            hospital=pl.col("hospital").first(),
            day=pl.col("day").min(),
            units=pl.col("billed").sum(),
            unit_price=pl.col("unit_price").max(),
            lowest=pl.col("unit_price").min(),
            platform=pl.col("platform").min(),
            planted=pl.col("planted").any(),
        )
    )
    same = pl.col("lowest") == pl.col("unit_price")
    return alone.filter(same & ~pl.col("planted") & (pl.col("units") > 0))


def _price(city: City, chosen: pl.DataFrame) -> Whole:
    """The billed price in fen, always above the honest one."""
    draw, key = city.world.draw, chosen["key"].to_numpy()
    product, day = chosen["product"].to_numpy(), chosen["day"].to_numpy()
    platform = chosen["platform"].to_numpy()
    items = city.world.products
    cut = day >= items.change[product]
    old = np.rint(items.price[product] * 100)
    flagrant = np.where(cut & (old > platform * 1.2), old, platform * 1.3)
    clear = platform * (1.05 + 0.10 * draw.uniform("c05/clear", key))
    slight = platform * (1.01 + 0.03 * draw.uniform("c05/slight", key))
    level = chosen["difficulty"].to_numpy()
    cases = [flagrant, clear, slight]
    dear = by_case([level == d for d in (1, 2, 3)], cases, platform)
    return np.ceil(dear - 1e-6).astype(np.int64)


def _truth(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    return chosen.select(
        "difficulty", "hospital",
        subject_type=pl.lit("use"),
        subject_id=city.use_ids(chosen["stay"], chosen["product"]),
        scheme=pl.lit("C05"),
        campaign_id="campaign",
        amount=(pl.col("dear") - pl.col("unit_price")) * pl.col("units"),
        innocent=pl.lit(value=False),
        started=pl.col("day"),
        ended=pl.col("day"),
    )  # fmt: skip
