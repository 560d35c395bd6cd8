"""Honest events that bring people to one ward together: outbreaks, accidents, campaigns of care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import gathering, newcomers
from synthetic.keys import RING_STAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthetic.gathering import Ages
    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.state import City

WORTH_STAYS = 1_000  # smaller cities leave out events that are larger than their share
NEAR_HOME = 8.0  # odds of a hospital of the people's own district
WINTER = (12, 1, 2)
QUIET = 2  # days before and after without another stay of a member


@dataclass(frozen=True)
class Event:
    """What happens: to how many persons, over how many days, treated in which groups.

    ``shared`` is the share of persons from one address, where at least ``living`` persons of
    the ages live (0: no address is sought); ``horizon`` the days from the first admission in
    which members are in no other bed; ``nights`` replaces the usual length.
    """

    name: str
    groups: tuple[str, ...]
    size: tuple[int, int]
    ages: Ages
    days: int = 0
    shared: float = 0.0
    living: int = 0
    horizon: int = 30
    nights: tuple[int, int] | None = None
    public: bool = True
    winter: bool = False


def _as_they_are(stays: pl.DataFrame) -> pl.DataFrame:
    return stays


def gathered(city: City, event: Event, subjects: int) -> pl.DataFrame:
    """A row for each person of each event: ring, person, near, hospital, group, day, admit."""
    least = event.size[0]
    if (
        subjects < least and len(city.plan) < WORTH_STAYS
    ) or event.horizon >= city.world.clock.days:
        return pl.DataFrame()
    rings = _rings(city, event, max(subjects, least))
    if rings.is_empty():
        return rings
    windows = rings.select(
        "ring", begin=pl.col("day") - QUIET, end=pl.col("day") + event.horizon + QUIET
    )
    members = gathering.called(city, event.name, rings, windows, event.ages)
    members = members.filter(pl.len().over("ring") >= least)
    rows = members.join(rings, on="ring").sort("ring", "person")
    late = city.world.draw.below(f"{event.name}/late", event.days + 1, rows["ring"], rows["person"])
    return rows.with_columns(admit=pl.col("day") + pl.Series(late))


def admitted(
    city: City,
    event: Event,
    rows: pl.DataFrame,
    finish: Callable[[pl.DataFrame], pl.DataFrame] = _as_they_are,
) -> City:
    """The city with the stays of an event, finished by the caller and labelled innocent."""
    if event.nights:
        keys = (rows["ring"], rows["person"], rows["admit"])
        nights = city.world.draw.between(f"{event.name}/nights", *event.nights, *keys)
        rows = rows.with_columns(los=pl.Series(nights))
    stays = finish(newcomers.new_stays(city, event.name, rows, RING_STAY))
    stays = gathering.in_one_bed(city, stays)
    return newcomers.joined(city, stays).innocent_stays(event.name, stays)


def happened(city: City, event: Event, subjects: int, **same: object) -> City:
    """The city after an event whose stays all have the given values."""
    rows = gathered(city, event, subjects)
    if rows.is_empty():
        return city
    told = {name: pl.lit(value) for name, value in same.items()}
    return admitted(city, event, rows.with_columns(**told))


def repeated(rows: pl.DataFrame, times: int, gap: int) -> pl.DataFrame:
    """Each row so many times, every ``gap`` days; ``turn`` numbers them."""
    turns = rows.with_columns(turn=pl.int_ranges(0, times)).explode("turn")
    return turns.with_columns(admit=pl.col("admit") + pl.col("turn") * gap)


def one_bill(stays: pl.DataFrame) -> pl.DataFrame:
    """The stays of a ring with the lines of its first, as one order set gives them."""
    kept = ("source", "span", "spend", "severity", "coded_severity", "scale", "ward")
    return stays.with_columns(pl.col(name).first().over("ring") for name in kept)


def _rings(city: City, event: Event, subjects: int) -> pl.DataFrame:
    """Ring, size, local, address, district, hospital, group and day of each event."""
    draw, name = city.world.draw, event.name
    ring = np.arange(max(1, subjects // event.size[0]))
    size = draw.between(f"{name}/size", *event.size, ring)
    ring = ring[np.concatenate([[True], np.cumsum(size)[:-1] < subjects])]
    homes = _homes(city, event, ring)
    size = np.minimum(size[: len(homes)], max(subjects, event.size[0]))
    rows = homes.with_columns(
        ring=pl.Series(ring[: len(homes)]),
        size=pl.Series(size),
        local=pl.Series(np.ceil(size * event.shared).astype(np.int64)),
        day=pl.Series(_days(city, event, ring[: len(homes)])),
    )
    return pl.concat([rows, _wards(city, event, rows)], how="horizontal")


def _homes(city: City, event: Event, ring: Whole) -> pl.DataFrame:
    """Address and district of each event's people."""
    world, name = city.world, event.name
    if not event.living:
        weight = np.bincount(world.people.district)
        district = world.draw.pick(f"{name}/district", weight, ring)
        return pl.DataFrame({"district": district}).with_columns(address=pl.lit(None, pl.String))
    homes = gathering.addresses(world, event.ages, event.living)
    luck = world.draw.uniform(f"{name}/home", np.arange(len(homes)))
    found = homes[np.argsort(luck, kind="stable")].head(len(ring))
    return found.select("district", "address")


def _days(city: City, event: Event, ring: Whole) -> Whole:
    clock = city.world.clock
    days = np.arange(max(clock.days - event.horizon, 1))
    weight = np.ones(len(days))
    if event.winter:
        cold = np.isin([clock.on(int(day)).month for day in days], WINTER)
        weight = cold.astype(np.float64) if cold.any() else weight
    return city.world.draw.pick(f"{event.name}/day", weight, ring)


def _wards(city: City, event: Event, rows: pl.DataFrame) -> pl.DataFrame:
    """Hospital and group of each event, mostly near the people's homes."""
    world = city.world
    places = [world.reference.group(adrg) for adrg in event.groups]
    volume = np.sqrt(world.houses.volume[:, places])
    volume = volume * _open_to(city, event)[:, None] if event.public else volume
    home = world.houses.frame["district_key"].to_numpy()
    cells = []
    for ring, district in rows.select("ring", "district").iter_rows():
        weight: Floats = volume * np.where(home == district, NEAR_HOME, 1.0)[:, None]
        cells.append(int(world.draw.pick(f"{event.name}/ward", weight.ravel(), ring)[0]))
    cell = np.array(cells, dtype=np.int64)
    groups = np.array(places, dtype=np.int64)
    return pl.DataFrame({"hospital": cell // len(places), "group": groups[cell % len(places)]})


def _open_to(city: City, event: Event) -> Flags:
    """Public houses, or all where no public one treats the groups."""
    world = city.world
    public = (world.houses.frame["ownership"] == "public").to_numpy()
    places = [world.reference.group(adrg) for adrg in event.groups]
    treats = world.houses.volume[public][:, places].sum() > 0
    flags: Flags = public if treats else np.ones(len(public), dtype=bool)
    return flags
