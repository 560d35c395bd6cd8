"""Where people go when they are not sick enough for a bed: mostly to a small house near home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.persons import OUTSIDE

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

APPEAL = {"1": 6.0, "0": 1.5, "2": 2.5, "3": 1.5}  # of one house, by level: clinics are near
FAR = 0.004  # appeal of a house in another district over that of one's own
GENERAL = ("general", "tcm")
HABIT = 0.85  # visits to the house that a person always goes to


def _appeal(world: World) -> Floats:
    """Districts (and those from outside) x hospitals."""
    houses = world.houses.frame
    level = np.array([APPEAL[name] for name in houses["level"]])
    level = np.where(houses["kind"].is_in(GENERAL).to_numpy(), level, 0.0)
    own = np.arange(OUTSIDE + 1)[:, None] == houses["district_key"].to_numpy()[None, :]
    appeal: Floats = level[None, :] * np.where(own, 1.0, FAR)
    return appeal


def _picked(world: World, purpose: str, district: Whole, key: Whole) -> Whole:
    appeal, chosen = _appeal(world), np.zeros(len(key), dtype=np.int64)
    for number in np.unique(district).tolist():
        mine = district == number
        chosen[mine] = world.draw.pick(purpose, appeal[number], key[mine])
    return chosen


def usual(world: World, person: Whole, key: Whole) -> Whole:
    """The hospital of each visit: the person's own house near home, now and then another."""
    district = world.people.district[person]
    always = _picked(world, "nearby/house", district, person)
    other = _picked(world, "nearby/other", district, key)
    chosen: Whole = np.where(world.draw.chance("nearby/habit", HABIT, key), always, other)
    return chosen


def own_district(world: World, rows: pl.DataFrame) -> pl.Series:
    """Whether the hospital of each row (person, hospital) lies in the person's district."""
    home = world.people.district[rows["person"].to_numpy()]
    there = world.houses.frame["district_key"].to_numpy()[rows["hospital"].to_numpy()]
    return pl.Series(home == there)
