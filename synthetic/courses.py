"""Courses of illness: a first stay, and the stays that follow it for an honest reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic import demand, effort
from synthetic.keys import KEY_STEP
from synthetic.links import LINKS, PLACES_OF, Link, first_share

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World


def _first_volume(world: World) -> Floats:
    """Relative number of first stays, hospital x group."""
    groups = world.reference.groups
    share = first_share(groups["adrg"].to_list(), groups["volume"].to_numpy().astype(float))
    volume: Floats = world.houses.volume * share[None, :]
    return volume


def _places(world: World, seed: Whole) -> tuple[Whole, Whole]:
    """Hospital and group of each chain's first stay, by the city's volumes."""
    volume = _first_volume(world)
    cell = world.draw.pick("plan/cell", volume.ravel(), seed)
    return cell // volume.shape[1], cell % volume.shape[1]


def _admission_day(world: World, group: Whole, seed: Whole) -> Whole:
    seasons, adrgs = world.group_values("season"), world.group_values("adrg")
    day = np.zeros(len(seed), dtype=np.int64)
    for number in np.unique(group).tolist():
        mine = group == number
        season = world.clock.admission_weights(seasons[number])
        weights = season * demand.admissions(world, adrgs[number])
        day[mine] = world.draw.pick("plan/day", weights, seed[mine])
    return day


def _open(world: World, hospital: Whole, group: Whole, day: Whole, seed: Whole) -> Whole:
    """Another hospital with the same scope where the chosen one has not opened yet."""
    closed = world.since.closed(hospital, day)
    chosen = hospital.copy()
    old = _first_volume(world) * (world.since.houses <= 0)[:, None]
    for number in np.unique(group[closed]).tolist():
        mine = closed & (group == number)
        chosen[mine] = world.draw.pick("plan/open", old[:, number], seed[mine])
    return chosen


def _first_stays(world: World, number: int) -> dict[str, Whole]:
    seed = np.arange(number)
    hospital, group = _places(world, seed)
    admit = _admission_day(world, group, seed)
    hospital = _open(world, hospital, group, admit, seed)
    los = effort.nights(world, hospital, group, seed * KEY_STEP)
    zero = np.zeros(number, dtype=np.int64)
    return {"seed": seed, "key": seed * KEY_STEP, "hospital": hospital, "group": group,
            "admit": admit, "los": los, "link": zero - 1, "turn": zero}  # fmt: skip


def _follow(
    world: World, rows: dict[str, Whole], place: int, link: Link, turn: int
) -> dict[str, Whole]:
    """The next stay of every chain that goes on for the given reason."""
    wanted = [world.reference.group(adrg) for adrg in link.groups]
    begins = (rows["link"] == -1) & np.isin(rows["group"], wanted)
    goes_on = (begins | (rows["link"] == place)) & (rows["turn"] == turn - 1)
    goes_on &= world.draw.chance(f"plan/link/{place}", link.chance, rows["key"])
    kept = {name: values[goes_on] for name, values in rows.items()}
    key = kept["seed"] * KEY_STEP + PLACES_OF[place] + turn - 1
    gap = world.draw.between(f"plan/gap/{place}", link.gap[0], link.gap[1], key)
    group = kept["group"]
    if link.target:
        group = np.full(len(key), world.reference.group(link.target))
    hospital = kept["hospital"]
    if link.speciality:
        hospital = _receiving(world, link, kept["admit"] + kept["los"] + gap, key)
    los = effort.nights(world, hospital, group, key)
    return {"seed": kept["seed"], "key": key, "hospital": hospital, "group": group,
            "admit": kept["admit"] + kept["los"] + gap, "los": los,
            "link": np.full(len(key), place), "turn": np.full(len(key), turn)}  # fmt: skip


def _receiving(world: World, link: Link, day: Whole, key: Whole) -> Whole:
    """The hospital that takes transferred patients: by its volume in the target group."""
    volume = world.houses.volume[:, world.reference.group(link.target)].copy()
    volume[(world.houses.frame["speciality"] != link.speciality).to_numpy()] = 0.0
    chosen = world.draw.pick("plan/receiving", volume, key)
    opened = volume * (world.since.houses <= 0)
    other = world.draw.pick("plan/receiving/open", opened, key)
    return np.where(world.since.closed(chosen, day), other, chosen)


def chains(world: World, number: int) -> dict[str, Whole]:
    """Courses that begin with ``number`` first stays: one row a stay."""
    first = _first_stays(world, number)
    parts = [first]
    for place, link in enumerate(LINKS):
        current = first
        for turn in range(1, link.most + 1):
            current = _follow(world, current, place, link, turn)
            parts.append(current)
    return {name: np.concatenate([part[name] for part in parts]) for name in first}
