"""Stays on paper: the bill of a real stay under another person's card, on other days.

Works on a plan that was prepared for settlement, with ``difficulty`` and ``campaign``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import gathering, headers
from synthetic.persons import Wish

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.state import City

WEEKS = (1, 8)  # weeks from the copied stay to the false one
LATEST = 7 * WEEKS[1] + 2
SEEN_IN_BED = "in_bed"
ELSEWHERE = 2  # the difficulty at which the person may lie in another hospital's bed
IN_BED_SHARE = 0.5
FAR = 3  # from this difficulty on the cards come from one other district
ATTEMPTS = 6
REACH = 60  # rows before and after a day among which a bed elsewhere is sought
AGE_REACH = 15  # years
OVERLAP = 2  # days in two beds at least
QUIET = 2  # days before and after without another stay
FEN = 100


def dated(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Copies some weeks later, on the same weekday and, if possible, with the same holidays."""
    free = city.world.clock.free()
    luck = city.world.draw.between("forge/week", *WEEKS, chosen["key"])
    admit = []
    for day, nights, week in zip(chosen["admit"], chosen["los"], luck.tolist(), strict=True):
        order = [(week + turn) % WEEKS[1] + 1 for turn in range(WEEKS[1])]
        days = [day + 7 * at for at in order]
        same = [at for at in days if (free[at : at + nights] == free[day : day + nights]).all()]
        admit.append((same or days)[0])
    return chosen.with_columns(admit=pl.Series(admit, dtype=pl.Int64))


def named(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Another person for each stay; ``in_bed`` tells who lies elsewhere on those days.

    Stays for which nobody is found are left out.
    """
    draw, key = city.world.draw, stays["key"].to_numpy()
    twice = (stays["difficulty"] == ELSEWHERE).to_numpy()
    twice &= draw.chance("forge/in_bed", IN_BED_SHARE, key)
    person = np.where(twice, _in_bed(city, stays), -1)
    in_bed = person >= 0
    for attempt in range(ATTEMPTS):
        other = _cards(city, stays, attempt)
        person = np.where(person < 0, other, person)
    found = stays.with_columns(person=pl.Series(person), in_bed=pl.Series(in_bed))
    found = found.filter(pl.col("person") >= 0).sort("key")
    return found.unique("person", keep="first", maintain_order=True)


def _cards(city: City, stays: pl.DataFrame, attempt: int) -> Whole:
    """A person like the patient, alive and in no bed, or -1."""
    world, key = city.world, stays["key"].to_numpy()
    patient = stays["person"].to_numpy()
    wish = Wish(key, _age(city, patient), world.people.female[patient], _district(city, stays))
    person = world.people.choose(world.draw, f"forge/card/{attempt}", wish)
    begin = stays["admit"].to_numpy() - QUIET
    asked = pl.DataFrame({
        "person": person, "begin": begin, "end": begin + 2 * QUIET + stays["los"].to_numpy(),
    })  # fmt: skip
    dead = np.isin(person, city.plan.filter("died")["person"].to_numpy())
    fits = gathering.free(city, asked).to_numpy() & ~dead & (person != patient)
    fits &= world.people.female[person] == world.people.female[patient]
    fits &= np.abs(_age(city, person) - _age(city, patient)) < AGE_REACH
    return np.where(fits, person, -1)


def _age(city: City, person: Whole) -> Floats:
    age: Floats = city.world.people.age[person]
    return age


def _district(city: City, stays: pl.DataFrame) -> Whole:
    """The patient's district, or for the cunning one district for all cards of a campaign."""
    world = city.world
    home = world.houses.frame["district_key"].to_numpy()[stays["hospital"].to_numpy()]
    weight = np.bincount(world.people.district)
    name = stays["campaign"].str.slice(1).cast(pl.Int64)
    far = world.draw.pick("forge/district", weight, name)
    far = np.where(far == home, (far + 1) % len(weight), far)
    own = world.people.district[stays["person"].to_numpy()]
    return np.where((stays["difficulty"] >= FAR).to_numpy(), far, own).astype(np.int64)


def _in_bed(city: City, stays: pl.DataFrame) -> Whole:
    """Somebody like the patient who lies in another hospital on the days of the stay, or -1."""
    fit = ~pl.col("planted") & ~pl.col("died") & (pl.col("los") > OVERLAP + 1)
    beds = city.plan.filter(fit).sort("admit", "key")
    begin, end = (stays["admit"] + n for n in (0, stays["los"]))
    found = np.full(len(stays), -1, dtype=np.int64)
    if beds.is_empty():
        return found
    at = np.searchsorted(beds["admit"].to_numpy(), begin.to_numpy())
    for attempt in range(4 * ATTEMPTS):
        near = city.world.draw.between(f"forge/bed/{attempt}", -REACH, REACH, stays["key"])
        other = beds[np.clip(at + near, 0, len(beds) - 1)]
        leave = other["admit"] + other["los"]
        fits = (other["admit"] + OVERLAP <= end) & (leave >= begin + OVERLAP)
        fits &= other["hospital"] != stays["hospital"]
        found = np.where(
            (found < 0) & fits.to_numpy() & _alike(city, other, stays), other["person"], found
        )
    return found


def _alike(city: City, other: pl.DataFrame, stays: pl.DataFrame) -> np.ndarray:
    """Another person of the same sex and nearly the same age."""
    one, two = other["person"].to_numpy(), stays["person"].to_numpy()
    female = city.world.people.female
    near = np.abs(_age(city, one) - _age(city, two)) < AGE_REACH
    alike: np.ndarray = (female[one] == female[two]) & near & (one != two)
    return alike


def settled(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Days of settlement, ids and payment of the new stays; nobody dies on paper."""
    ready = headers.prepare(city.world, city.standards, stays)
    dead = pl.col("discharge_way") == "death"
    return ready.with_columns(
        died=pl.lit(value=False),
        discharge_way=pl.when(dead).then(pl.lit("home")).otherwise("discharge_way"),
    )


def phantom_uses(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """What the copied bill lists: billed, but neither taken from the store nor recorded."""
    moved = stays.select(stay="template", new="key", begin="admit")
    begun = city.plan.select(stay="key", began="admit")
    rows = city.uses.filter(pl.col("billed") > 0).join(moved, on="stay").join(begun, on="stay")
    day = rows["day"] + rows["begin"] - rows["began"]
    products = city.world.products
    price = products.platform(rows["product"].to_numpy(), day.to_numpy())
    platform = pl.Series(np.rint(price * FEN).astype(np.int64))
    return rows.sort("use").with_columns(
        stay="new",
        day=day,
        quantity=pl.lit(0, pl.Int64),
        recorded=pl.lit(0, pl.Int64),
        serial_no=pl.lit(None, pl.String),
        wasted=pl.lit(value=False),
        planted=pl.lit(value=True),
        platform=platform,
        unit_price=pl.min_horizontal("unit_price", platform),
    )


def payment(stays: pl.DataFrame) -> pl.Series:
    """Payment standard of prepared stays in fen."""
    return stays.select((pl.col("standard") * FEN).round().cast(pl.Int64)).to_series()
