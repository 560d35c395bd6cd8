"""C10 purchase, stock and bill disagree 进销存不符: more is billed than was ever bought."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme
from synthetic.stock import PLACE
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

LEDGER = ["hospital", "product", "month"]
LEAST_UNITS = 3  # bought in a month, so that something is left to hide
COVERED_UP = 0.5  # difficulty 3: share of the gap booked as found at a stock count
CUNNING = 4  # the difficulty that stays below the tolerance
COVERING = 3  # the difficulty that covers up
TOLERANCE_UNITS = 2  # difficulty 4: the published tolerance is 3 units or 2%


@scheme(
    code="C10",
    title_en="purchase, stock and bill disagree",
    title_zh="进销存不符",
    stage="goods",
    subject="ledger",
    share=0.004,
    recipe={
        1: "no purchase at all in a month of bills",
        2: "30% of the month's purchases never took place",
        3: "20% missing, half of it covered up as a gain at the stock count",
        4: "one or two units missing in one month, inside the published tolerance of a year",
    },
    traces=("purchases.quantity", "stock_moves.kind"),
)
def missing_purchases(city: City, dose: Dose) -> City:
    """Take away purchases while bills, use records and stock counts stay.

    The loss is the billed value of the units that nobody bought.
    """
    if city.goods is None:
        return city
    bought = _by_month(city, city.goods.purchases)
    rows = _candidates(city, bought)
    luck = pl.Series(city.world.draw.uniform("c10/once", rows["key"]))
    once = rows.with_columns(luck=luck).filter(pl.col("luck") == pl.col("luck").max().over(PLACE))
    single = pl.Series(city.world.products.pack[once["product"].to_numpy()] <= TOLERANCE_UNITS)
    fitting = dict.fromkeys(dose.difficulties, rows)
    fitting[CUNNING] = once.filter(single).drop("luck")
    chosen = campaigns.choose_each(city.world, "C10", fitting, dose)
    chosen = chosen.with_columns(missing=pl.Series(_missing(city, chosen)))
    kept = _reduced(city, bought, chosen)
    moves = pl.concat([city.goods.moves, _gains(city, chosen)], how="diagonal")
    store = Goods(kept.select(city.goods.purchases.columns), moves, city.goods.counts)
    return replace(city, goods=store).with_truth(_truth(city, chosen))


def _by_month(city: City, purchases: pl.DataFrame) -> pl.DataFrame:
    month = pl.Series(city.month_of(purchases["delivered"].to_numpy()))
    return purchases.with_columns(month=month)


def _candidates(city: City, bought: pl.DataFrame) -> pl.DataFrame:
    """Months of a key product with purchases, and with bills at a known price."""
    billed = city.uses.filter("registered").with_columns(
        month=pl.Series(city.month_of(city.uses.filter("registered")["day"].to_numpy()))
    )
    priced = billed.group_by(LEDGER).agg(
        price=pl.col("unit_price").mean(), units=pl.col("billed").sum()
    )
    months = (
        bought.filter(~pl.col("consignment"))
        .group_by(LEDGER)
        .agg(
            bought=pl.col("quantity").sum(), day=pl.col("delivered").min(), lot=pl.col("lot").min()
        )
    )
    both = months.join(priced, on=LEDGER).filter(
        pl.min_horizontal("bought", "units") >= LEAST_UNITS
    )
    place = (pl.col("hospital") * 4_096 + pl.col("product")) * 512 + pl.col("month")
    return both.with_columns(key=place)


def _missing(city: City, chosen: pl.DataFrame) -> Whole:
    """Units never bought, of the month's recorded purchases: whole packs, as goods come."""
    bought, level = chosen["bought"].to_numpy(), chosen["difficulty"].to_numpy()
    pack = city.world.products.pack[chosen["product"].to_numpy()]
    few = city.world.draw.between("c10/few", 1, TOLERANCE_UNITS, chosen["key"])
    shares = [level == d for d in (1, 2, 3)]
    wanted = by_case(shares, [bought, bought * 0.3, bought * 0.2], few)
    packs = np.maximum(np.rint(wanted / pack), 1) * pack
    units: Whole = np.minimum(packs, bought).astype(np.int64)
    return units


def _reduced(city: City, bought: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Purchases without the missing units, taken from the month's last deliveries first."""
    luck = pl.Series(city.world.draw.uniform("c10/row", bought["purchase"]))
    rows = bought.with_columns(luck=luck).join(
        chosen.select(*LEDGER, "missing"), on=LEDGER, how="left"
    )
    rows = rows.sort(*LEDGER, "luck").with_columns(
        available=pl.when(pl.col("consignment")).then(0).otherwise(pl.col("quantity"))
    )
    before = pl.col("available").cum_sum().over(LEDGER) - pl.col("available")
    taken = (pl.col("missing").fill_null(0) - before).clip(0, pl.col("available"))
    rows = rows.with_columns(quantity=pl.col("quantity") - taken)
    return rows.filter(pl.col("quantity") > 0).sort("purchase")


def _gains(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Units "found" at the stock count of the month's end, difficulty 3 only."""
    hidden = (pl.col("missing") * COVERED_UP).floor().cast(pl.Int64)
    rows = chosen.with_columns(found=hidden).filter(
        (pl.col("difficulty") == COVERING) & (pl.col("found") > 0)
    )
    ends = city.world.clock.month_ends()[rows["month"].to_numpy()]
    return rows.select(
        *PLACE,
        lot="lot",
        quantity="found",
        kind=pl.lit("gain"),
        day=pl.Series(ends),
        other=pl.lit(-1, pl.Int64),
        known=pl.Series(ends + 2),
    )


def _truth(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    ends = city.world.clock.month_ends()
    month = chosen["month"].to_numpy()
    return chosen.select(
        "difficulty", "hospital",
        subject_type=pl.lit("ledger"),
        subject_id=city.ledger_ids(chosen),
        scheme=pl.lit("C10"),
        campaign_id="campaign",
        amount=(pl.col("missing") * pl.col("price")).round().cast(pl.Int64),
        innocent=pl.lit(value=False),
        started=pl.Series(np.where(month > 0, ends[month - 1] + 1, 0)),
        ended=pl.Series(ends[month]),
    )  # fmt: skip
