"""H08 impersonation 冒名住院: a stay is settled on another person's card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, campaigns, cards, headers
from synthetic.grammar import Dose, scheme
from synthetic.persons import BLOOD_GROUPS

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (3, 40)
LEAST_COST = 3_000.0  # yuan, so that the fund pays something beyond the deductible
TYPED = (1, 12)  # days until the blood group found is sent
BLOOD_SHARE = 0.75  # of the stays of difficulty 3; for the others illnesses alone do not fit
SPARE = 1.5  # more are chosen than planted, since some proofs are spoilt by one another
LEAST_POOL, POOL = 3_000, 60  # stays looked at: at least, and for each one planted


@scheme(
    code="H08",
    title_en="impersonation",
    title_zh="冒名住院",
    stage="bill",
    subject="stay",
    share=0.0004,
    recipe={
        1: "the card's owner lies in another hospital's bed meanwhile, or is dead",
        2: "an organ is removed that the card's owner lost, or loses, in another stay",
        3: "another blood group is typed, or the owner's chronic illnesses are missing",
        4: "the card of a relative of the same sex and near age; only illnesses do not fit",
    },
    traces=("stays.person_id", "persons.blood_group", "stay_diagnoses.code"),
)
def impersonation(city: City, dose: Dose) -> City:
    """Settle a stay on the card of somebody else; what was done is true.

    The loss is what the fund paid.
    """
    more = replace(dose, subjects=round(dose.subjects * SPARE))
    chosen = campaigns.choose_each(city.world, "H08", _candidates(city, dose), more)
    chosen = _provable(city, chosen, dose)
    if chosen.is_empty():
        return city
    rows = chosen.with_columns(
        patient=pl.col("person"), person=pl.col("card"), planted=pl.lit(value=True)
    )
    rows = headers.grouped(city.world, city.standards, rows)
    city = city.with_plan(rows)
    paid = billed.amounts(city, rows, "fund_amount")
    return _typed(city, rows).guilty_stays("H08", rows.with_columns(amount=paid))


def _candidates(city: City, dose: Dose) -> dict[int, pl.DataFrame]:
    """By difficulty: stays of their own, with the ``card`` that they would be settled on."""
    alone = city.plan.group_by("chain").len().filter(pl.col("len") == 1).select("chain")
    rows = billed.candidates(city).join(alone, on="chain", how="semi").sort("key")
    rows = rows.filter(~pl.col("died") & pl.col("los").is_between(*NIGHTS))
    rows = rows.filter(pl.col("expected") > LEAST_COST)
    pool = max(LEAST_POOL, POOL * dose.subjects)
    few = city.world.draw.luckiest("h08/pool", rows, pool).drop("luck")
    elsewhere = pl.concat([cards.dead(city, few), cards.in_two_beds(city, few)])
    return {
        cards.TWO_PLACES: elsewhere.unique("key", keep="first", maintain_order=True),
        cards.ORGAN: cards.without_organ(city, rows),
        cards.BLOOD: cards.stranger(city, few),
        cards.FAMILY: cards.relative(city, rows),
    }


def _provable(city: City, chosen: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """Those whose contradicting stay is not itself moved to another card."""
    kept = chosen.filter(~pl.col("proof").is_in(chosen["key"].implode()).fill_null(value=False))
    luck = pl.Series(city.world.draw.uniform("h08/kept", kept["key"]))
    kept = kept.with_columns(luck=luck).sort("difficulty", "luck", "key")
    wanted = -(-dose.subjects // len(dose.difficulties))
    return kept.filter(pl.int_range(pl.len()).over("difficulty") < wanted).drop("luck")


def _typed(city: City, rows: pl.DataFrame) -> City:
    """The blood group that the hospital found, sent for the card's owner."""
    draw = city.world.draw
    third = rows.filter(pl.col("difficulty") == cards.BLOOD)
    found = third.filter(pl.Series(draw.chance("h08/blood", BLOOD_SHARE, third["key"])))
    own = city.world.people.frame["blood_group"].gather(found["person"].cast(pl.UInt32))
    place = own.replace_strict(
        {name: place for place, name in enumerate(BLOOD_GROUPS)}, return_dtype=pl.Int64
    ).to_numpy()
    other = (place + 1 + draw.below("h08/other", 3, found["key"])) % len(BLOOD_GROUPS)
    wait = draw.between("h08/typed", *TYPED, found["key"])
    return city.with_people(
        found.select(
            "person",
            known=pl.col("admit") + pl.Series(wait),
            blood_group=pl.Series(np.array(BLOOD_GROUPS)[other]),
        )
    )
