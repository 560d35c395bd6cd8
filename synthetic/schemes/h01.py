"""H01 split stay 分解住院: one episode settled as two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, effort, expected
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme
from synthetic.keys import SECOND_PART
from synthetic.state import City, standard_of

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

# Days between the two parts, by difficulty. The published core zone ends at 7 days and the
# outer one at 15 (dossier H01), so the most cunning wait 16 days or more.
GAP = {1: (0, 1), 2: (2, 7), 3: (8, 14), 4: (16, 20)}
NIGHTS = (8, 40)  # whole stays long enough to be worth cutting
COST_AT_CUT = (0.88, 1.02)  # of the payment standard, reached by the first part (dossier 5.5)
EXPENSIVE = 1.02  # whole stays that would cost more than their standard invite the cut
QUIET_AFTER = 30  # days without another stay of the person, so that the parts stay neighbours
STRUCTURES = ("medical", "surgical", "rehab")
LEAST_PART = 3  # nights of each part
PLANNED_SHARE = 0.5  # of the cunning ones, first parts that announce a planned return
RETURN = 2_700  # seconds from leaving to coming back on the same day
OTHER_CHAPTER = ("FV2", "KS1", "IU2", "FR4", "ES3", "LR1")
SAME_CHAPTER = {"F": "FR2", "E": "ES3", "I": "IU2", "B": "BR2", "L": "LR1", "K": "KS1"}


@scheme(
    code="H01",
    title_en="split stay",
    title_zh="分解住院",
    stage="care",
    subject="stay",
    share=0.005,
    recipe={
        1: "returns within a day, same ward, same diagnosis group",
        2: "returns after 2 to 7 days, same diagnosis group",
        3: "returns after 8 to 14 days, main diagnosis moved inside its chapter",
        4: "returns after 16 to 20 days, main diagnosis moved to another chapter, often planned",
    },
    traces=("stays.admitted_at", "stays.settled_on", "stays.drg", "fee_lines.stay_id"),
)
def split_stay(city: City, dose: Dose) -> City:
    """Cut one dear stay in two where its cost meets the payment standard.

    The lines of the whole are shared out by day; the second part starts anew with its own
    admission tests, deductible and payment. The loss is the second payment.
    """
    fitting = dict.fromkeys(dose.difficulties, _candidates(city))
    chosen = campaigns.choose_each(city.world, "H01", fitting, dose)
    if chosen.is_empty():
        return city
    first, second = _parts(city, chosen)
    rest = city.plan.join(chosen.select("key"), on="key", how="anti")
    columns = city.plan.columns
    whole = pl.concat([rest, first.select(columns), second.select(columns)])
    split = replace(city, plan=whole.sort("chain", "admit", "key"))
    return split.with_truth(_truth(city, second))


def _expected(city: City, plan: pl.DataFrame) -> Floats:
    """Rough cost of a whole stay over its payment standard: its spending over its group's."""
    world = city.world
    group = plan["group"].to_numpy()
    mean = expected.planned(world)[group]
    ratio: Floats = plan["spend"].to_numpy() / np.maximum(mean * _level(world, plan), 1.0)
    return ratio


def _level(world: World, plan: pl.DataFrame) -> Floats:
    levels = world.level(plan["hospital"].to_numpy())
    return np.array([effort.LEVEL_COST[name] for name in levels])


def _candidates(city: City) -> pl.DataFrame:
    """Long dear stays of persons who have no other stay near."""
    world, plan = city.world, city.plan.sort("person", "admit")
    drg_paid = world.houses.frame["drg_paid"].to_numpy()[plan["hospital"].to_numpy()]
    structure = world.group_values("structure")[plan["group"].to_numpy()]
    end = pl.col("admit") + pl.col("los")
    same_next = pl.col("person") == pl.col("person").shift(-1)
    same_before = pl.col("person") == pl.col("person").shift(1)
    alone = ~(same_next & (pl.col("admit").shift(-1) < end + QUIET_AFTER)).fill_null(value=False)
    alone &= ~(same_before & (end.shift(1) + QUIET_AFTER > pl.col("admit"))).fill_null(value=False)
    fit = alone & pl.col("los").is_between(*NIGHTS) & ~pl.col("planted") & (pl.col("link") == -1)
    fit &= end + max(GAP[4]) + 2 < world.clock.days
    worth = pl.Series(
        np.isin(structure, STRUCTURES) & drg_paid & (_expected(city, plan) > EXPENSIVE)
    )
    return plan.filter(fit & worth).with_columns(day=pl.col("admit"))


