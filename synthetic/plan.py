"""Who lies where, when and why: one row a stay, before anything is billed.

Columns of a plan (days are numbers from the first day of the window):
``key`` unique row; ``source`` key of the clean stay that its randomness comes from;
``link`` why the stay follows another ("index" for a first one); ``seed`` the chain;
``person``, ``hospital``, ``group``, ``physician`` row numbers; ``severity`` 1, 3, 5;
``admit`` day, ``los`` nights, ``first_day`` and ``span``: which days of the source's whole
length this row covers; ``spend`` expected yuan of the source without key consumables;
``idle_a``..``idle_d`` two ranges of source days without treatment; ``token`` leaves one
cheap item on such days; ``planned`` marks a further stay as planned;
``against`` a discharge against advice; ``planted`` stays
belong to a scheme or look-alike already; ``scale`` joints, levels, vertebrae or sessions; ``side``.
``chain`` is the seed, or a number of its own for a stay that belongs to nobody's course of
illness; ``part`` 1 and 2 are the parts of a cut stay, else 0; ``structure`` what kind of bill.

What the hospital writes may differ from what was done: ``coded_group`` and ``coded_severity``
decide the case group, ``main`` (null: by group) the main diagnosis, ``operation`` (null: by
group) the code of the first procedure, ``unlisted`` leaves the procedures out, ``coded_side``
and ``coded_site`` are those of the operation record. ``untested`` leaves out the tests of the
first day; ``own_share`` of the lines are put to the patient; ``waived`` takes nothing from the
patient; ``referrer`` sent the person; ``newborn`` lies on the mother's card. ``voided`` is the
number of days after which a settlement was cancelled (-1: never) and ``resettles`` the key of
the cancelled settlement that a row replaces (-1: none).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.arrays import by_case
from synthetic.keys import KEY_STEP
from synthetic.links import LINKS, Link
from synthetic.persons import Wish

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

LEVEL_COST = {"3": 1.0, "2": 0.70, "1": 0.55, "0": 0.50}  # dossier 5.2
LEVEL_DAYS = {"3": 1.0, "2": 1.1, "1": 1.2, "0": 1.25}
SEVERITY_COST = (1.7, 1.12, 0.88)  # of severity 1, 3 and 5
SEVERITY_SHARE = (0.08, 0.30, 0.62)
SPEND_SIGMA = 0.40
DAYS_SIGMA = {"surgical": 0.38, "medical": 0.48, "psychiatric": 0.45, "rehab": 0.42}
DAYS_SIGMA_ELSE = 0.40
SPEND_PER_DAYS = 0.5  # cost grows with the square root of a stay's relative length
LOCAL_SHARE = 0.65  # patients from the hospital's own district
# Kind of scale: least number, and the shares at which each further one begins.
SCALES = {
    "level_few": (1, [0.62]),
    "level_many": (3, [0.60, 0.85]),
    "vertebra": (1, [0.72, 0.93]),
    "joint": (1, [0.965]),
}
SESSIONS_A_WEEK = 3
TURNS = 6  # key places kept for each link
ATTEMPTS = 4


def _places(world: World, keys: Whole) -> tuple[Whole, Whole]:
    """Hospital and group of each chain's first stay, by the city's volumes."""
    volume = world.houses.volume
    cell = world.draw.pick("plan/cell", volume.ravel(), keys)
    return cell // volume.shape[1], cell % volume.shape[1]


def _admission_day(world: World, group: Whole, keys: Whole) -> Whole:
    seasons = world.group_values("season")
    day = np.zeros(len(keys), dtype=np.int64)
    for season in dict.fromkeys(seasons.tolist()):
        mine = seasons[group] == season
        weights = world.clock.admission_weights(season)
        day[mine] = world.draw.pick("plan/day", weights, keys[mine])
    return day


def _nights(world: World, hospital: Whole, group: Whole, keys: Whole) -> Whole:
    structure = world.group_values("structure")[group]
    sigma = np.array([DAYS_SIGMA.get(s, DAYS_SIGMA_ELSE) for s in structure])
    factor = np.array([LEVEL_DAYS[level] for level in world.level(hospital)])
    mean = world.group_values("los")[group] * factor
    nights = np.rint(mean * world.draw.spread("plan/nights", sigma, keys))
    day_case = (structure == "day") & (nights <= 1)
    whole: Whole = np.where(day_case, np.minimum(nights, 1), np.maximum(nights, 1))
    return whole.astype(np.int64)


def _severity(world: World, age: Floats, keys: Whole) -> Whole:
    """1 with major complication, 3 with complication, 5 without; the old are sicker."""
    u = world.draw.uniform("plan/severity", keys) * (1.35 - 0.6 * np.clip(age, 0, 90) / 90)
    worst, worse = SEVERITY_SHARE[0], SEVERITY_SHARE[0] + SEVERITY_SHARE[1]
    return np.where(u < worst, 1, np.where(u < worse, 3, 5)).astype(np.int64)


def _spend(world: World, rows: dict[str, Whole]) -> Floats:
    """Expected cost of services and drugs in yuan, correlated with length and severity."""
    group, key = rows["group"], rows["key"]
    level = np.array([LEVEL_COST[level] for level in world.level(rows["hospital"])])
    days = np.array([LEVEL_DAYS[level] for level in world.level(rows["hospital"])])
    mean = world.group_values("cost_k")[group] * 1000 * (1 - world.group_values("share")[group])
    severity = by_case(
        [rows["severity"] == grade for grade in (1, 3)], SEVERITY_COST[:2], SEVERITY_COST[2]
    )
    relative = np.maximum(rows["los"], 0.7) / (world.group_values("los")[group] * days)
    spread = world.draw.spread("plan/spend", SPEND_SIGMA, key)
    spend: Floats = mean * level * severity * relative**SPEND_PER_DAYS * spread
    return spend


def _first_stays(world: World, number: int) -> dict[str, Whole]:
    seed = np.arange(number)
    hospital, group = _places(world, seed)
    admit = _admission_day(world, group, seed)
    los = _nights(world, hospital, group, seed * KEY_STEP)
    zero = np.zeros(number, dtype=np.int64)
    return {"seed": seed, "key": seed * KEY_STEP, "hospital": hospital, "group": group,
            "admit": admit, "los": los, "link": zero - 1, "turn": zero}  # fmt: skip


def _follow(
    world: World, rows: dict[str, Whole], place: int, link: Link, turn: int
) -> dict[str, Whole]:
    """The next stay of every chain that goes on for the given reason."""
    wanted = [world.reference.group(adrg) for adrg in link.groups]
    goes_on = np.isin(rows["group"], wanted) & (rows["turn"] == turn - 1)
    goes_on &= (rows["link"] == place) | (rows["link"] == -1)
    goes_on &= world.draw.chance(f"plan/link/{place}", link.chance, rows["key"])
    kept = {name: values[goes_on] for name, values in rows.items()}
    key = kept["seed"] * KEY_STEP + place * TURNS + turn
    gap = world.draw.between(f"plan/gap/{place}", link.gap[0], link.gap[1], key)
    group = kept["group"]
    if link.target:
        group = np.full(len(key), world.reference.group(link.target))
    hospital = kept["hospital"]
    if link.speciality:
        hospital = _receiving(world, link, key)
    los = _nights(world, hospital, group, key)
    return {"seed": kept["seed"], "key": key, "hospital": hospital, "group": group,
            "admit": kept["admit"] + kept["los"] + gap, "los": los,
            "link": np.full(len(key), place), "turn": np.full(len(key), turn)}  # fmt: skip


def _receiving(world: World, link: Link, key: Whole) -> Whole:
    """The hospital that takes transferred patients: by its volume in the target group."""
    volume = world.houses.volume[:, world.reference.group(link.target)].copy()
    volume[(world.houses.frame["speciality"] != link.speciality).to_numpy()] = 0.0
    return world.draw.pick("plan/receiving", volume, key)


def _chains(world: World, number: int) -> dict[str, Whole]:
    first = _first_stays(world, number)
    parts = [first]
    for place, link in enumerate(LINKS):
        current = first
        for turn in range(1, link.most + 1):
            current = _follow(world, current, place, link, turn)
            parts.append(current)
    return {name: np.concatenate([part[name] for part in parts]) for name in first}


def _people(world: World, rows: dict[str, Whole]) -> pl.DataFrame:
    """Give each chain a person of fitting sex, age and district who is not yet in a bed."""
    frame = pl.DataFrame(rows)
    seeds = frame.filter(pl.col("link") == -1).sort("seed")
    person = _candidates(world, seeds, 0)
    for attempt in range(1, ATTEMPTS + 1):
        clash = _clashing(frame, person)
        if attempt == ATTEMPTS:
            break
        other = _candidates(world, seeds, attempt)
        person = np.where(np.isin(seeds["seed"].to_numpy(), clash), other, person)
    owners = pl.DataFrame({"seed": seeds["seed"], "person": person})
    return frame.join(owners, on="seed").filter(~pl.col("seed").is_in(clash.tolist()))


def _candidates(world: World, seeds: pl.DataFrame, attempt: int) -> Whole:
    seed, group = seeds["seed"].to_numpy(), seeds["group"].to_numpy()
    hospital = seeds["hospital"].to_numpy()
    draw = world.draw
    age = world.group_values("age")[group] + world.group_values("age_sd")[group] * draw.normal(
        f"plan/age/{attempt}", seed
    )
    female = draw.chance("plan/sex", world.group_values("female")[group], seed)
    home = world.houses.frame["district_key"].to_numpy()[hospital]
    elsewhere = draw.pick("plan/elsewhere", np.bincount(world.people.district), seed)
    local = draw.chance("plan/local", LOCAL_SHARE, seed)
    district = np.where(local, home, elsewhere)
    return world.people.choose(draw, f"plan/person/{attempt}", Wish(seed, age, female, district))


def _clashing(frame: pl.DataFrame, person: Whole) -> Whole:
    """Chains in which a stay overlaps an earlier stay of the same person."""
    owners = pl.DataFrame({"seed": np.arange(len(person)), "person": person})
    ordered = (
        frame.join(owners, on="seed")
        .with_columns(end=pl.col("admit") + pl.col("los"))
        .sort("person", "admit", "key")
        .with_columns(before=pl.col("end").cum_max().shift(1).over("person"))
    )
    transferred = (pl.col("seed") == pl.col("seed").shift(1)) & (
        pl.col("admit") == pl.col("before")
    )
    clash = ordered.filter((pl.col("admit") <= pl.col("before")) & ~transferred)
    return clash["seed"].unique().to_numpy()


def _decorate(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Severity, ward, physician, hours, scale and side of every stay."""
    draw, rows = world.draw, {n: frame[n].to_numpy() for n in frame.columns}
    key, group, hospital = rows["key"], rows["group"], rows["hospital"]
    rows["severity"] = _severity(world, world.people.age[rows["person"]], key)
    first = world.houses.first_physician[hospital, group]
    count = np.maximum(world.houses.physicians_of[hospital, group], 1)
    emergency = draw.chance("plan/emergency", world.group_values("emergency")[group], key)
    urgent = np.isin(rows["link"], [p for p, link in enumerate(LINKS) if link.emergency])
    moved = np.isin(rows["link"], [p for p, link in enumerate(LINKS) if link.speciality])
    emergency = (emergency | urgent) & ~moved
    hour = np.where(emergency, draw.below("plan/hour", 86_400, key),
                    28_800 + draw.below("plan/morning", 14_400, key))  # fmt: skip
    leave = 32_400 + draw.below("plan/leave", 25_200, key)
    leave = np.where(rows["los"] == 0, np.clip(np.maximum(hour + 14_400, leave), 0, 84_600), leave)
    hour = np.where(rows["los"] == 0, np.minimum(hour, leave - 10_800), hour)
    other = np.isin(rows["link"], [p for p, link in enumerate(LINKS) if link.other_side])
    side = (draw.below("plan/side", 2, rows["seed"]) + other) % 2
    has_side = np.array([bool(s) for s in world.group_values("sides")])[group]
    structure = world.group_values("structure")[group]
    operated = np.isin(structure, ("surgical", "procedure", "day"))
    return frame.with_columns(
        source=pl.col("key"),
        severity=pl.Series(rows["severity"]),
        first_day=pl.lit(0, pl.Int64),
        span=pl.col("los").clip(1),
        spend=pl.Series(_spend(world, rows)),
        admit_second=pl.Series(np.maximum(hour, 0)),
        leave_second=pl.Series(leave),
        emergency=pl.Series(emergency),
        moved_in=pl.Series(moved),
        ward=pl.Series(1 + draw.below("plan/ward", 2, rows["seed"])),
        physician=pl.Series(first + draw.below("plan/physician", count, rows["seed"])),
        scale=pl.Series(_scale(world, group, rows["los"], key)),
        side=pl.Series(np.where(has_side, side, -1)),
        op_day=pl.Series(np.where(operated, np.minimum(1, np.maximum(rows["los"] - 1, 0)), -1)),
        day_case=pl.Series((structure == "day") & (rows["los"] <= 1)),
        idle_a=pl.lit(-1, pl.Int64),
        idle_b=pl.lit(-1, pl.Int64),
        idle_c=pl.lit(-1, pl.Int64),
        idle_d=pl.lit(-1, pl.Int64),
        token=pl.lit(value=False),
        planned=pl.lit(value=False),
        against=pl.lit(value=False),
        planted=pl.lit(value=False),
        chain=pl.col("seed"),
        part=pl.lit(0, pl.Int64),
        structure=pl.Series(structure),
        coded_group=pl.col("group"),
        coded_severity=pl.Series(rows["severity"]),
        main=pl.lit(None, pl.String),
        operation=pl.lit(None, pl.String),
        unlisted=pl.lit(value=False),
        coded_side=pl.Series(np.where(has_side, side, -1)),
        coded_site=pl.lit(None, pl.String),
        untested=pl.lit(value=False),
        own_share=pl.lit(0.0),
        waived=pl.lit(value=False),
        referrer=pl.lit(None, pl.String),
        newborn=pl.lit(value=False),
        voided=pl.lit(-1, pl.Int64),
        resettles=pl.lit(-1, pl.Int64),
    )


def _scale(world: World, group: Whole, los: Whole, key: Whole) -> Whole:
    """Joints, levels, vertebrae or dialysis sessions, by the group's kind of scale."""
    kind = world.group_values("scale")[group]
    u = world.draw.uniform("plan/scale", key)
    counted = {name: least + np.searchsorted(steps, u) for name, (least, steps) in SCALES.items()}
    counted["session"] = np.maximum(1, los * SESSIONS_A_WEEK // 7)
    chosen = by_case([kind == name for name in counted], list(counted.values()), 1)
    return chosen.astype(np.int64)


def make(world: World, stays: int) -> pl.DataFrame:
    """About ``stays`` honest stays that end inside the window, sorted by key."""
    frame = _people(world, _chains(world, stays))
    frame = frame.filter(pl.col("admit") + pl.col("los") < world.clock.days)
    sizes = frame.group_by("seed").len().sort("seed").with_columns(pl.col("len").cum_sum())
    kept = sizes.filter(pl.col("len") <= stays).select("seed")
    frame = frame.join(kept, on="seed", how="semi").drop("turn").sort("seed", "admit", "key")
    return _decorate(world, frame)
