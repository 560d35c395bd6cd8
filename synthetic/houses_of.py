"""Hospitals as subjects: how many, how cunning, what they buy, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synthetic.grammar import Dose
    from synthetic.state import City
    from synthetic.world import World

MOST = 0.08  # of the city's hospitals
MOST_INNOCENT = 2  # hospitals that one look-alike may label
FAMILY = 3  # first letters of a class code: its family
SUPPLIED = ["hospital", "family"]


def levels(world: World, purpose: str, dose: Dose) -> list[int]:
    """The difficulty of each hospital to plant: a handful, all difficulties in turn."""
    number = min(max(1, dose.subjects), int(len(world.houses.frame) * MOST))
    first = int(world.draw.below(f"{purpose}/first", len(dose.difficulties), 0)[0])
    return [dose.difficulties[(first + k) % len(dose.difficulties)] for k in range(number)]


def campaign(world: World, code: str, hospital: pl.Series) -> pl.Series:
    """Opaque name of each hospital's campaign."""
    bits = world.draw.bits(f"campaign/name/{code}/house", hospital) >> np.uint64(16)
    return world.draw.identifiers("K", bits.astype(np.int64))


def named(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the id of their hospital as ``subject_id``."""
    ids = city.world.houses.frame["hospital_id"].gather(rows["hospital"].cast(pl.UInt32))
    return rows.with_columns(subject_id=ids)


def innocent(city: City, name: str, rows: pl.DataFrame) -> City:
    """The city with hospitals labelled by a look-alike: hospital, started, ended."""
    return city.with_innocent(name, "hospital", named(city, rows))


def labelled(city: City, code: str | None = None) -> list[int]:
    """Hospitals that are a subject already, or one of a scheme."""
    mine = pl.col("subject_type") == "hospital"
    mine = mine if code is None else mine & (pl.col("scheme") == code)
    known = [t.filter(mine)["hospital"] for t in city.truth]
    return pl.concat([pl.Series([], dtype=pl.Int64), *known]).to_list()


def bought(city: City) -> pl.DataFrame:
    """Purchases of registered products inside the window, with the ``family`` of their class."""
    products = city.world.products
    if city.goods is None:
        raise ValueError("the city has no stores yet; trace its uses first")
    codes = products.frame["class_code"].str.slice(0, FAMILY)
    rows = city.goods.purchases
    product = rows["product"].cast(pl.UInt32)
    kept = pl.Series(products.registered).gather(product)
    return rows.with_columns(family=codes.gather(product)).filter(kept)


def classes(rows: pl.DataFrame) -> pl.DataFrame:
    """What each hospital buys of each family: rows, value, share of the largest supplier.

    ``room`` is by how much the list price lies above the median, over all units.
    """
    worth = pl.col("quantity") * pl.col("invoice")
    each = rows.group_by(*SUPPLIED, "supplier").agg(
        rows=pl.len(), value=worth.sum(),
        room=((pl.col("listed") - pl.col("median")).clip(0) * pl.col("quantity")).sum(),
    )  # fmt: skip
    cells = each.group_by(SUPPLIED).agg(
        pl.col("rows", "room").sum(), top=pl.col("value").max() / pl.col("value").sum(),
        value=pl.col("value").sum(),
    )  # fmt: skip
    return cells.sort(SUPPLIED)


def treating(world: World, groups: Iterable[str]) -> np.ndarray:
    """Whether each hospital treats one of the groups."""
    places = [world.reference.group(adrg) for adrg in groups]
    flags: np.ndarray = world.houses.volume[:, places].sum(axis=1) > 0
    return flags


def lucky(city: City, purpose: str, rows: pl.DataFrame, number: int) -> list[int]:
    """A few hospitals among those that buy something, larger buyers more readily."""
    spent = rows.group_by("hospital").agg(value=(pl.col("quantity") * pl.col("invoice")).sum())
    spent = spent.filter(pl.col("value") > 0).sort("hospital")
    luck = city.world.draw.uniform(purpose, spent["hospital"])
    rank = pl.Series(np.log(np.maximum(luck, 1e-12)) / spent["value"].to_numpy() ** 0.5)
    ordered = spent.with_columns(rank=rank).sort("rank", descending=True)
    return ordered.head(min(max(1, number), MOST_INNOCENT))["hospital"].to_list()


def largest(city: City, name: str, rows: pl.DataFrame, number: int) -> City:
    """Label the hospitals that spend most on the given purchases, for the whole window."""
    worth = (pl.col("quantity") * pl.col("invoice")).sum()
    fresh = rows.filter(~pl.col("hospital").is_in(labelled(city)))
    spent = fresh.group_by("hospital").agg(value=worth).sort("value", "hospital", descending=True)
    some = spent.head(min(max(1, number), MOST_INNOCENT))
    last = pl.lit(city.world.clock.days - 1, pl.Int64)
    return innocent(city, name, some.with_columns(started=pl.lit(0, pl.Int64), ended=last))
