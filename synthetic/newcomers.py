"""Stays that no course of illness asked for: rows dressed as stays of a plan, with free keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import effort
from synthetic import plan as care
from synthetic.keys import KEY_STEP, PLACES
from synthetic.state import City, standard_of

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

SPARE_DONORS = 64
FEN = 100
MORNING = (28_800, 14_400)  # second of the day from which, and for how long, people are admitted


def donors(city: City, step: int, number: int, purpose: str) -> Whole:
    """Keys of planned stays whose key plus ``step`` is not taken."""
    key = city.plan["key"].to_numpy()
    own = key[(key % KEY_STEP) < PLACES]
    luck = city.world.draw.uniform(f"{purpose}/donor", own)
    wanted = min(len(own), 2 * number + SPARE_DONORS)
    first = np.argpartition(luck, wanted - 1)[:wanted] if wanted else np.arange(0)
    first = first[np.argsort(luck[first], kind="stable")]
    found: Whole = own[first][~np.isin(own[first] + step, key)][:number]
    return found


def new_stays(city: City, purpose: str, rows: pl.DataFrame, step: int) -> pl.DataFrame:
    """Rows of a plan for stays that nobody planned; sorted rows give the same stays.

    ``rows``: person, hospital, group, admit and columns that replace what is drawn, such as
    los or referrer. Stays that would not end inside the window are left out.
    """
    world = city.world
    donor = donors(city, step, len(rows), purpose)
    rows = rows.head(len(donor)).with_columns(
        key=pl.Series(donor + step), seed=pl.Series(donor // KEY_STEP), link=pl.lit(-1, pl.Int64)
    )
    if "los" not in rows.columns:
        rows = rows.with_columns(los=pl.Series(nights(world, rows)))
    rows = rows.filter(pl.col("admit") + pl.col("los") < world.clock.days)
    base = ["key", "seed", "link", "person", "hospital", "group", "admit", "los"]
    dressed = care.decorated(world, rows.select(base))
    given = [c for c in rows.columns if c not in base]
    dressed = pl.concat([dressed.drop(given, strict=False), rows.select(given)], how="horizontal")
    if "emergency" in given:
        dressed = dressed.with_columns(admit_second=pl.Series(_arrival(world, purpose, dressed)))
    return dressed.with_columns(chain=-pl.col("key") - 1, planted=pl.lit(value=True))


def nights(world: World, rows: pl.DataFrame) -> Whole:
    """Honest length of stays given by hospital, group and key."""
    return effort.nights(world, *(rows[n].to_numpy() for n in ("hospital", "group", "key")))


def _arrival(world: World, purpose: str, rows: pl.DataFrame) -> Whole:
    key = rows["key"].to_numpy()
    begin, length = MORNING
    calm = begin + world.draw.below(f"{purpose}/morning", length, key)
    urgent = world.draw.below(f"{purpose}/any_hour", 86_400, key)
    return np.where(rows["emergency"].to_numpy(), urgent, calm)


def wards(
    world: World, purpose: str, keys: Whole, groups: tuple[str, ...], lean: Flags
) -> pl.DataFrame:
    """A hospital and one of the groups for each key: where ``lean`` is true, if anywhere.

    Columns: ring (the key), hospital, group.
    """
    places = [world.reference.group(adrg) for adrg in groups]
    volume = world.houses.volume[:, places]
    weight = np.sqrt(volume) * np.asarray(lean, dtype=np.float64)[:, None]
    weight = weight if weight.sum() > 0 else np.sqrt(volume)
    cell = world.draw.pick(f"{purpose}/ward", weight.ravel(), keys)
    return pl.DataFrame({
        "ring": keys,
        "hospital": cell // len(places),
        "group": np.array(places)[cell % len(places)],
    })  # fmt: skip


def complaint(
    world: World, name: str, hospital: Whole, groups: tuple[str, ...],
    keys: tuple[pl.Series, ...],
) -> Whole:  # fmt: skip
    """One of the groups that each hospital treats."""
    places = np.array([world.reference.group(adrg) for adrg in groups])
    treats = world.houses.volume[hospital][:, places] > 0
    luck = world.draw.uniform(f"{name}/complaint", *keys)
    turn = np.floor(luck * np.maximum(treats.sum(axis=1), 1)).astype(np.int64)
    chosen = (np.cumsum(treats, axis=1) > turn[:, None]).argmax(axis=1)
    picked: Whole = places[chosen].astype(np.int64)
    return picked


def attending(world: World, purpose: str, rows: pl.DataFrame) -> pl.Series:
    """One physician of the department for each row's ring."""
    hospital, group = rows["hospital"].to_numpy(), rows["group"].to_numpy()
    count = np.maximum(world.houses.physicians_of[hospital, group], 1)
    first = world.houses.first_physician[hospital, group]
    return pl.Series(first + world.draw.below(f"{purpose}/physician", count, rows["ring"]))


def joined(city: City, stays: pl.DataFrame) -> City:
    """The city with more stays, each of a chain of its own, in the order of ``with_plan``.

    Such chains have negative numbers and come first, so the others need not be sorted again.
    """
    before = int((city.plan["chain"] < 0).sum())
    rest = city.plan.slice(before)
    if bool((rest["chain"] < 0).any()):
        return city.with_plan(stays)
    own = [city.plan.slice(0, before), stays.select(city.plan.columns)]
    first = pl.concat(own, how="vertical_relaxed").sort("chain", "admit", "key")
    whole = pl.concat([first, rest], how="vertical_relaxed", rechunk=False)
    return replace(city, plan=whole)


def loss(city: City, stays: pl.DataFrame) -> pl.Series:
    """Payment standard of each stay of a plan in fen."""
    return pl.Series((standard_of(city, stays) * FEN).round().astype(np.int64))
