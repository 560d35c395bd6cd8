"""H17 admissions before holidays 假期入院异常冲量: beds are filled when accounts are closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, gathering, houses_of, losses, newcomers
from synthetic.gathering import Ages
from synthetic.grammar import Dose, scheme
from synthetic.keys import SPARE_STAY

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.state import City

GROUPS = ("FV2", "KS1", "IU2", "FR4", "FR3")  # low need, found in nearly every house
AGES = Ages(45.0, 85.0)
QUIET = 10  # days after a surge without another stay of a member
MIDDLE = (0.45, 0.85)  # of the hospitals by size: neither the smallest nor the largest


@dataclass(frozen=True)
class Surge:
    """When and how much: number of windows, their days, stays over those expected, and at least."""

    windows: int
    days: int
    times: float
    least: int
    nights: tuple[int, int]


SURGES = {
    1: Surge(2, 2, 9.0, 10, (1, 2)),
    2: Surge(3, 3, 4.0, 8, (1, 3)),
    3: Surge(8, 2, 2.5, 3, (2, 3)),
    4: Surge(5, 7, 0.6, 1, (3, 6)),
}
WEEKENDS, CUNNING = 3, 4
BELOW = 1.8  # difficulty 4: most stays over the square root of those expected (published Z: 3)
DAYS = 100_000  # more than a window has
FREE_RUN = 3  # days in a row without work that make a holiday


@scheme(
    code="H17",
    title_en="surge of admissions before holidays",
    title_zh="假期入院异常冲量",
    stage="care",
    subject="hospital",
    share=0.00008,
    recipe={
        1: "ten times the usual admissions on the last two days before two holidays, short stays",
        2: "five times the usual ones on the last three days before three holidays",
        3: "three times the usual ones on eight weekends in a row, when others admit least",
        4: "half as many again in the last week before five holidays, below a Z of 3 each time",
    },
    traces=("stays.admitted_at", "stays.discharged_at", "stays.drg"),
)
def before_holidays(city: City, dose: Dose) -> City:
    """Admit people of little need for short stays when the calendar asks for volume.

    The stays have bills of their own. The loss is what the fund pays for all of them; the
    subject is the hospital, from the first to the last surge.
    """
    world = city.world
    plan = _windows_of_houses(city, houses_of.levels(world, "h17", dose), dose.since)
    if plan.is_empty():
        return city
    people = gathering.called(city, "h17", plan, _quiet(plan), AGES)
    if people.is_empty():
        return city
    rows = _admitted(city, people.join(plan, on="ring").sort("ring", "person"))
    stays = newcomers.new_stays(city, "h17", rows, SPARE_STAY)
    told = losses.fund_payment(city, stays).group_by("hospital", "difficulty").agg(
        pl.col("amount").sum(), started=pl.col("admit").min(), ended=pl.col("admit").max()
    )  # fmt: skip
    told = told.sort("hospital").filter(pl.col("amount") > 0)
    told = told.with_columns(campaign=houses_of.campaign(world, "H17", told["hospital"]))
    city = newcomers.joined(city, stays)
    return city.with_guilty("H17", "hospital", houses_of.named(city, told))


def _windows_of_houses(city: City, levels: list[int], since: int) -> pl.DataFrame:
    """A row for each surge of each hospital that is chosen."""
    usual, taken = _usual(city), list(houses_of.labelled(city))
    parts = []
    for number, level in enumerate(levels):
        house = _house(city, level, usual, taken)
        windows = _windows(city, level, number, since)
        if house >= 0 and windows:
            taken.append(house)
            parts.append(_rings(city, level, house, usual[house], windows))
    whole = pl.concat(parts) if parts else pl.DataFrame({"size": []})
    return whole.filter(pl.col("size") > 0)


def eves(city: City) -> list[int]:
    """First days of the holidays of the window."""
    free = city.world.clock.free()
    starts = np.flatnonzero(free & ~np.concatenate([[False], free[:-1]]))
    return [int(d) for d in starts if free[d : d + FREE_RUN].all() and d + FREE_RUN <= len(free)]


def _windows(city: City, level: int, number: int, since: int) -> list[int]:
    """First day of each window of a surge."""
    surge, days = SURGES[level], city.world.clock.days
    room = days - max(surge.nights) - surge.days - 1
    if level == WEEKENDS:
        free = city.world.clock.free()
        saturdays = [d for d in range(since, room) if free[d] and not free[max(d - 1, 0)]]
        most = max(len(saturdays) - surge.windows, 0) + 1
        first = int(city.world.draw.below("h17/weekend", most, number)[0])
        return saturdays[first : first + surge.windows]
    found = [d - surge.days for d in eves(city) if since <= d - surge.days < room]
    luck = city.world.draw.uniform("h17/holiday", np.array(found, dtype=np.int64), number)
    return sorted(np.array(found)[np.argsort(luck)][: surge.windows].tolist()) if found else []


def _usual(city: City) -> Floats:
    """Stays a day of each hospital."""
    count = np.bincount(city.plan["hospital"].to_numpy(), minlength=len(city.world.houses.frame))
    usual: Floats = count / city.world.clock.days
    return usual


def _house(city: City, level: int, usual: Floats, taken: list[int]) -> int:
    """A hospital of middle size that is no subject yet; a large one for the most cunning."""
    fit = houses_of.treating(city.world, GROUPS) & (city.world.since.houses <= 0)
    fit &= (city.world.houses.frame["kind"] == "general").to_numpy()
    fit[taken] = False
    low, high = np.quantile(usual, MIDDLE)
    fit &= usual >= (high if level == CUNNING else low)
    fit &= (usual <= high) | (level == CUNNING)
    keys = np.arange(len(usual))
    luck = city.world.draw.uniform("h17/house", keys) - campaigns.crooked(city.world, "H17")
    order = keys[fit][np.argsort(luck[fit])]
    return int(order[0]) if len(order) else -1


def _rings(city: City, level: int, house: int, usual: float, windows: list[int]) -> pl.DataFrame:
    """Ring, size, local, address, district, hospital, day and surge of each window."""
    surge, frame = SURGES[level], city.world.houses.frame
    expected = usual * surge.days
    size = max(surge.least, round(expected * surge.times))
    sizes = np.full(len(windows), size, dtype=np.int64)
    if level == CUNNING:
        most = expected + BELOW * expected**0.5 - _already(city, house, windows, surge.days)
        sizes = np.minimum(sizes, most.astype(np.int64))
    number = len(windows)
    return pl.DataFrame(
        {
            "ring": house * DAYS + np.array(windows, dtype=np.int64),
            "size": sizes,
            "local": np.zeros(number, dtype=np.int64),
            "address": pl.Series([None] * number, dtype=pl.String),
            "district": np.full(number, frame["district_key"][house], dtype=np.int64),
            "hospital": np.full(number, house, dtype=np.int64),
            "day": np.array(windows, dtype=np.int64),
            "difficulty": np.full(number, level, dtype=np.int64),
            "days": np.full(number, surge.days, dtype=np.int64),
            "shortest": np.full(number, surge.nights[0], dtype=np.int64),
            "longest": np.full(number, surge.nights[1], dtype=np.int64),
        }
    )


def _already(city: City, house: int, windows: list[int], days: int) -> Floats:
    """Admissions that a hospital has in each window anyway."""
    admitted = city.plan.filter(pl.col("hospital") == house)["admit"].to_numpy()
    begin = np.array(windows)[:, None]
    counted: Floats = ((admitted >= begin) & (admitted < begin + days)).sum(axis=1).astype(float)
    return counted


def _quiet(rings: pl.DataFrame) -> pl.DataFrame:
    return rings.select("ring", begin=pl.col("day") - QUIET, end=pl.col("day") + 2 * QUIET)


def _admitted(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Day, nights, group and severity of each newcomer."""
    draw, keys = city.world.draw, (rows["ring"], rows["person"])
    group = newcomers.complaint(city.world, "h17", rows["hospital"].to_numpy(), GROUPS, keys)
    shortest, longest = rows["shortest"].to_numpy(), rows["longest"].to_numpy()
    return rows.with_columns(
        group=pl.Series(group),
        admit=pl.col("day") + pl.Series(draw.below("h17/day", rows["days"].to_numpy(), *keys)),
        los=pl.Series(draw.between("h17/nights", shortest, longest, *keys)),
        emergency=pl.lit(value=False),
        severity=pl.lit(5, pl.Int64),
        coded_severity=pl.lit(5, pl.Int64),
    )
