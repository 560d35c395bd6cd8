"""H03 low-threshold admission 低标准入院: tests that a clinic would do, done in a bed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, losses
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme
from synthetic.standards import BASE_RATE
from synthetic.state import City, standard_of

if TYPE_CHECKING:
    from synthetic.randomness import Whole

LOW_ACUITY = ("IU2", "KS1", "FV2", "FR4", "FR3")  # back pain, diabetes, blood pressure, angina
LIGHT_WEIGHT = 0.5  # published: groups below this weight are looked at (dossier H03)
NIGHTS = (3, 8)  # published length of such stays
OTHER_NIGHTS = (2, 11)  # difficulty 4 lies inside these, and outside those if the group is light
LEAST_SPEND = 2_400.0  # yuan, so that something is left above the deductible
MILD = 5  # severity without a complication
CUNNING, PLAUSIBLE = 4, 3
STRUCTURE = {1: "tests_bare", 2: "tests_bare", 3: "tests_mostly", 4: "tests_half"}
MILD_NIGHTS = {1: (3, 4), 2: (3, 8), 3: (3, 8)}
COMPANIONS = ("I10.x00x002", "I25.103", "E78.500", "I67.200x003", "M81.000", "G47.000x001")
LISTED = (2, 3)  # companions that make the stay look necessary


@scheme(
    code="H03",
    title_en="low-threshold admission",
    title_zh="低标准入院",
    stage="care",
    subject="stay",
    share=0.0028,
    recipe={
        1: "3 or 4 nights of tests with a few tablets, nothing treated, no emergency",
        2: "the same over 3 to 8 nights: tests beyond 60% of the fee of a light group",
        3: "tests still lead, some physiotherapy, two or three companions listed to look ill",
        4: "tests near half of the fee, and too long, too short or too heavy a group for the rule",
    },
    traces=("fee_lines.category", "stays.drg", "stay_diagnoses.code"),
)
def low_threshold(city: City, dose: Dose) -> City:
    """Fill a bed with somebody whom a clinic could have tested and sent home.

    Nothing is infused and nobody operates; what is listed beside the main diagnosis at
    difficulty 3 and 4 is known from no other stay of the person. The loss is what the fund
    paid for the stay.
    """
    chosen = campaigns.choose_each(city.world, "H03", _fitting(city, dose), dose)
    if chosen.is_empty():
        return city
    level = chosen["difficulty"].to_numpy()
    structure = by_case([level == d for d in STRUCTURE], list(STRUCTURE.values()), "medical")
    marked = chosen.with_columns(
        structure=pl.Series(structure.astype(str)), planted=pl.lit(value=True)
    )
    paid = losses.fund_payment(city, marked).filter(pl.col("amount") > 0)
    city = city.with_plan(paid).with_codes(_companions(city, paid))
    return city.guilty_stays("H03", paid)


def mild(city: City) -> pl.DataFrame:
    """Planned stays of low acuity, with ``weight`` of their group: no emergency, no operation."""
    wanted = [city.world.reference.group(adrg) for adrg in LOW_ACUITY]
    fit = pl.col("group").is_in(wanted) & ~pl.col("planted") & ~pl.col("emergency")
    fit &= (pl.col("link") == -1) & (pl.col("severity") == MILD)
    fit &= (pl.col("structure") == "medical") & (pl.col("part") == 0)
    rows = city.plan.filter(fit)
    weight = pl.Series(standard_of(city, rows) / BASE_RATE)
    return rows.with_columns(day=pl.col("admit"), weight=weight)


def _fitting(city: City, dose: Dose) -> dict[int, pl.DataFrame]:
    rows = mild(city).filter(pl.col("spend") >= LEAST_SPEND)
    light = rows.filter(pl.col("weight") < LIGHT_WEIGHT)
    fitting = {d: light.filter(pl.col("los").is_between(*n)) for d, n in MILD_NIGHTS.items()}
    unusual = ~pl.col("los").is_between(*NIGHTS) | (pl.col("weight") >= LIGHT_WEIGHT)
    fitting[CUNNING] = rows.filter(unusual & pl.col("los").is_between(*OTHER_NIGHTS))
    return {level: fitting[level] for level in dose.difficulties}


def _companions(city: City, paid: pl.DataFrame) -> pl.DataFrame:
    """Chronic illnesses written down to make the stay look needed."""
    rows = paid.filter(pl.col("difficulty") >= PLAUSIBLE)
    draw, key = city.world.draw, rows["key"].to_numpy()
    many = draw.between("h03/companions", *LISTED, key)
    first: Whole = draw.below("h03/companion", len(COMPANIONS), key)
    names = np.array(COMPANIONS)
    parts = [
        rows.select(stay="key", present=pl.lit(value=True))
        .with_columns(code=pl.Series(names[(first + turn) % len(COMPANIONS)]))
        .filter(pl.Series(many > turn))
        for turn in range(LISTED[1])
    ]
    return pl.concat(parts)
