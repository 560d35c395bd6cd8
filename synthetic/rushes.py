"""Honest rushes of admissions to one hospital: seasons, school holidays, accidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import gathering, houses_of, newcomers
from synthetic.keys import RING_STAY

if TYPE_CHECKING:
    from synthetic.gathering import Ages
    from synthetic.state import City

QUIET = 10  # days around a rush without another stay of those who come
SMALL_CITY = 1_000  # stays; smaller cities see smaller rushes
SMALL = 0.4


@dataclass(frozen=True)
class Rush:
    """What brings people to one hospital within some ``days``.

    ``times`` is their number over all admissions that the hospital has in so many days.
    """

    name: str
    groups: tuple[str, ...]
    ages: Ages
    days: int
    times: float
    least: int
    emergency: bool = False
    nights: tuple[int, int] | None = None


def came(city: City, rush: Rush, house: int, day: int) -> pl.DataFrame:
    """The stays of those who come to a hospital from a day on; none if nobody is found."""
    draw, name = city.world.draw, rush.name
    rings = _ring(city, rush, house, day)
    quiet = rings.select("ring", begin=pl.col("day") - QUIET,
                         end=pl.col("day") + rush.days + QUIET)  # fmt: skip
    people = gathering.called(city, name, rings, quiet, rush.ages)
    if people.is_empty():
        return city.plan.clear()
    rows = people.join(rings, on="ring").sort("ring", "person")
    keys = (rows["ring"], rows["person"])
    group = newcomers.complaint(city.world, name, rows["hospital"].to_numpy(), rush.groups, keys)
    rows = rows.with_columns(
        group=pl.Series(group),
        admit=pl.col("day") + pl.Series(draw.below(f"{name}/late", rush.days, *keys)),
        emergency=pl.lit(value=rush.emergency),
    )
    if rush.nights:
        rows = rows.with_columns(los=pl.Series(draw.between(f"{name}/nights", *rush.nights, *keys)))
    stays = newcomers.new_stays(city, name, rows, RING_STAY)
    return gathering.in_one_bed(city, stays).select(city.plan.columns)


def _ring(city: City, rush: Rush, house: int, day: int) -> pl.DataFrame:
    count = int((city.plan["hospital"] == house).sum())
    usual = count / city.world.clock.days * rush.days
    least = rush.least if len(city.plan) >= SMALL_CITY else int(rush.least * SMALL)
    district = int(city.world.houses.frame["district_key"][house])
    return pl.DataFrame(
        {
            "ring": [day], "size": [max(least, round(usual * rush.times))], "local": [0],
            "address": pl.Series([None], dtype=pl.String), "district": [district],
            "hospital": [house], "day": [day],
        }
    )  # fmt: skip


def house_for(city: City, rush: Rush, *, kind: str | None = None) -> int:
    """A hospital that treats such people and is no subject yet; -1 where there is none."""
    world, frame = city.world, city.world.houses.frame
    fit = houses_of.treating(world, rush.groups) & (world.since.houses <= 0)
    if kind:
        fit &= (frame["kind"] == kind).to_numpy()
    fit[houses_of.labelled(city)] = False
    keys = np.flatnonzero(fit)
    luck = world.draw.uniform(f"{rush.name}/house", keys)
    weight = world.houses.volume[keys].sum(axis=1) ** 0.5
    order = keys[np.argsort(-(luck ** (1 / np.maximum(weight, 1e-6))))]
    return int(order[0]) if len(order) else -1


def happened(city: City, rush: Rush, days: list[int], number: int) -> City:
    """The city after rushes to some hospitals, each labelled innocent, on the given days."""
    for turn in range(min(number, houses_of.MOST_INNOCENT, len(days))):
        house = house_for(city, rush, kind="general")
        if house < 0:
            return city
        stays = came(city, rush, house, days[turn])
        if stays.is_empty():
            return city
        city = newcomers.joined(city, stays)
        rows = stays.select(
            pl.col("hospital").first(), started=pl.col("admit").min(), ended=pl.col("admit").max()
        )
        city = houses_of.innocent(city, rush.name, rows)
    return city


def days_in(city: City, purpose: str, months: tuple[int, ...], length: int) -> list[int]:
    """Days of some calendar months that leave room for a rush, in an order of luck."""
    clock = city.world.clock
    fit = [d for d in range(max(clock.days - length - 30, 0)) if clock.on(d).month in months]
    luck = city.world.draw.uniform(f"{purpose}/day", np.array(fit, dtype=np.int64))
    return [fit[place] for place in np.argsort(luck, kind="stable").tolist()]
