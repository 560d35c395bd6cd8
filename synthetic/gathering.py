"""Who is called together, and who is free to come: the people of rings and of honest events.

A ring is a number of people who come together, for good or bad reasons. ``called`` finds for
each ring persons who are in no bed in its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.newcomers import attending, new_stays, wards

if TYPE_CHECKING:
    from synthetic.grammar import Dose
    from synthetic.state import City
    from synthetic.world import World

# The stays of those who are called are dressed by ``newcomers``; some of it is offered here too.
__all__ = [
    "Ages",
    "addresses",
    "attending",
    "balanced",
    "called",
    "campaign",
    "free",
    "housed",
    "new_stays",
    "parts",
    "residents",
    "wards",
    "within",
]

POOL = 60_000  # persons of the city among whom those without a common address are sought
FEW = 0.3  # below this share of neighbours the rest of a ring is not counted against it


@dataclass(frozen=True)
class Ages:
    """Youngest and oldest person sought."""

    low: float = 40.0
    high: float = 88.0


def residents(world: World, ages: Ages) -> pl.DataFrame:
    """Persons of some ages who take part in no relief: person, district, address."""
    frame = world.people.frame.select("relief", address="address_hash").with_columns(
        person=pl.int_range(pl.len(), dtype=pl.Int64),
        district=pl.Series(world.people.district),
        age=pl.Series(world.people.age),
        female=pl.Series(world.people.female),
    )
    return frame.filter(pl.col("age").is_between(ages.low, ages.high) & ~pl.col("relief"))


def addresses(world: World, ages: Ages, least: int) -> pl.DataFrame:
    """Addresses at which at least so many persons of some ages live: address, district, homes."""
    counted = (
        residents(world, ages)
        .group_by("address")
        .agg(pl.col("district").min(), size=pl.len().cast(pl.Int64))
    )
    return counted.filter(pl.col("size") >= least).sort("address")


def free(city: City, asked: pl.DataFrame) -> pl.Series:
    """Whether each asked person lies in no bed from ``begin`` to ``end``."""
    rows = asked.select("person", "begin", "end").with_row_index("row")
    beds = city.plan.select("person", "admit", leave=pl.col("admit") + pl.col("los"))
    met = beds.join(rows, on="person").filter(
        (pl.col("admit") <= pl.col("end")) & (pl.col("leave") >= pl.col("begin"))
    )
    busy = np.zeros(len(rows), dtype=bool)
    busy[met["row"].to_numpy()] = True
    return pl.Series(~busy)


def in_one_bed(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """New stays without those that would last until another stay of the person."""
    end = pl.col("admit") + pl.col("los")
    return stays.filter(free(city, stays.select("person", begin="admit", end=end)))


def called(
    city: City, purpose: str, rings: pl.DataFrame, windows: pl.DataFrame, ages: Ages
) -> pl.DataFrame:
    """Members of each ring: ring, person, near (lives at the ring's address).

    ``rings``: ring, district, address (or null), size, and local, the number wanted from the
    address; ``windows``: ring, begin and end of days in which a member must be in no bed. No
    person joins two rings.
    """
    people = residents(city.world, ages).select("person", "district", "address")
    share = POOL / max(len(city.world.people.age), 1)
    some = people.filter(
        pl.Series(city.world.draw.chance(f"{purpose}/pool", share, people["person"]))
    )
    near = (
        rings.select("ring", "address")
        .drop_nulls()
        .join(people.select("person", "address"), on="address")
    )
    far = (
        rings.select("ring", "district", home="address")
        .join(some, on="district")
        .filter(pl.col("address").ne_missing(pl.col("home")))
    )
    both = pl.concat([
        near.select("ring", "person", near=pl.lit(value=True)),
        far.select("ring", "person", near=pl.lit(value=False)),
    ])  # fmt: skip
    return _seated(rings, _unengaged(city, purpose, both, windows))


def _unengaged(city: City, purpose: str, both: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Candidates who are free in all windows of their ring, each in one ring only."""
    asked = both.join(windows, on="ring")
    busy = asked.filter(~free(city, asked)).select("ring", "person").unique()
    able = both.join(busy, on=["ring", "person"], how="anti").sort("ring", "person")
    luck = city.world.draw.uniform(f"{purpose}/member", able["ring"], able["person"])
    wish = pl.Series(luck) + able["near"].cast(pl.Float64)
    return able.with_columns(luck=wish).filter(
        pl.col("luck") == pl.col("luck").max().over("person")
    )


def _seated(rings: pl.DataFrame, able: pl.DataFrame) -> pl.DataFrame:
    """The luckiest of the address first, then others of the district, up to the ring's size."""
    rank = pl.col("luck").rank("ordinal", descending=True).over("ring", "near")
    rows = able.join(rings.select("ring", "size", "local"), on="ring").with_columns(rank=rank)
    home = rows.filter(pl.col("near") & (pl.col("rank") <= pl.min_horizontal("local", "size")))
    seats = home.group_by("ring").agg(seated=pl.len().cast(pl.Int64))
    guests = rows.filter(~pl.col("near")).join(seats, on="ring", how="left")
    room = pl.col("size") - pl.col("seated").fill_null(0)
    guests = guests.filter(pl.col("rank") <= room)
    chosen = ["ring", "person", "near"]
    return pl.concat([home.select(chosen), guests.select(chosen)]).sort("ring", "person")


def parts(dose: Dose, least: int) -> list[tuple[int, int]]:
    """Difficulty and number of subjects; a part too small for one ring waits for the next."""
    out: list[tuple[int, int]] = []
    left = 0
    for place, level in enumerate(dose.difficulties):
        left += (dose.subjects + place) // len(dose.difficulties)
        if 2 * left >= least:
            out.append((level, max(left, least)))
            left -= out[-1][1]
    return out


def campaign(world: World, code: str, ring: pl.Series) -> pl.Series:
    """Opaque name of each ring's campaign."""
    bits = world.draw.bits(f"campaign/name/{code}", ring) >> np.uint64(16)
    return world.draw.identifiers("K", bits.astype(np.int64))


def housed(
    city: City, name: str, rows: pl.DataFrame, ages: Ages, least: int, shared: float
) -> pl.DataFrame:
    """An address and its district for each ring, large ones first; rings shrink to what fits."""
    homes = addresses(city.world, ages, least)
    if homes.is_empty():
        return homes
    size = homes["size"].to_numpy().astype(np.float64)
    luck = city.world.draw.uniform(f"{name}/home", np.arange(len(homes))) ** (1 / size**2)
    found = homes[np.argsort(-luck, kind="stable")].head(len(rows))
    found = found.select("address", "district", living="size")
    most = (pl.col("living") / max(shared, FEW)).floor().cast(pl.Int64)
    wide = pl.concat([rows.head(len(found)), found], how="horizontal")
    wide = wide.with_columns(size=pl.min_horizontal("size", pl.max_horizontal(most, least)))
    return wide.with_columns(local=(pl.col("size") * shared).ceil().cast(pl.Int64))


def balanced(members: pl.DataFrame, shared: float, least: int) -> pl.DataFrame:
    """Members without guests beyond the wanted share of neighbours, and no ring too small."""
    near = pl.col("near").sum().over("ring")
    guest = pl.col("person").rank("ordinal").over("ring", "near")
    allowed = (near / max(shared, FEW)).floor() - near
    kept = members.filter(pl.col("near") | (guest <= allowed) | (shared < FEW))
    return kept.filter(pl.len().over("ring") >= least)


def within(rings: pl.DataFrame, subjects: int, least: int) -> pl.DataFrame:
    """The first rings, up to so many subjects in all; the last one shrinks to what is left."""
    whole = rings if "waves" in rings.columns else rings.with_columns(waves=pl.lit(1, pl.Int64))
    each = pl.col("size") * pl.col("waves")
    room = subjects - (each.cum_sum() - each)
    fits = pl.max_horizontal(room // pl.col("waves"), pl.lit(least))
    kept = whole.with_columns(planned="size", size=pl.min_horizontal("size", fits), room=room)
    share = (pl.col("local") * pl.col("size") / pl.col("planned")).ceil().cast(pl.Int64)
    kept = kept.with_columns(local=share)
    kept = kept.filter((pl.col("room") > 0) & (2 * pl.col("room") >= least * pl.col("waves")))
    return kept.drop("room", "planned")
