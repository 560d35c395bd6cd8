"""H02 hanging bed 挂床住院: a bed is billed while nobody is treated in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns
from synthetic.grammar import Dose, scheme
from synthetic.lines import PAID_ONCE_A_DAY

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

NIGHTS = (7, 45)
STRUCTURES = ("medical", "rehab")
PUBLISHED_IDLE_DAYS = 3  # consecutive days without treatment that a published rule looks for
PUBLISHED_LEAVE_SHARE = 0.25  # leave days over length of stay that a published rule allows
# By difficulty: shortest and longest run of days without treatment, and how often the person
# is seen elsewhere meanwhile.
RUN = {1: (5, 10), 2: (3, 5), 3: (2, 2), 4: (2, 2)}
SEEN = {1: 1.0, 2: 0.7, 3: 0.55, 4: 0.0}
TWICE = 3  # from this difficulty on there are two short runs
HIDDEN = 4  # and from this one on they carry a cheap item


@scheme(
    code="H02",
    title_en="hanging bed",
    title_zh="挂床住院",
    stage="care",
    subject="stay",
    share=0.002,
    recipe={
        1: "5 to 10 days in a row without treatment, a clinic visit elsewhere on one of them",
        2: "3 to 5 days in a row without treatment, often drugs fetched elsewhere meanwhile",
        3: "twice 2 days without treatment, so that no run reaches 3 days",
        4: "such days carry one cheap item each and stay below a quarter of the stay",
    },
    traces=("fee_lines.charged_at", "outpatient_visits.visited_at"),
)
def hanging_bed(city: City, dose: Dose) -> City:
    """Leave out treatment on some days and keep bed, nursing and consultation.

    The person is at home or works, and shows at a clinic or pharmacy. The loss is what
    was billed for the empty bed.
    """
    fitting = dict.fromkeys(dose.difficulties, _candidates(city))
    chosen = campaigns.choose_each(city.world, "H02", fitting, dose)
    if chosen.is_empty():
        return city
    marked = chosen.with_columns(**_idle_days(city, chosen), planted=pl.lit(value=True))
    rest = city.plan.join(chosen.select("key"), on="key", how="anti")
    whole = pl.concat([rest, marked.select(city.plan.columns)]).sort("chain", "admit", "key")
    city = replace(city, plan=whole)
    return city.with_visits(_visits(city, marked)).with_truth(_truth(city, marked))


def _candidates(city: City) -> pl.DataFrame:
    structure = city.world.group_values("structure")[city.plan["group"].to_numpy()]
    fit = pl.col("los").is_between(*NIGHTS) & ~pl.col("planted") & (pl.col("severity") != 1)
    calm = pl.Series(np.isin(structure, STRUCTURES))
    return city.plan.filter(fit & calm).with_columns(day=pl.col("admit"))


def _idle_days(city: City, chosen: pl.DataFrame) -> dict[str, pl.Series]:
    """Two ranges of source days without treatment; the second may be empty."""
    draw, key = city.world.draw, chosen["key"].to_numpy()
    nights, level = chosen["los"].to_numpy(), chosen["difficulty"].to_numpy()
    longest = np.array([RUN[d][1] for d in level.tolist()])
    shortest = np.array([RUN[d][0] for d in level.tolist()])
    run = np.minimum(draw.between("h02/run", shortest, longest, key), nights - 2)
    quarter = np.clip(nights * PUBLISHED_LEAVE_SHARE // 2, 1, 2).astype(np.int64)
    run = np.where(level == HIDDEN, quarter, run)
    first = 1 + draw.below("h02/from", np.maximum(nights - run - 2, 1), key)
    twice = level >= TWICE
    first = np.where(twice, 1 + first % np.maximum(nights // 2 - run, 1), first)
    again = np.where(twice, np.maximum(first + run + 2, nights - run - 1), -1)
    fits = again + run - 1 < nights
    return {
        "idle_a": pl.Series(first),
        "idle_b": pl.Series(first + run - 1),
        "idle_c": pl.Series(np.where(twice & fits, again, -1)),
        "idle_d": pl.Series(np.where(twice & fits, again + run - 1, -1)),
        "token": pl.Series(level == HIDDEN),
    }


def idle_length(marked: pl.DataFrame) -> Whole:
    """Days without treatment of each marked stay."""
    second = (
        pl.when(pl.col("idle_c") >= 0).then(pl.col("idle_d") - pl.col("idle_c") + 1).otherwise(0)
    )
    length = marked.select(pl.col("idle_b") - pl.col("idle_a") + 1 + second).to_series()
    return length.to_numpy().astype(np.int64)


def _visits(city: City, marked: pl.DataFrame) -> pl.DataFrame:
    """Where the person was seen meanwhile; the most cunning are seen nowhere."""
    draw, key = city.world.draw, marked["key"].to_numpy()
    level = marked["difficulty"].to_numpy()
    share = np.array([SEEN[d] for d in level.tolist()])
    seen = pl.Series(draw.chance("h02/seen", share, key))
    elsewhere = draw.below("h02/elsewhere", len(city.world.houses.frame), key)
    clinic = draw.chance("h02/clinic", np.where(level == 1, 0.8, 0.4), key)
    return marked.with_columns(
        hospital=pl.Series(elsewhere),
        day=pl.col("admit") + pl.col("idle_a") + pl.Series(level % 2),
        kind=pl.Series(np.where(clinic, "clinic", "pharmacy")),
    ).filter(seen)


def _truth(city: City, marked: pl.DataFrame) -> pl.DataFrame:
    level = city.world.level(marked["hospital"].to_numpy())
    daily = np.array([sum(PAID_ONCE_A_DAY[name]) for name in level])
    return marked.select(
        "difficulty", "hospital",
        subject_type=pl.lit("stay"),
        subject_id=city.stay_ids(marked["key"]),
        scheme=pl.lit("H02"),
        campaign_id="campaign",
        amount=pl.Series((daily * idle_length(marked) * 100).astype(np.int64)),
        innocent=pl.lit(value=False),
        started=pl.col("admit") + pl.col("idle_a"),
        ended=pl.col("admit") + pl.max_horizontal("idle_b", "idle_d"),
    )  # fmt: skip
