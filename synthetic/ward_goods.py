"""Small things that wards use by the day or by the operation; no register knows them.

Rates are units a day of an ordinary ward, a proposal of ours; heavy nursing takes more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.world import World

MOST = 120  # units of a set in one stay
MOST_PIECES = 9_000  # units of what is counted by the piece
HANDS = ("gloves", "syringe")
INTENSIVE, INTENSIVE_RATE = "AH1", 9.0  # over the rate of an ordinary ward
ISOLATED, ISOLATED_SHARE, ISOLATED_RATE = "ES3", 0.12, 5.0  # during the epidemic wave
WAVE_REACH = 1.5  # widths of the wave around its top
FRAIL, FRAIL_AGE, FRAIL_RATE = ("BR2", "XR2"), 85, 3.5
# Sets for infusion, nursing and monitoring, of which acute wards take more the more care a day
# costs; hospitals of lower level take as much less as their stays cost less.
SETS = ("indwelling_needle", "pump_line", "care_pack", "monitor_kit")
MONITORED = ("heart", "brain")
ACUTE = ("medical", "surgical", "procedure", "icu")
LIGHT, LIGHT_SETS = ("IU2",), 0.62  # groups of an acute kind that need less of it
USUAL_DAY = 1300.0  # yuan a day of an ordinary acute ward
INTENSITY = (0.5, 1.6)
INTENSIVE_SETS = 3.0  # over the most of an ordinary ward
LEVEL_SETS = {"3": 1.0, "2": 0.82, "1": 0.75, "0": 0.65}


@dataclass(frozen=True)
class WardGood:
    """How often stays take a good, and units a day, by the kind of stays that may take it."""

    chance: float
    rate: float
    when: Literal["all", "infused", "operated", "acute", "monitored"]
    sigma: float = 0.0


GOODS = {
    "infusion_set": WardGood(0.55, 1.24, "infused"),
    "dressing": WardGood(0.30, 1.0, "operated"),
    "drain_set": WardGood(0.40, 0.15, "operated"),
    "gloves": WardGood(0.25, 3.0, "all", 0.45),
    "syringe": WardGood(0.25, 2.5, "infused", 0.45),
    "film": WardGood(0.18, 0.35, "all", 0.5),
    "indwelling_needle": WardGood(0.225, 1.34, "acute"),
    "pump_line": WardGood(0.20, 3.4, "acute", 0.3),
    "care_pack": WardGood(0.21, 3.1, "acute", 0.3),
    "monitor_kit": WardGood(0.50, 0.66, "monitored", 0.3),
}


def _in_groups(world: World, kind: str) -> Flags:
    """Groups whose stays may take a good."""
    structure, adrg = world.group_values("structure"), world.group_values("adrg")
    acute = np.isin(structure, ACUTE)
    near = np.isin(world.group_values("speciality"), MONITORED) | (adrg == INTENSIVE)
    operated = np.isin(structure, ("surgical", "procedure", "day"))
    kinds = {
        "acute": acute,
        "monitored": acute & near,
        "operated": operated,
        "infused": structure != "psychiatric",  # whose long stays take drugs by mouth
    }
    flags: Flags = kinds.get(kind, np.ones(len(adrg), dtype=bool))
    return flags


def takers(world: World, key: str, rows: pl.DataFrame) -> Flags:
    """Stays of a group that takes a good, before luck; tests alone take no infusion."""
    flags: Flags = _in_groups(world, GOODS[key].when)[rows["group"].to_numpy()]
    return flags


def taken(world: World, key: str, rows: pl.DataFrame) -> Flags:
    """Stays that luck gives a good; heavy nursing never goes without gloves and syringes."""
    flags = world.draw.chance(f"low/{key}", GOODS[key].chance, rows["source"])
    if key in HANDS:
        flags |= intensive(world, rows) | isolated(world, rows) | frail(world, rows)
    return flags


def _intensity(world: World) -> Floats:
    """Care a day of each group, over that of an ordinary acute ward."""
    daily = world.group_values("cost_k") * 1000 / np.maximum(world.group_values("los"), 2)
    factor = np.clip(daily / USUAL_DAY, *INTENSITY)
    adrg = world.group_values("adrg")
    factor = np.where(np.isin(adrg, LIGHT), factor * LIGHT_SETS, factor)
    icu = adrg == INTENSIVE
    intensity: Floats = np.where(icu, INTENSITY[1] * INTENSIVE_SETS, factor)
    return intensity


def expected_units(world: World) -> dict[str, Floats]:
    """Units of each good by group, in a tertiary hospital."""
    days = np.maximum(world.group_values("los").astype(np.float64), 1.0)
    units = {}
    for key, good in GOODS.items():
        more = _intensity(world) if key in SETS else np.ones(len(days))
        units[key] = good.chance * good.rate * days * more * _in_groups(world, good.when)
    return units


def isolated(world: World, rows: pl.DataFrame) -> np.ndarray:
    """Stays in an isolation ward: some of the infected around the top of the wave."""
    away = np.abs(rows["admit"].to_numpy() - world.clock.wave_top())
    near = away < WAVE_REACH * world.clock.wave_width()
    ill = rows["group"].to_numpy() == world.reference.group(ISOLATED)
    hit = world.draw.chance("ward/isolated", ISOLATED_SHARE, rows["seed"])
    flags: np.ndarray = near & ill & hit
    return flags


def frail(world: World, rows: pl.DataFrame) -> np.ndarray:
    """The very old after a stroke, who need nursing by several hands."""
    groups = [world.reference.group(adrg) for adrg in FRAIL]
    old = world.people.age[rows["person"].to_numpy()] >= FRAIL_AGE
    flags: np.ndarray = np.isin(rows["group"].to_numpy(), groups) & old
    return flags


def intensive(world: World, rows: pl.DataFrame) -> np.ndarray:
    """Stays in intensive care."""
    flags: np.ndarray = rows["group"].to_numpy() == world.reference.group(INTENSIVE)
    return flags


def _effort(world: World, key: str, rows: pl.DataFrame) -> Floats:
    """How many times an ordinary ward's units a stay takes."""
    effort = np.ones(len(rows))
    if key in SETS:
        level = world.level(rows["hospital"].to_numpy())
        effort = _intensity(world)[rows["group"].to_numpy()]
        effort = effort * np.array([LEVEL_SETS[name] for name in level])
    if key in HANDS:
        effort = np.where(frail(world, rows), FRAIL_RATE, effort)
        effort = np.where(isolated(world, rows), ISOLATED_RATE, effort)
        effort = np.where(intensive(world, rows), INTENSIVE_RATE, effort)
    return effort


def quantity(world: World, key: str, rows: pl.DataFrame) -> Whole:
    """Units that each stay takes of a good."""
    good, days = GOODS[key], np.maximum(rows["los"].to_numpy(), 1)
    expected = days * good.rate * _effort(world, key, rows)
    if good.sigma:
        expected = expected * world.draw.spread(f"ward/{key}", good.sigma, rows["source"])
    most = MOST_PIECES if good.sigma else MOST
    units: Whole = np.clip(np.rint(expected), 1, most).astype(np.int64)
    return units
