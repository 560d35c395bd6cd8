"""People of one ward who all get its package of tests, for good or bad reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import gathering
from synthetic.gathering import Ages
from synthetic.keys import RING_STAY

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.state import City
    from synthetic.world import World

LEAST = 6  # a stay and the five others of its ward that a published rule asks for (dossier H04)
MEMBERS = (6, 11)
NIGHTS = (3, 6)
DAYS_OF_YEAR = 365
QUIET = 5  # days before and after without another stay of the person
LATE = 80  # days from the first admission to the end of the last stay, at most
RING_STEP = 1_000_000
BESIDE = 20  # other stays of such groups in a year, among which a ward's can hide
HOUSES = 3  # the largest of those that lean, where none has so many
GROWN = Ages(42.0, 82.0)


@dataclass(frozen=True)
class Ward:
    """What happens in such wards.

    ``structure`` holds the package, ``groups`` what people are admitted for, ``days`` the days
    over which they come, to ``wards`` wards of a department.
    """

    name: str
    structure: str
    groups: tuple[str, ...]
    days: int
    wards: int = 1
    ages: Ages = GROWN


def stays(city: City, ward: Ward, subjects: int, lean: Flags, since: int = 0) -> pl.DataFrame:
    """About so many stays in some wards, those of hospitals that ``lean``; with ``ring``."""
    return _admitted(city, ward, _rings(city, ward, subjects, lean, since))


def _rings(city: City, ward: Ward, subjects: int, lean: Flags, since: int) -> pl.DataFrame:
    """Ring, hospital, group, district, size and first day of each ward."""
    world = city.world
    many = max(1, round(subjects / (sum(MEMBERS) / 2)))
    ring = np.arange(many) + RING_STEP
    rows = gathering.wards(world, ward.name, ring, ward.groups, _hiding(city, ward, lean))
    size = np.clip(np.full(many, -(-subjects // many)), *MEMBERS)
    room = world.clock.days - since - LATE
    day = since + world.draw.below(f"{ward.name}/day", max(room, 1), ring)
    home = world.houses.frame["district_key"].to_numpy()[rows["hospital"].to_numpy()]
    return rows.with_columns(
        size=pl.Series(size),
        local=pl.lit(0, pl.Int64),
        address=pl.lit(None, pl.String),
        district=pl.Series(home),
        day=pl.Series(day),
    ).filter(pl.lit(value=room > 0))


def _hiding(city: City, ward: Ward, lean: Flags) -> Flags:
    """Those of the hospitals that lean which admit many others for what the ward admits for.

    A house of a dozen stays a year has no ward to fill, and its payment alone would name it.
    """
    places = [city.world.reference.group(adrg) for adrg in ward.groups]
    own = city.plan.filter(pl.col("group").is_in(places))["hospital"].to_numpy()
    known = np.where(lean, np.bincount(own, minlength=len(lean)), -1)
    enough = known >= BESIDE * city.world.clock.days / DAYS_OF_YEAR
    largest = known >= np.sort(known)[-HOUSES:].min()
    flags: Flags = lean & (enough if enough.any() else largest)
    return flags


def _illnesses(world: World, ward: Ward, rows: pl.DataFrame) -> Whole:
    """What each person is admitted for: any of the groups that the ward's department treats."""
    hospital, own = rows["hospital"].to_numpy(), rows["group"].to_numpy()
    department = world.group_values("department")
    places = np.array([world.reference.group(adrg) for adrg in ward.groups])
    near = department[places][None, :] == department[own][:, None]
    near &= world.houses.volume[hospital][:, places] > 0
    luck = world.draw.uniform(f"{ward.name}/illness", rows["ring"], rows["person"])
    turn = np.floor(luck * near.sum(axis=1)).astype(np.int64)
    found: Whole = places[(np.cumsum(near, axis=1) > turn[:, None]).argmax(axis=1)]
    return np.where(near.any(axis=1), found, own).astype(np.int64)


def _admitted(city: City, ward: Ward, rings: pl.DataFrame) -> pl.DataFrame:
    """The stays of each ward, spread evenly over its days."""
    name, draw = ward.name, city.world.draw
    windows = rings.select("ring", begin=pl.col("day") - QUIET, end=pl.col("day") + LATE + QUIET)
    members = gathering.called(city, name, rings, windows, ward.ages)
    members = members.filter(pl.len().over("ring") >= LEAST)
    rows = members.join(rings, on="ring").sort("ring", "person")
    keys = (rows["ring"], rows["person"])
    luck = pl.Series(draw.uniform(f"{name}/within", *keys))
    turn = pl.int_range(pl.len()).over("ring")
    late = ((turn + luck) * ward.days / pl.len().over("ring")).floor().cast(pl.Int64)
    doctors = rows.with_columns(ring=pl.col("ring") * 2 + turn % 2)  # two of the ward share it
    rows = rows.with_columns(
        group=pl.Series(_illnesses(city.world, ward, rows)),
        admit=pl.col("day") + late,
        los=pl.Series(draw.between(f"{name}/nights", *NIGHTS, *keys)),
        ward=1 + (pl.col("ring") + turn % ward.wards) % 2,
        physician=gathering.attending(city.world, name, doctors),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
        emergency=pl.lit(value=False),
        structure=pl.lit(ward.structure),
    )
    kept = ("ring", "person", "hospital", "group", "admit", "los", "ward", "physician",
            "severity", "coded_severity", "emergency", "structure")  # fmt: skip
    return gathering.new_stays(city, name, rows.select(kept), RING_STAY)
