"""H06 induced stay 诱导住院: people are fetched into bed by agents and gifts."""

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

GROUPS = ("IU2", "KS1", "FV2", "XR2", "FR4")
AGES = Ages(50.0, 88.0)
LEAST = 5  # persons of the smallest campaign
NIGHTS = (3, 12)
QUIET = 5  # days before and after without another stay
AGENT_STEP, AGENTS_FROM = 8, 500_000_000  # numbers of agents, apart from those of doctors


@dataclass(frozen=True)
class Shape:
    """A campaign of one difficulty.

    ``days`` from the first admission to the last, ``waived`` and ``named`` the shares from whom
    nothing is taken and whose agent is written down, ``shared`` the share from one address.
    """

    members: tuple[int, int]
    days: int
    waived: float
    named: float
    agents: int
    shared: float


SHAPES = {
    1: Shape((10, 40), 1, 1.0, 1.0, 1, 1.0),
    2: Shape((10, 30), 5, 1.0, 0.8, 1, 0.6),
    3: Shape((8, 24), 14, 0.6, 0.6, 2, 0.35),
    4: Shape((6, 14), 49, 0.0, 0.5, 3, 0.15),
}


@scheme(
    code="H06",
    title_en="induced stay",
    title_zh="诱导住院",
    stage="care",
    subject="stay",
    share=0.0008,
    recipe={
        1: "one address admitted within two days, one agent, nothing taken from anybody",
        2: "most of one address within a week, nothing taken, the agent mostly named",
        3: "a third of one address within two weeks, two agents, half pay nothing",
        4: "seven weeks, three agents, everybody pays on paper, hardly two of one address",
    },
    traces=("stays.self_pay_amount", "stays.referrer", "stays.admitted_at", "persons.address_hash"),
)
def induced_stay(city: City, dose: Dose) -> City:
    """Bring people of one village or care home to a house after a day of free check-ups.

    They lie in bed for common chronic complaints; the deductible is waived, or (difficulty 4)
    given back in cash, which no table shows. The loss is the stay's payment standard.
    """
    for level, subjects in gathering.parts(dose, LEAST):
        rings = _rings(city, level, subjects, dose.since)
        if not rings.is_empty():
            city = _planted(city, level, rings)
    return city


def _rings(city: City, level: int, subjects: int, since: int) -> pl.DataFrame:
    """Ring, day, size, local, address, district, hospital, group (of the first ward)."""
    world, shape, name = city.world, SHAPES[level], f"h06/{level}"
    ring = np.arange(max(1, subjects // LEAST)) + level * 1_000_000
    draw = world.draw
    size = draw.between(f"{name}/size", *shape.members, ring)
    room = world.clock.days - since - shape.days - NIGHTS[1] - QUIET
    day = since + draw.below(f"{name}/day", max(room, 1), ring)
    rows = newcomers.wards(world, name, ring, GROUPS, campaigns.crooked(world, "H06") > 0)
    rows = rows.with_columns(
        day=pl.Series(day),
        size=pl.Series(size),
        local=pl.Series(np.ceil(size * shape.shared).astype(np.int64)),
    ).filter(pl.lit(value=room > 0))
    rows = gathering.housed(city, name, rows, AGES, LEAST, shape.shared)
    return gathering.within(rows, subjects, LEAST)


def _planted(city: City, level: int, rings: pl.DataFrame) -> City:
    world, name, shape = city.world, f"h06/{level}", SHAPES[level]
    windows = rings.select(
        "ring",
        begin=pl.col("day") - QUIET,
        end=pl.col("day") + shape.days + NIGHTS[1] + QUIET,
    )
    members = gathering.called(city, name, rings, windows, AGES)
    members = gathering.balanced(members, shape.shared, LEAST)
    rows = members.join(rings, on="ring").sort("ring", "person")
    stays = newcomers.new_stays(city, name, _fetched(city, level, rows), RING_STAY)
    told = stays.with_columns(
        campaign=gathering.campaign(world, "H06", stays["ring"]),
        difficulty=pl.lit(level),
        amount=newcomers.loss(city, stays),
    )
    return newcomers.joined(city, stays).guilty_stays("H06", told)


def _fetched(city: City, level: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Day, complaint, length, agent and waiver of each person fetched."""
    draw, shape, name = city.world.draw, SHAPES[level], f"h06/{level}"
    keys = (rows["ring"], rows["person"])
    agent = draw.below(f"{name}/agent", shape.agents, *keys)
    number = AGENTS_FROM + rows["ring"].to_numpy() * AGENT_STEP + agent
    named = pl.Series(draw.chance(f"{name}/named", shape.named, *keys))
    hospital = rows["hospital"].to_numpy()
    complaint = newcomers.complaint(city.world, name, hospital, GROUPS, keys)
    return rows.with_columns(
        admit=pl.col("day") + pl.Series(draw.below(f"{name}/wait", shape.days + 1, *keys)),
        group=pl.Series(complaint),
        los=pl.Series(draw.between(f"{name}/nights", *NIGHTS, *keys)),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
        emergency=pl.lit(value=False),
        waived=pl.Series(draw.chance(f"{name}/waived", shape.waived, *keys)),
        referrer=pl.when(named).then(draw.identifiers("R", number)),
    )
