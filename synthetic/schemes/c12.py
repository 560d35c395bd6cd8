"""C12 device against sex or body site 性别部位不符: made for another body or another part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, departures, ordering
from synthetic.grammar import Dose, scheme
from synthetic.links import link_names

if TYPE_CHECKING:
    from synthetic.state import City

WRONG_SEX = dict.fromkeys(("GB2", "GD2", "HC2", "GE1"), "uterine_gel")
WRONG_SITE = {"IF1": "femur_plate", "IF3": "humerus_plate", "IF4": "humerus_plate"}
# Groups in which each operation takes one implant of these classes.
ONE_SIDED = ("CB3", "IC2", "IC1", "IF3", "IF4")
IMPLANTS = ("C110101", "C110102", "C030101", "C030102", "C030103", "C030701", "C030703")
STAGED = ("staged_eye", "staged_joint")
SEX, SIDE, SITE, AGAIN = 1, 2, 3, 4


@scheme(
    code="C12",
    title_en="device against sex or body site",
    title_zh="耗材与性别部位不符",
    stage="care",
    subject="use",
    share=0.0006,
    recipe={
        1: "a product made for women, billed for a man",
        2: "the register gives the other side than the operation",
        3: "a plate of the upper arm in an operation of the leg, or of the thigh in one of the arm",
        4: "all records agree, but this side had received its implant in an earlier stay",
    },
    traces=("device_uses.item_code", "device_uses.laterality", "stay_procedures.laterality"),
)
def wrong_body(city: City, dose: Dose) -> City:
    """Bill a device that cannot have been put into this body at this place.

    It was bought, stored and booked like others, but not for this person. The loss is its
    whole bill.
    """
    chosen = campaigns.choose_each(city.world, "C12", _candidates(city), dose)
    levels = {level: chosen.filter(pl.col("difficulty") == level) for level in (1, 2, 3, 4)}
    added = pl.concat(
        [
            ordering.wanted(city, levels[SEX], WRONG_SEX),
            ordering.wanted(city, levels[SITE], WRONG_SITE),
        ]
    )
    sided = _implants(city, pl.concat([levels[SIDE], _same_side(levels[AGAIN])]))
    told = sided.filter(pl.col("difficulty") == SIDE).with_columns(side=1 - pl.col("side"))
    guilty = pl.concat([added.select(sided.columns), sided])
    city = ordering.marked(city, guilty.unique("key", maintain_order=True))
    city = city.with_wanted(ordering.asked(added))
    city = departures.with_recorded(city, told.with_columns(stay="key"))
    return city.guilty_uses("C12", ordering.ordered(guilty))


def _candidates(city: City) -> dict[int, pl.DataFrame]:
    man = pl.col("person").is_in(np.flatnonzero(~city.world.people.female))
    single = ordering.untouched(city, pl.col("scale") == 1, pl.col("side") >= 0)
    return {
        SEX: ordering.untouched(city, man, ordering.of_groups(city, WRONG_SEX)),
        SIDE: single.filter(ordering.of_groups(city, ONE_SIDED)),
        SITE: ordering.untouched(city, ordering.of_groups(city, WRONG_SITE)),
        AGAIN: _second_stays(single),
    }


def _second_stays(single: pl.DataFrame) -> pl.DataFrame:
    """Stays for the second eye or joint, whose first stay is as it was planned."""
    firsts = single.filter(pl.col("link") == -1).select("seed", "group")
    staged = single.filter(link_names(single).is_in(STAGED))
    return staged.join(firsts, on=["seed", "group"], how="semi")


def _same_side(rows: pl.DataFrame) -> pl.DataFrame:
    """The side that was operated in the first stay."""
    return rows.with_columns(side=1 - pl.col("side"), coded_side=1 - pl.col("coded_side"))


def _implants(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the implant of their operation."""
    kits = ordering.taken(city, rows).filter(pl.col("class_code").is_in(IMPLANTS))
    one = kits.unique("stay", keep="first", maintain_order=True)
    return rows.join(one.select("product", "quantity", key="stay"), on="key")