def _cut_day(city: City, chosen: pl.DataFrame) -> Whole:
    """Nights of the first part: where the cost so far meets the standard."""
    low, high = COST_AT_CUT
    aim = low + (high - low) * city.world.draw.uniform("h01/aim", chosen["key"])
    nights = chosen["los"].to_numpy()
    cut = np.rint(nights * aim / np.maximum(_expected(city, chosen), 1.0))
    return np.clip(cut, LEAST_PART, nights - LEAST_PART).astype(np.int64)


def _parts(city: City, chosen: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    draw, key = city.world.draw, chosen["key"].to_numpy()
    level = chosen["difficulty"].to_numpy()
    cut = _cut_day(city, chosen)
    low, high = (np.array([GAP[d][side] for d in level.tolist()]) for side in (0, 1))
    gap = draw.between("h01/gap", low, high, key)
    announced = (level == max(GAP)) & draw.chance("h01/planned", PLANNED_SHARE, key)
    moved_ward = draw.chance("h01/ward", np.where(level == 1, 0.0, 0.4), key)
    first = chosen.with_columns(
        los=pl.Series(cut),
        part=pl.lit(1, pl.Int64),
        planted=pl.lit(value=True),
        planned=pl.Series(announced),
    )
    second = chosen.with_columns(
        key=pl.col("key") + SECOND_PART,
        part=pl.lit(2, pl.Int64),
        admit=pl.col("admit") + pl.Series(cut + gap),
        los=pl.col("los") - pl.Series(cut),
        first_day=pl.Series(cut),
        emergency=pl.lit(value=False),
        moved_in=pl.lit(value=False),
        planted=pl.lit(value=True),
        admit_second=pl.when(pl.Series(gap) == 0)
        .then(pl.col("leave_second") + RETURN)
        .otherwise(pl.Series(28_800 + draw.below("h01/hour", 14_400, key))),
        ward=pl.when(pl.Series(moved_ward)).then(3 - pl.col("ward")).otherwise("ward"),
        coded_group=pl.Series(_recoded(city, chosen)),
    )
    return first, second


def _recoded(city: City, chosen: pl.DataFrame) -> Whole:
    """The group the second part is coded to: moved at difficulty 3 and 4."""
    reference, level = city.world.reference, chosen["difficulty"].to_numpy()
    adrg = reference.groups["adrg"].gather(chosen["group"].cast(pl.UInt32)).to_list()
    near = [reference.group(SAME_CHAPTER.get(name[0], name)) for name in adrg]
    pick = city.world.draw.below("h01/chapter", len(OTHER_CHAPTER), chosen["key"]).tolist()
    far = [
        reference.group(next(o for o in (*OTHER_CHAPTER[p:], *OTHER_CHAPTER) if o[0] != name[0]))
        for p, name in zip(pick, adrg, strict=True)
    ]
    group = chosen["group"].to_numpy()
    return by_case([level == d for d in (3, 4)], [near, far], group).astype(np.int64)


def _truth(city: City, second: pl.DataFrame) -> pl.DataFrame:
    """The second settlement is the false one; its payment is the loss."""
    return second.select(
        "difficulty", "hospital",
        subject_type=pl.lit("stay"),
        subject_id=city.stay_ids(second["key"]),
        scheme=pl.lit("H01"),
        campaign_id="campaign",
        amount=pl.Series((standard_of(city, second) * 100).astype(np.int64)),
        innocent=pl.lit(value=False),
        started=pl.col("admit"),
        ended=pl.col("admit") + pl.col("los"),
    )  # fmt: skip
