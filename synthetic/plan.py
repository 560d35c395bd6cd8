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
the cancelled settlement that a row replaces (-1: none). ``patient`` is who truly lay there under
the card of ``person`` (null: that person); ``retyped`` the number of days after which a wrongly
typed ``main`` was sent again as it should be (-1: never).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import courses, effort, patients
from synthetic.links import LINKS, marked
from synthetic.persons import HOUSEHOLD_SIZE, OUTSIDE

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

OPERATED = ("surgical", "procedure", "day")
# Family doctors send some of those who did not come in an emergency.
REFERRED_SHARE = 0.10
DOCTORS_OF_DISTRICT = 40


def _hours(world: World, rows: dict[str, Whole], emergency: Flags) -> tuple[Whole, Whole]:
    """Second of the day of admission and of discharge."""
    draw, key, same_day = world.draw, rows["key"], rows["los"] == 0
    hour = np.where(emergency, draw.below("plan/hour", 86_400, key),
                    28_800 + draw.below("plan/morning", 14_400, key))  # fmt: skip
    leave = 32_400 + draw.below("plan/leave", 25_200, key)
    leave = np.where(same_day, np.clip(np.maximum(hour + 14_400, leave), 0, 84_600), leave)
    hour = np.where(same_day, np.minimum(hour, leave - 10_800), hour)
    return np.maximum(hour, 0), leave


def _emergency(world: World, rows: dict[str, Whole], moved: Flags) -> Flags:
    usual = world.draw.chance(
        "plan/emergency", world.group_values("emergency")[rows["group"]], rows["key"]
    )
    usual &= ~effort.day_care(world, rows["group"], rows["key"])
    emergency: Flags = (usual | np.isin(rows["link"], marked("emergency"))) & ~moved
    return emergency


def family_doctor(world: World, person: Whole) -> pl.Series:
    """Who would send each person to a hospital; a household keeps its doctor."""
    district = world.people.district[person]
    household = person // HOUSEHOLD_SIZE
    doctor = world.draw.below("plan/family_doctor", DOCTORS_OF_DISTRICT, household)
    return world.draw.identifiers("R", district * DOCTORS_OF_DISTRICT + doctor)


def _newborn_groups(world: World) -> list[int]:
    """Groups in which only newborns lie."""
    return sorted({world.reference.group(link.target) for link in LINKS if link.newborn})


def _referrer(world: World, rows: dict[str, Whole], emergency: Flags) -> pl.Series:
    """The family doctor who sent the person; null for most."""
    code = family_doctor(world, rows["person"])
    sent = ~emergency & world.draw.chance("plan/referred", REFERRED_SHARE, rows["key"])
    sent &= world.people.district[rows["person"]] != OUTSIDE
    frame = pl.DataFrame({"code": code, "sent": sent})
    return frame.select(pl.when("sent").then("code")).to_series()


def decorated(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Severity, ward, physician, hours, scale and side of every stay.

    ``frame`` has key, seed, link, person, hospital, group, admit and los.
    """
    draw, rows = world.draw, {n: frame[n].to_numpy() for n in frame.columns}
    key, group, hospital = rows["key"], rows["group"], rows["hospital"]
    rows["severity"] = effort.severity(world, world.people.age[rows["person"]], key)
    first = world.houses.first_physician[hospital, group]
    count = np.maximum(world.houses.physicians_of[hospital, group], 1)
    moved = np.isin(rows["link"], marked("speciality"))
    emergency = _emergency(world, rows, moved)
    hour, leave = _hours(world, rows, emergency)
    other = np.isin(rows["link"], marked("other_side"))
    side = (draw.below("plan/side", 2, rows["seed"]) + other) % 2
    has_side = np.array([bool(s) for s in world.group_values("sides")])[group]
    structure = world.group_values("structure")[group]
    operated = np.isin(structure, OPERATED)
    short = (structure == "day") | effort.day_care(world, group, key)
    return frame.with_columns(
        source=pl.col("key"),
        severity=pl.Series(rows["severity"]),
        first_day=pl.lit(0, pl.Int64),
        span=pl.col("los").clip(1),
        spend=pl.Series(effort.spend(world, rows)),
        admit_second=pl.Series(hour),
        leave_second=pl.Series(leave),
        emergency=pl.Series(emergency),
        moved_in=pl.Series(moved),
        ward=pl.Series(1 + draw.below("plan/ward", 2, rows["seed"])),
        physician=pl.Series(first + draw.below("plan/physician", count, rows["seed"])),
        scale=pl.Series(effort.scale(world, group, rows["los"], key)),
        side=pl.Series(np.where(has_side, side, -1)),
        op_day=pl.Series(np.where(operated, np.minimum(1, np.maximum(rows["los"] - 1, 0)), -1)),
        day_case=pl.Series(short & (rows["los"] <= 1)),
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
        structure=pl.Series(structure, dtype=pl.String),
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
        referrer=_referrer(world, rows, emergency | moved),
        newborn=pl.Series(
            np.isin(rows["link"], marked("newborn")) | np.isin(group, _newborn_groups(world))
        ),
        voided=pl.lit(-1, pl.Int64),
        resettles=pl.lit(-1, pl.Int64),
        patient=pl.lit(None, pl.Int64),
        retyped=pl.lit(-1, pl.Int64),
    )


def make(world: World, stays: int) -> pl.DataFrame:
    """About ``stays`` honest stays that end inside the window, sorted by key."""
    frame = patients.people(world, courses.chains(world, stays))
    frame = frame.filter(pl.col("admit") + pl.col("los") < world.clock.days)
    sizes = frame.group_by("seed").len().sort("seed").with_columns(pl.col("len").cum_sum())
    kept = sizes.filter(pl.col("len") <= stays).select("seed")
    frame = frame.join(kept, on="seed", how="semi").drop("turn").sort("seed", "admit", "key")
    return decorated(world, frame)
