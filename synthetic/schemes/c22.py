"""C22 mix shift to dearer products 单价结构上移: the same use, at a dearer kind each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, choices
from synthetic.catalogue import NEVER
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

LEAST = 6.0  # expected uses of a period
DEAR = 1.8  # price of the dear kind over the plain one
SOON = 60  # days after a price cut in which a replacement is looked for
STEPS = {0: 0.25, 1: 0.45, 2: 0.65}  # difficulty 3: share moved in each month of the period
HALF = 0.6
INDEX = 0.12  # difficulty 4: most by which the price index of a period rises (published: 0.15)
AT_ONCE, MANY, CREEPING, CUNNING = 1, 2, 3, 4


@scheme(
    code="C22",
    title_en="mix shift to dearer products",
    title_zh="单价结构上移",
    stage="care",
    subject="ledger",
    share=0.0005,
    recipe={
        1: "within 60 days of a price cut every use is of the dear kind, at about twice the price",
        2: "six uses in ten move to the dear kind",
        3: "the share of the dear kind grows from month to month, from a quarter to two thirds",
        4: "some uses move to the imported product, the price index rises by 12% at most",
    },
    traces=("purchases.item_code", "device_uses.item_code", "fee_lines.unit_price"),
)
def dearer_mix(city: City, dose: Dose) -> City:
    """Move uses to a dear kind of the same buying status, though patients are the same.

    It is bought, booked, used and billed. The loss is the difference of the platform prices
    for all units moved; the subject is the ledger of the dear product.
    """
    world = city.world
    kinds, foreign = (f(world, selected=True) for f in (choices.dear_kind, choices.imports))
    fitting = dict.fromkeys(dose.difficulties, choices.periods(city, kinds, LEAST))
    if AT_ONCE in fitting:
        fitting[AT_ONCE] = _after_cut(city, fitting[AT_ONCE])
    if CUNNING in fitting:
        fitting[CUNNING] = choices.periods(city, foreign, 2 * LEAST)
    part = Dose(max(1, round(dose.subjects / choices.MONTHS)), dose.difficulties, dose.since)
    chosen = campaigns.choose_each(world, "C22", fitting, part)
    chosen = chosen.select("key", *choices.PERIOD, "campaign", "difficulty")
    rows = choices.used_in(city, chosen)
    cunning = pl.col("difficulty") == CUNNING
    bold, near = rows.filter(~cunning), rows.filter(cunning)
    bold = choices.dearer(city, bold.with_columns(choices.better(world, bold, kinds)))
    near = choices.dearer(city, near.with_columns(choices.imported(world, near, foreign)))
    worth = _worth(city, rows.filter(cunning))
    moved = [
        _moved(city, bold.filter(pl.col("ratio") > DEAR)),
        _within_index(city, near.filter(pl.col("ratio") < DEAR), worth),
    ]
    switched = pl.concat(moved)
    return choices.switch(city, switched).guilty_ledgers("C22", choices.ledgers(switched))


def _cut(city: City, rows: pl.DataFrame) -> pl.Series:
    """Day of the price cut of each row's generic; NEVER where there is none."""
    products = city.world.products
    number = int(products.generic.max()) + 1
    first = np.full(number, NEVER, dtype=np.int64)
    np.minimum.at(
        first, products.generic, np.where(products.selected_at > 0, products.change, NEVER)
    )
    return pl.Series(first[rows["generic"].to_numpy()])


def _after_cut(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Periods that begin or lie around a price cut of their generic."""
    dated = rows.with_columns(cut=_cut(city, rows))
    month = pl.Series(city.month_of(np.minimum(dated["cut"].to_numpy(), city.world.clock.days - 1)))
    near = (month // choices.MONTHS == dated["period"]) & (dated["cut"] < NEVER)
    return rows.filter(near)


def _moved(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The uses that are moved at the first three difficulties."""
    level, step = pl.col("difficulty"), pl.col("month") % choices.MONTHS
    cut = _cut(city, rows)
    soon = (pl.col("day") >= cut) & (pl.col("day") < cut + SOON)
    growing = step.replace_strict(STEPS, default=0.0, return_dtype=pl.Float64)
    luck = pl.Series(city.world.draw.uniform("c22/moved", rows["stay"], rows["product"]))
    return rows.filter(
        ((level == AT_ONCE) & soon)
        | ((level == MANY) & (luck < HALF))
        | ((level == CREEPING) & (luck < growing))
    )


def _worth(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Value in fen of all that a period used, at platform prices."""
    yuan = choices.price(city.world, rows["product"], rows["day"])
    valued = rows.with_columns(value=pl.Series(np.rint(yuan * choices.FEN)) * rows["quantity"])
    return valued.group_by(choices.PERIOD).agg(whole=pl.col("value").sum())


def _within_index(city: City, rows: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """The luckiest uses, as long as they raise the value of the period by no more than allowed."""
    luck = pl.Series(city.world.draw.uniform("c22/within", rows["stay"], rows["product"]))
    ranked = rows.with_columns(luck=luck).join(worth, on=choices.PERIOD).sort("luck", "stay")
    raised = pl.col("gain").cum_sum().over(choices.PERIOD)
    return ranked.filter(raised <= pl.col("whole") * INDEX).select(rows.columns)
