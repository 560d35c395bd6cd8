"""C06 billed twice 重复收费: a consumable that the price of the service contains already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, lines, support, uses
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

CANDIDATES = 40  # stays looked at for each subject wanted
LEAST_STAYS = 1_500
# Consumable and the service that contains it, by group (dossier 1.5, items 16, 59 and 3.3).
CONTAINED = {
    "angio_set": ("冠状动脉介入治疗", ("FM1", "FM2")),
    "blood_line": ("血液透析", ("LL1",)),
    "tracheal_tube": ("全身麻醉", ("HC2", "GB1", "GB2", "EB1", "EB2", "KD1", "NC1", "IB1", "IB2",
                                "JA2", "LB1")),
}  # fmt: skip
BY_SESSION = ("blood_line",)
SEVERAL = (3, 6)
ANOTHER_DAY = 3  # from this difficulty on, the item stands on another day than the service
WORST = 1  # severity of the stays in which a tube would not astonish


@scheme(
    code="C06",
    title_en="consumable contained in the service, billed again",
    title_zh="重复收费（内涵耗材）",
    stage="care",
    subject="use",
    share=0.0010,
    recipe={
        1: "three units or more beside the service that contains one, on the same day",
        2: "one unit beside the service that contains it, on the same day",
        3: "one unit, written a day after the service",
        4: "one unit a day after the service, in a stay so severe that it seems needed",
    },
    traces=("fee_lines.item_code", "stays.total_amount"),
)
def contained(city: City, dose: Dose) -> City:
    """Bill a consumable that was used but is paid for by the price of its service.

    Contained are the connecting set of a coronary intervention, the blood line of a dialysis
    and the tube of a general anaesthesia. The loss is the whole bill of the item.
    """
    rows = _candidates(city, dose)
    longer = rows.filter(pl.col("los") > pl.col("on") + 1)
    severe = longer.filter(pl.col("severity") == WORST)
    fitting = {1: rows.filter("session"), 2: rows, 3: longer, 4: severe}
    fitting = {level: campaigns.evened(city.world, "C06", fit, "item")
               for level, fit in fitting.items()}  # fmt: skip
    chosen = campaigns.choose_each(city.world, "C06", fitting, dose)
    level = chosen["difficulty"].to_numpy()
    several = city.world.draw.between("c06/units", *SEVERAL, chosen["key"])
    wanted = chosen.select(
        "product",
        stay="key",
        quantity=pl.Series(by_case([level == 1], [several], 1).astype(np.int64)),
        self_paid=pl.lit(value=False),
        on=pl.col("on") + pl.Series((level >= ANOTHER_DAY).astype(np.int64)),
    )
    marked = chosen.with_columns(planted=pl.lit(value=True))
    billed = chosen.with_columns(stay="key", amount=pl.lit(None, pl.Int64))
    return city.with_plan(marked).with_wanted(wanted).guilty_uses("C06", billed)


def _candidates(city: City, dose: Dose) -> pl.DataFrame:
    """Whole stays with a day on which the containing service was given, and the item to add."""
    world, parts = city.world, [_dated(city, city.plan.clear(), "tracheal_tube", "")]
    for item, (service, groups) in CONTAINED.items():
        rows = _seen(city, [world.reference.group(adrg) for adrg in groups], dose)
        parts.append(_dated(city, rows, item, service))
    return pl.concat(parts)


def _seen(city: City, groups: list[int], dose: Dose) -> pl.DataFrame:
    whole = (pl.col("resettles") < 0) & (pl.col("voided") < 0) & (pl.col("part") == 0)
    own = whole & ~pl.col("planted") & (pl.col("source") == pl.col("key"))
    rows = city.plan.filter(own & pl.col("group").is_in(groups))
    share = max(CANDIDATES * dose.subjects, LEAST_STAYS) / max(len(rows), 1)
    return rows.filter(pl.Series(city.world.draw.chance("c06/seen", share, rows["key"])))


def _dated(city: City, rows: pl.DataFrame, item: str, service: str) -> pl.DataFrame:
    """The stays with ``on``, the first source day of the service, and the hospital's product."""
    world = city.world
    listed = support.named(world.services).filter(pl.col("item") == service)["number"]
    given = lines.services(world, rows).filter(pl.col("item").is_in(listed.implode()))
    first = given.group_by("key").agg(on=pl.col("day").min().cast(pl.Int64))
    dated = rows.join(first, on="key").sort("key")
    generic = world.reference.generics["key"].to_list().index(item)
    where = dated["hospital"].to_numpy(), dated["source"].to_numpy()
    date = dated.select(pl.col("admit") + pl.col("on")).to_series().to_numpy()
    taken = uses.usual_product(world, generic, *where)
    product: Whole = world.products.coded(taken, date)
    return dated.with_columns(
        product=pl.Series(product, dtype=pl.Int64),
        day=pl.Series(date, dtype=pl.Int64),
        session=pl.lit(item in BY_SESSION),
        item=pl.lit(item),
    )
