"""How sick a patient is, how long the stay lasts and what it is expected to cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic import expected
from synthetic.arrays import by_case

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.world import World

LEVEL_COST = {"3": 0.915, "2": 0.80, "1": 0.70, "0": 0.60}  # dossier 5.2, raised to meet 5.1
LEVEL_DAYS = {"3": 0.97, "2": 1.05, "1": 1.50, "0": 1.15}
FIXED_DAYS = ("rehab", "psychiatric")  # programmes of a set length, the same at every level
SEVERITY_COST = (1.85, 1.14, 0.86)  # of severity 1, 3 and 5
SEVERITY_SHARE = (0.08, 0.30, 0.62)
SPEND_SIGMA = 0.318
COMPLEX_SHARE, COMPLEX_COST = 0.04, 2.4  # courses that turn out far dearer than foreseen
DAYS_SIGMA = {"surgical": 0.38, "medical": 0.48, "psychiatric": 0.45, "rehab": 0.42}
DAYS_SIGMA_ELSE = 0.40
SPEND_PER_DAYS = 0.5  # cost grows with the square root of a stay's relative length
# Share of a group's patients who come and leave within a day: the lists of day surgery and day
# treatment; a leading hospital reached 43% of its operations (dossier 5.1).
DAY_CARE = {
    "CB3": 0.85, "GK3": 0.65, "GK2": 0.50, "GE1": 0.60, "IF5": 0.60, "LC1": 0.50, "FM3": 0.50,
    "CB1": 0.40, "HC2": 0.30, "IC3": 0.35, "KD1": 0.25, "IB3": 0.40, "EB2": 0.20, "LF1": 0.35,
    "LB1": 0.10, "RG1": 0.45, "RE1": 0.25,
}  # fmt: skip
DAY_CARE_COST = 0.85  # of the group's services: no nights, but the same operation
SAME_DAY = 0.45  # day care without a night
# Kind of scale: least number, and the shares at which each further one begins.
SCALES = {
    "level_few": (1, [0.62]),
    "level_many": (3, [0.60, 0.85]),
    "vertebra": (1, [0.72, 0.93]),
    "joint": (1, [0.965]),
}
SESSIONS_A_WEEK = 3


def _day_share(world: World, group: Whole) -> Floats:
    shares = [DAY_CARE.get(adrg, 0.0) for adrg in world.reference.groups["adrg"]]
    return np.array(shares)[group]


def day_care(world: World, group: Whole, key: Whole) -> Flags:
    """Stays planned to end within a day."""
    return world.draw.chance("plan/day_care", _day_share(world, group), key)


def _usual_days(world: World, hospital: Whole, group: Whole) -> Floats:
    """Mean nights of those who stay on, so that all of a group together keep its length."""
    structure = world.group_values("structure")[group]
    factor = np.array([LEVEL_DAYS[level] for level in world.level(hospital)])
    factor = np.where(np.isin(structure, FIXED_DAYS), 1.0, factor)
    share = _day_share(world, group)
    inpatients = (world.group_values("los")[group] - share) / (1 - share)
    usual: Floats = np.maximum(inpatients, 1.0) * factor
    return usual


def nights(world: World, hospital: Whole, group: Whole, key: Whole) -> Whole:
    """Nights of each stay."""
    structure = world.group_values("structure")[group]
    sigma = np.array([DAYS_SIGMA.get(s, DAYS_SIGMA_ELSE) for s in structure])
    spread = world.draw.spread("plan/nights", sigma, key)
    long = np.maximum(np.rint(_usual_days(world, hospital, group) * spread), 1)
    short = 1 - world.draw.chance("plan/same_day", SAME_DAY, key).astype(np.int64)
    whole: Whole = np.where(day_care(world, group, key), short, long).astype(np.int64)
    return whole


def severity(world: World, age: Floats, key: Whole) -> Whole:
    """1 with major complication, 3 with complication, 5 without; the old are sicker."""
    u = world.draw.uniform("plan/severity", key) * (1.35 - 0.6 * np.clip(age, 0, 90) / 90)
    worst, worse = SEVERITY_SHARE[0], SEVERITY_SHARE[0] + SEVERITY_SHARE[1]
    return np.where(u < worst, 1, np.where(u < worse, 3, 5)).astype(np.int64)


def _by_length(world: World, rows: dict[str, Whole]) -> Floats:
    """Cost over the group's mean that comes from the length of the stay."""
    group = rows["group"]
    share = _day_share(world, group)
    relative = np.maximum(rows["los"], 0.7) / _usual_days(world, rows["hospital"], group)
    inpatient = (1 - DAY_CARE_COST * share) / (1 - share) * relative**SPEND_PER_DAYS
    factor: Floats = np.where(day_care(world, group, rows["key"]), DAY_CARE_COST, inpatient)
    return factor


def spend(world: World, rows: dict[str, Whole]) -> Floats:
    """Expected cost of services and drugs in yuan, correlated with length and severity."""
    group, key = rows["group"], rows["key"]
    level = np.array([LEVEL_COST[level] for level in world.level(rows["hospital"])])
    mean = expected.planned(world)[group]
    sick = by_case(
        [rows["severity"] == grade for grade in (1, 3)], SEVERITY_COST[:2], SEVERITY_COST[2]
    )
    usual = world.draw.spread("plan/spend", SPEND_SIGMA, key) / (
        1 + COMPLEX_SHARE * (COMPLEX_COST - 1)
    )
    complex_course = world.draw.chance("plan/complex", COMPLEX_SHARE, key)
    spread = usual * np.where(complex_course, COMPLEX_COST, 1.0)
    yuan: Floats = mean * level * sick * _by_length(world, rows) * spread
    return yuan


def scale(world: World, group: Whole, los: Whole, key: Whole) -> Whole:
    """Joints, levels, vertebrae or dialysis sessions, by the group's kind of scale."""
    kind = world.group_values("scale")[group]
    u = world.draw.uniform("plan/scale", key)
    counted = {name: least + np.searchsorted(steps, u) for name, (least, steps) in SCALES.items()}
    counted["session"] = np.maximum(1, los * SESSIONS_A_WEEK // 7)
    chosen = by_case([kind == name for name in counted], list(counted.values()), 1)
    return chosen.astype(np.int64)
