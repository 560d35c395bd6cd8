"""H09 frequent stays 频繁住院: one person is in and out of beds all year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, gathering, newcomers
from synthetic.gathering import Ages
from synthetic.grammar import Dose, scheme
from synthetic.keys import EXTRA_STAY

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

GROUPS = ("IU2", "KS1", "FV2", "XR2", "FR4")
AGES = Ages(50.0, 86.0)
YEAR = 365
LEAST = 5  # stays of the least frequent
NIGHTS = (4, 12)
OTHERS = 1e-3  # weight of hospitals outside the scheme, where it has too few
SAME_HOUSE_DAYS = 14  # least days between the starts of two stays


@dataclass(frozen=True)
class Shape:
    """Stays a year, and the number of hospitals they are spread over."""

    stays: tuple[int, int]
    houses: int


SHAPES = {1: Shape((9, 12), 1), 2: Shape((7, 9), 3), 3: Shape((6, 7), 4), 4: Shape((5, 5), 3)}


@scheme(
    code="H09",
    title_en="frequent stays",
    title_zh="频繁住院",
    stage="care",
    subject="stay",
    share=0.0006,
    recipe={
        1: "9 to 12 stays of a year in one hospital",
        2: "7 to 9 stays of a year, in turn in three hospitals",
        3: "6 or 7 stays of a year over four hospitals, none of which sees more than two",
        4: "5 stays of a year over three hospitals, never three within 90 days",
    },
    traces=("stays.person_id", "stays.admitted_at", "stays.hospital_id"),
)
def frequent_stays(city: City, dose: Dose) -> City:
    """Let a person who needs no bed come again and again for common complaints.

    Complaints change from stay to stay. The loss is the payment standard of every such stay.
    """
    for level, subjects in gathering.parts(dose, LEAST):
        people = _people(city, level, subjects, dose.since)
        if not people.is_empty():
            city = _planted(city, level, people)
    return city


def _people(city: City, level: int, subjects: int, since: int) -> pl.DataFrame:
    """Ring (one person each), person, number of stays, first day and days between starts."""
    world, shape, name = city.world, SHAPES[level], f"h09/{level}"
    draw, ring = world.draw, np.arange(max(1, subjects // shape.stays[0])) + level * 1_000_000
    number = draw.between(f"{name}/stays", *shape.stays, ring)
    span = min(YEAR, world.clock.days - since - 1)
    step = span // number
    day = since + draw.below(f"{name}/day", max(world.clock.days - since - span, 1), ring)
    home = world.houses.frame["district_key"].to_numpy()
    district = home[draw.below(f"{name}/home", len(home), ring)]
    rings = pl.DataFrame({
        "ring": ring, "number": number, "step": step, "day": day, "district": district,
    }).with_columns(
        size=pl.lit(1, pl.Int64), local=pl.lit(0, pl.Int64), address=pl.lit(None, pl.String)
    ).cast({"district": pl.Int64}).filter(pl.Series(step >= SAME_HOUSE_DAYS))  # fmt: skip
    windows = rings.select("ring", begin="day", end=pl.col("day") + span)
    return gathering.called(city, name, rings, windows, AGES).join(rings, on="ring").sort("ring")


def _planted(city: City, level: int, people: pl.DataFrame) -> City:
    name = f"h09/{level}"
    turns = people.with_columns(turn=pl.int_ranges(0, pl.col("number"))).explode("turn")
    rows = _turns(city, level, turns)
    stays = newcomers.new_stays(city, name, rows, EXTRA_STAY)
    told = stays.with_columns(
        campaign=gathering.campaign(city.world, "H09", stays["ring"]),
        difficulty=pl.lit(level),
        amount=newcomers.loss(city, stays),
    )
    return newcomers.joined(city, stays).guilty_stays("H09", told)


def _turns(city: City, level: int, turns: pl.DataFrame) -> pl.DataFrame:
    """Day, house, complaint and length of each stay of each person."""
    world, name, draw = city.world, f"h09/{level}", city.world.draw
    keys = (turns["ring"], turns["turn"])
    nights = np.minimum(draw.between(f"{name}/nights", *NIGHTS, *keys), turns["step"] - 4)
    slack = np.maximum((turns["step"].to_numpy() - nights) // 3, 1)
    late = draw.below(f"{name}/late", slack, *keys)
    hospital = _houses(city, level, turns)
    return turns.with_columns(
        admit=pl.col("day") + pl.col("turn") * pl.col("step") + pl.Series(late),
        los=pl.Series(nights),
        hospital=pl.Series(hospital),
        group=pl.Series(newcomers.complaint(world, name, hospital, GROUPS, keys)),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
        emergency=pl.lit(value=False),
    )


def _houses(city: City, level: int, turns: pl.DataFrame) -> Whole:
    """Each person's hospitals, one after the other: those in the scheme first."""
    world = city.world
    places = [world.reference.group(adrg) for adrg in GROUPS]
    volume = world.houses.volume[:, places].sum(axis=1)
    weight = np.sqrt(volume) * (campaigns.crooked(world, "H09") + OTHERS)
    ring, house = turns["ring"].to_numpy()[:, None], np.arange(len(weight))[None, :]
    luck = world.draw.uniform(f"h09/{level}/house", *np.broadcast_arrays(ring, house))
    rank = np.where(weight > 0, luck ** (1 / np.maximum(weight, 1e-9)), -1.0)
    order = np.argsort(-rank, axis=1, kind="stable")
    turn = turns["turn"].to_numpy() % SHAPES[level].houses
    chosen: Whole = order[np.arange(len(order)), turn].astype(np.int64)
    return chosen
