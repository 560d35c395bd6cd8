"""H18 identical records 住院雷同: one bill serves for patients with different illnesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, gathering, newcomers
from synthetic.clock import SECONDS_PER_DAY
from synthetic.gathering import Ages
from synthetic.grammar import Dose, scheme
from synthetic.keys import SPARE_STAY

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City
    from synthetic.world import World

# Wards in which different illnesses lie: their groups, and the ages of those who lie there.
WARDS = {"heart": ("FR4", "FR3", "FV2", "FR2"), "lung": ("ES3", "ET2")}
AGES = Ages(55.0, 88.0)
LEAST = 4
NIGHTS = (5, 9)
SMALLEST_OF_FIRST = 8  # stays of the smallest batch of difficulty 1
QUIET = 3
MONTH = 30  # days of the published rule, which counts five stays and more


@dataclass(frozen=True)
class Shape:
    """Stays of one batch, days in which they begin, and lines by which each differs."""

    stays: tuple[int, int]
    days: int
    different: int


SHAPES = {
    1: Shape((8, 14), 7, 0),
    2: Shape((5, 9), 28, 0),
    3: Shape((5, 7), 28, 1),
    4: Shape((4, 4), 28, 2),
}


@scheme(
    code="H18",
    title_en="identical records",
    title_zh="住院雷同",
    stage="care",
    subject="stay",
    share=0.0008,
    recipe={
        1: "eight stays or more of one physician in a week with the same lines",
        2: "five stays or more in four weeks with the same lines",
        3: "five stays or more in four weeks, one line of each is different",
        4: "four stays in four weeks, two lines of each are different",
    },
    traces=("fee_lines.item_code", "fee_lines.quantity", "stays.principal_diagnosis"),
)
def identical_records(city: City, dose: Dose) -> City:
    """Write one bill for several persons of a ward, whatever they are said to suffer from.

    Stays of a batch begin on days with the same weekends ahead, so that the orders of each
    day agree. The loss is the payment standard of every stay of the batch.
    """
    for level, subjects in gathering.parts(dose, SMALLEST_OF_FIRST):
        batches = _batches(city, level, subjects, dose.since)
        if not batches.is_empty():
            city = _planted(city, level, batches)
    return city


def _batches(city: City, level: int, subjects: int, since: int) -> pl.DataFrame:
    """Ring, hospital, group, district, day, nights, size."""
    world, shape, name = city.world, SHAPES[level], f"h18/{level}"
    draw, ring = world.draw, np.arange(max(1, subjects // LEAST)) + level * 1_000_000
    size = draw.between(f"{name}/size", *shape.stays, ring)
    room = world.clock.days - since - MONTH - NIGHTS[1] - QUIET
    lean = campaigns.crooked(world, "H18") > 0
    firsts = tuple(groups[0] for groups in WARDS.values())
    rows = newcomers.wards(world, name, ring, firsts, lean)
    home = world.houses.frame["district_key"].to_numpy()[rows["hospital"].to_numpy()]
    rows = rows.with_columns(
        size=pl.Series(size),
        local=pl.lit(0, pl.Int64),
        address=pl.lit(None, pl.String),
        district=pl.Series(home).cast(pl.Int64),
        day=since + pl.Series(draw.below(f"{name}/day", max(room, 1), ring)),
        los=pl.Series(draw.between(f"{name}/nights", *NIGHTS, ring)),
    )
    fitting = rows.filter(pl.lit(value=room > 0))
    return gathering.within(fitting, subjects, shape.stays[0])


def _planted(city: City, level: int, batches: pl.DataFrame) -> City:
    name = f"h18/{level}"
    days = batches.select(
        "ring", begin=pl.col("day") - QUIET, end=pl.col("day") + MONTH + 2 * QUIET
    )
    members = gathering.called(city, name, batches, days, AGES)
    rows = members.join(batches, on="ring").sort("ring", "person")
    rows = rows.with_columns(turn=pl.int_range(pl.len()).over("ring"))
    stays = newcomers.new_stays(city, name, _written(city, level, rows), SPARE_STAY)
    same = [pl.col(n).first().over("ring") for n in ("source", "span", "spend", "ward")]
    stays = stays.with_columns(same).filter(pl.len().over("ring") >= LEAST)
    told = stays.with_columns(
        campaign=gathering.campaign(city.world, "H18", stays["ring"]),
        difficulty=pl.lit(level),
        amount=newcomers.loss(city, stays),
    )
    city = newcomers.joined(city, stays).guilty_stays("H18", told)
    return city.with_lines(_different(city, level, stays))


def _written(city: City, level: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Day and illness of each stay; physician and severity are those of the batch."""
    world, name = city.world, f"h18/{level}"
    group, main = _illness(world, rows)
    return rows.with_columns(
        admit=pl.Series(_days_alike(world, level, rows)),
        coded_group=pl.Series(group),
        main=main,
        physician=newcomers.attending(world, name, rows),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
        emergency=pl.lit(value=False),
    )


