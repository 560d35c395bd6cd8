"""C19 selected product abandoned 弃用集采中选: a dear one outside the selection instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, choices
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

LEAST = 6.0  # expected uses of a period, so that a share means something
DEAR, NEAR = 1.5, 1.45  # price over that of the selected: published limit, and what stays below
SHARE = {1: 1.0, 2: 0.7, 4: 0.3}  # of the uses of a period
DOCTORS = 0.5  # of the physicians of a period, at difficulty 3
BY_DOCTOR, CUNNING = 3, 4


@scheme(
    code="C19",
    title_en="selected product abandoned",
    title_zh="弃用集采中选",
    stage="care",
    subject="ledger",
    share=0.0006,
    recipe={
        1: "the selected product is not used at all, the dear kind outside the selection always",
        2: "seven uses in ten move to the dear kind outside the selection",
        3: "half of the physicians use the dear kind only, the others go on as before",
        4: "three uses in ten, over all physicians, at less than one and a half times the price",
    },
    traces=("purchases.item_code", "device_uses.item_code", "fee_lines.item_code"),
)
def abandoned(city: City, dose: Dose) -> City:
    """Use, for up to a quarter, a product outside the selection where a selected one would do.

    It is bought, booked, used and billed. The loss is the difference of the platform prices
    for all units moved; the subject is the ledger of the product outside the selection.
    """
    world = city.world
    kinds = choices.dear_kind(world, selected=False)
    foreign = choices.imports(world, selected=False, most=NEAR)
    fitting = dict.fromkeys(dose.difficulties, choices.periods(city, kinds, LEAST))
    if CUNNING in fitting:
        fitting[CUNNING] = choices.periods(city, foreign, 2 * LEAST)
    part = Dose(max(1, round(dose.subjects / choices.MONTHS)), dose.difficulties, dose.since)
    chosen = campaigns.choose_each(world, "C19", fitting, part)
    rows = choices.used_in(city, chosen)
    rows = rows.filter(pl.Series(choices.in_force(world, rows)))
    cunning = pl.col("difficulty") == CUNNING
    bold, near = rows.filter(~cunning), rows.filter(cunning)
    bold = choices.dearer(city, bold.with_columns(choices.better(world, bold, kinds)))
    near = choices.dearer(city, near.with_columns(choices.imported(world, near, foreign)))
    moved = [
        _moved(city, bold.filter(pl.col("ratio") > DEAR)),
        _moved(city, near.filter(pl.col("ratio") < NEAR)),
    ]
    switched = pl.concat(moved)
    return choices.switch(city, switched).guilty_ledgers("C19", choices.ledgers(switched))


def _moved(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The uses of each period that are moved."""
    by_doctor = pl.col("difficulty") == BY_DOCTOR
    share = pl.col("difficulty").replace_strict(SHARE, default=0.0, return_dtype=pl.Float64)
    some = choices.luckiest(city, "c19/moved", rows.filter(~by_doctor), share)
    return pl.concat([some, _of_doctors(city, rows.filter(by_doctor))])


def _of_doctors(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """All uses of half of the physicians; periods with a single one are left alone."""
    luck = pl.Series(city.world.draw.uniform("c19/doctor", rows["physician"], rows["generic"]))
    ranked = rows.with_columns(luck=luck).with_columns(
        place=pl.col("luck").rank("dense").over(choices.PERIOD),
        doctors=pl.col("physician").n_unique().over(choices.PERIOD),
    )
    half = (pl.col("doctors") * DOCTORS).floor()
    return ranked.filter(pl.col("place") <= half).select(rows.columns)
