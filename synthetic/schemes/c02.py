"""C02 billed more than used 多记: the bill counts units that never left the shelf."""

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

MODEST = 0.5  # difficulty 2: at most this share more than was used (and one unit at least)
SMALLEST_PACK = 5  # difficulty 4 hides single pieces inside packs of this size or more
MOST_A_YEAR = 2  # pieces of a ledger at difficulty 4; the published tolerance is 3 units a year
DAYS_PER_YEAR = 365
LEAST_USED = 2  # units truly used, so that one more does not stand out


@scheme(
    code="C02",
    title_en="billed more than used",
    title_zh="耗材多记",
    stage="goods",
    subject="use",
    share=0.005,
    recipe={
        1: "3 to 8 units above what the operation record says",
        2: "one unit to half as many again as the record says",
        3: "one or two units more, never above what the operation usually needs at most",
        4: "a single piece less than a pack, at most two a year of a product and hospital",
    },
    traces=("fee_lines.quantity", "stays.total_amount"),
)
def billed_more(city: City, dose: Dose) -> City:
    """Raise billed units; the operation record, the stock and the purchases stay true.

    The loss is the price of the units that were not used.
    """
    rows = _candidates(city)
    room = (pl.col("quantity") >= LEAST_USED) & (pl.col("quantity") < pl.col("high"))
    packed = _within_tolerance(city, rows.filter(room & (pl.col("pack") >= SMALLEST_PACK)))
    fitting = {1: rows, 2: rows, 3: rows.filter(room), 4: packed}
    chosen = campaigns.choose_each(city.world, "C02", fitting, dose)
    chosen = chosen.with_columns(extra=pl.Series(_extra(city, chosen)))
    raised = chosen.with_columns(
        billed=pl.col("billed") + pl.col("extra"), planted=pl.lit(value=True)
    )
    return city.with_changed_uses(raised).with_truth(_truth(city, chosen))


def _candidates(city: City) -> pl.DataFrame:
    """Recorded uses of counted products, with the most their kit allows."""
    whole = (pl.col("recorded") == pl.col("quantity")) & pl.col("registered") & ~pl.col("planted")
    rows = city.uses.filter(whole & ~pl.col("serial") & (pl.col("quantity") >= 1))
    pack = city.world.products.pack[rows["product"].to_numpy()]
    generic = city.world.products.generic[rows["product"].to_numpy()]
    high = _usual_most(city)[generic]
    return rows.with_columns(key=pl.col("use"), pack=pl.Series(pack), high=pl.Series(high))


def _usual_most(city: City) -> Whole:
    """The most units of each generic in one operation, over all kits."""
    most = np.ones(len(city.world.reference.generics), dtype=np.int64)
    names = city.world.reference.generics["key"].to_list()
    for kit in city.world.reference.kits.to_dicts():
        place = names.index(kit["item"])
        most[place] = max(most[place], int(kit["high"]))
    return most


def _extra(city: City, chosen: pl.DataFrame) -> Whole:
    draw, key = city.world.draw, chosen["key"].to_numpy()
    used, high = chosen["quantity"].to_numpy(), chosen["high"].to_numpy()
    bold = draw.between("c02/bold", 3, 8, key)
    modest = 1 + draw.below("c02/modest", np.maximum(used * MODEST, 1), key)
    hidden = np.minimum(draw.between("c02/hidden", 1, 2, key), np.maximum(high - used, 1))
    level = chosen["difficulty"].to_numpy()
    extra: Whole = by_case([level == d for d in (1, 2, 3)], [bold, modest, hidden], 1)
    return extra.astype(np.int64)


def _within_tolerance(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Only so many uses a hospital, product and year, for difficulty 4."""
    year = pl.col("day") // DAYS_PER_YEAR
    luck = pl.Series(city.world.draw.uniform("c02/order", rows["key"]))
    place = pl.col("luck").rank("ordinal").over("hospital", "product", "year")
    ranked = rows.with_columns(year=year, luck=luck).filter(place <= MOST_A_YEAR)
    return ranked.select(rows.columns)


def _truth(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    return chosen.select(
        "difficulty", "hospital",
        subject_type=pl.lit("use"),
        subject_id=city.use_ids(chosen["stay"], chosen["product"]),
        scheme=pl.lit("C02"),
        campaign_id="campaign",
        amount=pl.col("extra") * pl.col("unit_price"),
        innocent=pl.lit(value=False),
        started=pl.col("day"),
        ended=pl.col("day"),
    )  # fmt: skip
