"""H07 clustered stays 聚集性住院: the same people lie in the same ward, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, gathering, newcomers
from synthetic.gathering import Ages
from synthetic.grammar import Dose, scheme
from synthetic.keys import RING_STAY

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("KS1", "IU2", "FV2", "XR2", "FR4")
AGES = Ages(45.0, 86.0)
LEAST = 4  # members of the smallest ring, and of the smallest community of a published rule
NIGHTS = (5, 14)
BETWEEN = (38, 75)  # days from one wave to the next
QUIET = 5  # days before and after a wave without another stay of a member


@dataclass(frozen=True)
class Shape:
    """A ring of one difficulty.

    ``shared`` is the share of members from one address, ``apart`` the days over which a wave
    is spread, ``spread`` the noise of the bills (None: each has its own), ``absent`` the share
    that misses a wave.
    """

    members: tuple[int, int]
    waves: tuple[int, int]
    shared: float
    apart: int
    spread: float | None
    absent: float


SHAPES = {
    1: Shape((8, 40), (3, 4), 1.0, 0, 0.0, 0.0),
    2: Shape((8, 24), (3, 3), 0.75, 1, 0.003, 0.0),
    3: Shape((6, 14), (2, 3), 0.55, 1, 0.02, 0.12),
    4: Shape((4, 6), (2, 2), 0.25, 3, None, 0.0),
}


@scheme(
    code="H07",
    title_en="clustered stays",
    title_zh="聚集性住院",
    stage="care",
    subject="stay",
    share=0.0008,
    recipe={
        1: "all of one address, same ward and day, 3 or 4 times, with one copied bill",
        2: "three quarters of one address, within a day, 3 times, nearly equal bills",
        3: "half of one address, within a day, 2 or 3 times, similar bills, some stay away",
        4: "4 to 6 persons twice, over 3 days and two wards, bills of their own, few neighbours",
    },
    traces=("stays.ward", "stays.admitted_at", "fee_lines.amount", "persons.address_hash"),
)
def clustered_stays(city: City, dose: Dose) -> City:
    """Gather people who need no bed, admit them together, send them home together, repeat.

    The loss is the payment standard of every stay of the ring.
    """
    for level, subjects in gathering.parts(dose, LEAST * SHAPES[4].waves[0]):
        rings = _rings(city, level, subjects, dose.since)
        if not rings.is_empty():
            city = _planted(city, level, rings)
    return city


def _rings(city: City, level: int, subjects: int, since: int) -> pl.DataFrame:
    """Ring, day, waves, gap, size, local, address, district, hospital, group, nights."""
    world, shape, name = city.world, SHAPES[level], f"h07/{level}"
    ring = np.arange(max(1, subjects // (LEAST * shape.waves[0]))) + level * 1_000_000
    draw = world.draw
    waves = draw.between(f"{name}/waves", *shape.waves, ring)
    most = max(LEAST, subjects // shape.waves[0])
    size = np.minimum(draw.between(f"{name}/size", *shape.members, ring), most)
    gap = np.minimum(
        draw.between(f"{name}/gap", *BETWEEN, ring),
        (world.clock.days - since - NIGHTS[1]) // (waves + 1),
    )
    room = world.clock.days - since - gap * (waves - 1) - NIGHTS[1] - shape.apart - 1
    day = since + draw.below(f"{name}/day", np.maximum(room, 1), ring)
    rows = newcomers.wards(world, name, ring, GROUPS, campaigns.crooked(world, "H07") > 0)
    rows = rows.with_columns(
        day=pl.Series(day), waves=pl.Series(waves), gap=pl.Series(gap), size=pl.Series(size),
        local=pl.Series(np.ceil(size * shape.shared).astype(np.int64)),
        nights=pl.Series(draw.between(f"{name}/nights", *NIGHTS, ring)),
    )  # fmt: skip
    enough = (room > 0) & (gap > NIGHTS[1] + shape.apart + 1)
    fitting = rows.filter(pl.Series(enough))
    fitting = gathering.housed(city, name, fitting, AGES, LEAST, shape.shared)
    return gathering.within(fitting, subjects, LEAST)


def _planted(city: City, level: int, rings: pl.DataFrame) -> City:
    name = f"h07/{level}"
    waves = rings.with_columns(wave=pl.int_ranges(0, pl.col("waves"))).explode("wave")
    waves = waves.with_columns(begin=pl.col("day") + pl.col("wave") * pl.col("gap"))
    windows = waves.select(
        "ring", begin=pl.col("begin") - QUIET, end=pl.col("begin") + NIGHTS[1] + 2 * QUIET
    )
    members = gathering.called(city, name, rings, windows, AGES)
    members = gathering.balanced(members, SHAPES[level].shared, LEAST)
    rows = members.join(waves, on="ring").sort("ring", "wave", "person")
    stays = newcomers.new_stays(city, name, _together(city, level, rows), RING_STAY)
    stays = _alike(city, level, stays)
    told = stays.with_columns(
        campaign=gathering.campaign(city.world, "H07", stays["ring"]),
        difficulty=pl.lit(level),
        amount=newcomers.loss(city, stays),
    )
    return newcomers.joined(city, stays).guilty_stays("H07", told)


def _together(city: City, level: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Days, ward and physician of each member in each wave."""
    draw, shape, name = city.world.draw, SHAPES[level], f"h07/{level}"
    keys = (rows["ring"], rows["person"], rows["wave"])
    late = draw.below(f"{name}/late", shape.apart + 1, *keys)
    longer = draw.below(f"{name}/longer", min(shape.apart, 1) + 1, *keys)
    ward = draw.below(f"{name}/ward_of", 2, rows["ring"], rows["person"] * (shape.spread is None))
    there = ~draw.chance(f"{name}/absent", shape.absent, *keys)
    # Two physicians of the ward share a ring; the stays of one would be as many as nobody else has.
    doctors = rows.with_columns(ring=pl.col("ring") * 2 + pl.col("person") % 2)
    return rows.with_columns(
        admit=pl.col("begin") + pl.Series(late),
        los=pl.col("nights") + pl.Series(longer),
        ward=pl.Series(1 + ward),
        physician=newcomers.attending(city.world, name, doctors),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
        emergency=pl.lit(value=False),
    ).filter(pl.Series(there))


def _alike(city: City, level: int, stays: pl.DataFrame) -> pl.DataFrame:
    """One bill for the whole ring, with the noise of the difficulty."""
    noise = SHAPES[level].spread
    if noise is None:
        return stays
    draw = city.world.draw
    first = [pl.col(n).first().over("ring") for n in ("source", "span", "spend")]
    same = stays.with_columns(first)
    factor = draw.spread(f"h07/{level}/noise", noise, stays["key"])
    return same.with_columns(spend=pl.col("spend") * pl.Series(factor))
