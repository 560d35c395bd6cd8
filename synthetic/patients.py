"""Which person each course of illness belongs to: age, sex, home, and nobody in two beds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.arrays import by_case
from synthetic.persons import OUTSIDE, Wish

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

# Patients from the hospital's own district, by level: small houses serve their neighbours.
LOCAL_SHARE = {"3": 0.42, "2": 0.68, "1": 0.88, "0": 0.80}
# Patients insured elsewhere: about 40% in leading public hospitals (dossier 5.1), few in others.
OUTSIDE_SHARE = {"3": 0.30, "2": 0.05, "1": 0.01, "0": 0.02}
OUTSIDE_SPECIALIST = 0.40
# Children among the patients of groups that treat both.
CHILDREN = {"ES3": 0.26, "GD2": 0.12, "IF1": 0.18, "IF4": 0.08, "GE1": 0.10, "ET2": 0.03}
CHILD_AGES = (1, 15)
# A person just home from hospital seldom falls ill anew of something else: most courses of two
# illnesses lie this many days apart; a few follow each other at once.
APART = 30
AT_ONCE = 0.02
ATTEMPTS = 5


def people(world: World, rows: dict[str, Whole]) -> pl.DataFrame:
    """Give each chain a person of fitting sex, age and district who is not yet in a bed."""
    frame = pl.DataFrame(rows)
    seeds = frame.filter(pl.col("link") == -1).sort("seed")
    person = _candidates(world, seeds, 0)
    for attempt in range(1, ATTEMPTS + 1):
        clash = _clashing(world, frame, person)
        if attempt == ATTEMPTS:
            break
        other = _candidates(world, seeds, attempt)
        person = np.where(np.isin(seeds["seed"].to_numpy(), clash), other, person)
    owners = pl.DataFrame({"seed": seeds["seed"], "person": person})
    return frame.join(owners, on="seed").filter(~pl.col("seed").is_in(clash.tolist()))


def _candidates(world: World, seeds: pl.DataFrame, attempt: int) -> Whole:
    seed, group = seeds["seed"].to_numpy(), seeds["group"].to_numpy()
    female = world.draw.chance("plan/sex", world.group_values("female")[group], seed)
    district = _homes(world, seeds["hospital"].to_numpy(), seed)
    wish = Wish(seed, _ages(world, group, seed, attempt), female, district)
    return world.people.choose(world.draw, f"plan/person/{attempt}", wish)


def _ages(world: World, group: Whole, seed: Whole, attempt: int) -> Floats:
    draw = world.draw
    age = world.group_values("age")[group] + world.group_values("age_sd")[group] * draw.normal(
        f"plan/age/{attempt}", seed
    )
    share = np.array([CHILDREN.get(adrg, 0.0) for adrg in world.reference.groups["adrg"]])
    child = draw.chance("plan/child", share[group], seed)
    low, high = CHILD_AGES
    young = low + (high - low) * draw.uniform(f"plan/child_age/{attempt}", seed) ** 1.5
    ages: Floats = np.where(child, young, age)
    return ages


def _homes(world: World, hospital: Whole, seed: Whole) -> Whole:
    """Home district: the hospital's own, another one of the city, or outside."""
    draw, houses, level = world.draw, world.houses.frame, world.level(hospital)
    leading = (houses["kind"] == "specialist").to_numpy()[hospital] & (level == "3")
    local = np.array([LOCAL_SHARE[name] for name in level])
    outside = np.array([OUTSIDE_SHARE[name] for name in level])
    outside = np.where(leading, OUTSIDE_SPECIALIST, outside)
    counts = np.bincount(world.people.district, minlength=OUTSIDE + 1)
    elsewhere = draw.pick("plan/elsewhere", counts[:OUTSIDE], seed)
    own = houses["district_key"].to_numpy()[hospital]
    u = draw.uniform("plan/home", seed)
    return by_case([u < outside, u >= 1 - local], [OUTSIDE, own], elsewhere).astype(np.int64)


def _clashing(world: World, frame: pl.DataFrame, person: Whole) -> Whole:
    """Chains in which a stay overlaps, or closely follows, another stay of the same person."""
    seed = np.arange(len(person))
    at_once = world.draw.chance("plan/at_once", AT_ONCE, seed)
    owners = pl.DataFrame(
        {"seed": seed, "person": person, "apart": np.where(at_once, 0, APART).astype(np.int64)}
    )
    ordered = (
        frame.join(owners, on="seed")
        .with_columns(end=pl.col("admit") + pl.col("los"))
        .sort("person", "admit", "key")
        .with_columns(
            before=pl.col("end").cum_max().shift(1).over("person"),
            same=(pl.col("seed") == pl.col("seed").shift(1)).fill_null(value=False),
        )
    )
    transferred = pl.col("same") & (pl.col("admit") == pl.col("before"))
    needed = pl.when("same").then(0).otherwise(pl.col("apart"))
    clash = ordered.filter((pl.col("admit") <= pl.col("before") + needed) & ~transferred)
    return clash["seed"].unique().to_numpy()
