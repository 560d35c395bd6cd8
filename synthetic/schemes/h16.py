"""H16 conflict with sex or age 性别年龄不符: what is billed does not fit who lay there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, campaigns, coding
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.state import City

DAYS_PER_YEAR = 365.25
ADULT = 18
PAST_BIRTH = 57  # years from which on nobody gives birth
SERVED = 34_200  # second of the day from which such services are dated
PERIOD = 25_000


@dataclass(frozen=True)
class Conflict:
    """A service and a diagnosis ("" for none), and whom they do not fit: sex and years."""

    difficulty: int
    category: str
    item: str
    code: str
    sex: str
    years: tuple[float, float]


CONFLICTS = (
    Conflict(1, "surgery", "剖宫产术", "O82.000", "M", (ADULT, 100)),
    Conflict(1, "surgery", "子宫切除术", "D25.900", "M", (ADULT, 100)),
    Conflict(1, "examination", "腹部彩色超声", "N40.x00", "F", (ADULT, 100)),
    Conflict(1, "laboratory", "血型鉴定", "P59.900", "FM", (ADULT, 100)),
    Conflict(2, "surgery", "剖宫产术", "", "M", (ADULT, 100)),
    Conflict(2, "surgery", "子宫切除术", "", "M", (ADULT, 100)),
    Conflict(2, "surgery", "剖宫产术", "", "F", (PAST_BIRTH, 100)),
    Conflict(3, "examination", "骨密度测定", "M81.000", "FM", (2, 30.5)),
    Conflict(3, "examination", "冠状动脉CTA", "I25.103", "FM", (2, 30.5)),
    Conflict(3, "examination", "颈动脉彩色超声", "I67.200x003", "FM", (2, 30.5)),
    Conflict(4, "examination", "骨密度测定", "M81.000", "FM", (36, 45)),
    Conflict(4, "examination", "冠状动脉CTA", "I25.103", "FM", (36, 45)),
    Conflict(4, "examination", "颈动脉彩色超声", "I67.200x003", "FM", (36, 45)),
)  # fmt: skip


@scheme(
    code="H16",
    title_en="conflict with sex or age",
    title_zh="性别年龄不符",
    stage="bill",
    subject="stay",
    share=0.0006,
    recipe={
        1: "a diagnosis and a service that the person's sex or age rules out",
        2: "a service that sex or age rules out, known by its name in the price list only",
        3: "an illness of the old and its examination in a child or young adult",
        4: "the same between 36 and 45 years, which is rare but possible",
    },
    traces=("stay_diagnoses.code", "fee_lines.item_code"),
)
def unfitting(city: City, dose: Dose) -> City:
    """Bill a service, mostly with the diagnosis for it, to a person whom it does not fit.

    The loss is the amount of that service.
    """
    chosen = city.whole(campaigns.choose_each(city.world, "H16", _candidates(city), dose))
    if chosen.is_empty():
        return city
    told = chosen.filter(pl.col("code") != "")
    city = city.with_codes(told.select("code", stay="key", present=pl.lit(value=True)))
    lines = billed.services(city, chosen.select("key", "item", "quantity", "day", "second"))
    lost = lines.group_by(key="stay").agg(amount=pl.col("price").sum())
    marked = chosen.join(lost, on="key").with_columns(planted=pl.lit(value=True))
    return city.with_lines(lines).with_plan(marked).guilty_stays("H16", marked)


def ages(city: City, rows: pl.DataFrame) -> Floats:
    """Years of age on admission."""
    born: Floats = city.world.people.age[rows["person"].to_numpy()]
    return born + rows["admit"].to_numpy() / DAYS_PER_YEAR


def _candidates(city: City) -> dict[int, pl.DataFrame]:
    """By difficulty: stays with one of the conflicts, drawn, if it is one for the person."""
    draw = city.world.draw
    columns = ["key", "seed", "person", "hospital", "group", "admit", "los"]
    rows = billed.candidates(city, pl.col("los") >= 1, columns=columns)
    age = ages(city, rows)
    female = city.world.people.female[rows["person"].to_numpy()]
    main = coding.true_principal(city.world, rows)
    fitting = {}
    for level in (1, 2, 3, 4):
        mine = [conflict for conflict in CONFLICTS if conflict.difficulty == level]
        drawn = draw.below(f"h16/which/{level}", len(mine), rows["key"])
        parts = []
        for place, one in enumerate(mine):
            sexed = (female & ("F" in one.sex)) | (~female & ("M" in one.sex))
            fits = (drawn == place) & sexed & (age >= one.years[0]) & (age < one.years[1])
            fits &= (main != one.code).to_numpy()
            parts.append(_dated(city, rows.filter(pl.Series(fits)), one))
        fitting[level] = pl.concat(parts)
    return fitting


def _dated(city: City, rows: pl.DataFrame, one: Conflict) -> pl.DataFrame:
    """Stays with the service and the day and hour at which it would be billed."""
    draw, key = city.world.draw, rows["key"].to_numpy()
    day = draw.below("h16/day", np.minimum(np.maximum(rows["los"].to_numpy(), 1), 3), key)
    return rows.with_columns(
        code=pl.lit(one.code),
        item=pl.lit(billed.item_named(city, one.category, one.item), pl.Int64),
        quantity=pl.lit(1, pl.Int32),
        day=pl.col("admit") + pl.Series(day),
        second=pl.Series(SERVED + draw.below("h16/second", PERIOD, key)),
    )