def _illness(world: World, rows: pl.DataFrame) -> tuple[Whole, pl.Series]:
    """Coded group and main diagnosis: one after the other of what the ward treats."""
    listed = world.reference.groups["diagnoses"]
    offered = {
        world.reference.group(groups[0]): [
            (world.reference.group(adrg), code)
            for adrg in groups
            for code in listed[world.reference.group(adrg)].split()
        ]
        for groups in WARDS.values()
    }
    pairs = zip(
        rows["group"].to_list(), rows["ring"].to_list(), rows["turn"].to_list(), strict=True
    )
    told = [offered[ward][(ring + 3 * turn) % len(offered[ward])] for ward, ring, turn in pairs]
    return np.array([g for g, _ in told], dtype=np.int64), pl.Series(
        [c for _, c in told], dtype=pl.String
    )


def _days_alike(world: World, level: int, rows: pl.DataFrame) -> Whole:
    """A day for each stay from which on free days fall as they do for the batch's first."""
    free = world.clock.free()
    luck = world.draw.uniform(f"h18/{level}/which", rows["ring"], rows["person"])
    out = []
    for day, nights, u in zip(rows["day"], rows["los"], luck.tolist(), strict=True):
        ahead = [
            at
            for at in range(day, min(day + SHAPES[level].days, len(free) - nights))
            if (free[at : at + nights] == free[day : day + nights]).all()
        ]
        out.append(ahead[int(u * len(ahead))] if ahead else day)
    return np.array(out, dtype=np.int64)


def _different(city: City, level: int, stays: pl.DataFrame) -> pl.DataFrame:
    """One or two drugs that only this stay has, so that no two bills are quite equal."""
    world, draw = city.world, city.world.draw
    each = stays.with_columns(place=pl.int_ranges(0, SHAPES[level].different)).explode("place")
    each = each.drop_nulls("place")
    keys = (each["key"], each["place"])
    items, first = world.services, world.services.first["drug"]
    item = first + draw.below("h18/item", items.count["drug"], *keys)
    day = each["admit"].to_numpy() + 1 + draw.below("h18/on", each["los"].to_numpy() - 1, *keys)
    served = day * SECONDS_PER_DAY + 30_000 + draw.below("h18/second", 25_000, *keys)
    yuan = np.where(day >= items.rise, items.later_price[item], items.price[item])
    return each.select(
        "physician",
        stay="key",
        served=pl.Series(served),
        posted=pl.Series(served + draw.below("h18/minutes", 3_000, *keys)),
        quantity=pl.Series(draw.between("h18/quantity", 1, 3, *keys)),
        category=pl.lit("drug"),
        item_code=items.codes.gather(pl.Series(item).cast(pl.UInt32)),
        price=pl.Series(np.rint(yuan * 100).astype(np.int64)),
        covered=pl.lit(value=True),
    )
