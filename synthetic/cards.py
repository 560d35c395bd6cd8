"""On whose card a stay could be settled: pairs of a stay and the card of another person.

Each function gives the stays with ``card`` (person) and ``proof``: the key of the stay of the
card's owner that contradicts, or will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding
from synthetic.coding import COMPANIONS

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.state import City

LIKE_AGE = {1: 12.0, 2: 15.0, 3: 12.0, 4: 8.0}  # years between the patient and the card, at most
QUIET = 2  # days around the stay without another stay under the card, from difficulty 2 on
OVERLAP = 2  # nights in two beds, at least
KNOWN_DEAD = 10  # days after a death
APART = 20  # days between two operations on the same organ, at least
# Operations that take out an organ that nobody has twice; groups and the code, if only one does.
REMOVED = {"HC2": "", "GD2": "", "NC1": "68.4100"}
# What a pair is chosen by, of the plan and of the candidates.
LOOKED_AT = ["key", "seed", "source", "person", "hospital", "group", "day", "admit", "los"]
RETRIES = 24  # cards tried for a stay
TWO_PLACES, ORGAN, BLOOD, FAMILY = 1, 2, 3, 4


def _fits(city: City, pairs: pl.DataFrame, level: int) -> pl.DataFrame:
    """Pairs of a stay and a ``card`` of another person of the same sex and near age."""
    people = city.world.people
    person, card = pairs["person"].to_numpy(), pairs["card"].to_numpy()
    like = np.abs(people.age[person] - people.age[card]) <= LIKE_AGE[level]
    like &= (people.female[person] == people.female[card]) & (person != card)
    return pairs.filter(pl.Series(like))


def _one_each(city: City, pairs: pl.DataFrame, level: int, columns: list[str]) -> pl.DataFrame:
    """One card for each stay, and one stay for each card, by luck; ``proof`` may be null."""
    if "proof" not in pairs.columns:
        pairs = pairs.with_columns(proof=pl.lit(None, pl.Int64))
    luck = city.world.draw.uniform(f"h08/card/{level}", pairs["key"], pairs["card"])
    ordered = pairs.with_columns(luck=pl.Series(luck)).sort("luck", "key", "card")
    once = ordered.unique("key", keep="first", maintain_order=True)
    once = once.unique("card", keep="first", maintain_order=True)
    return once.select(*columns, "card", "proof")


def _free(city: City, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs in which the card's owner is alive and in no bed around the stay."""
    beds = city.plan.select(
        card="person", enter="admit", leave=pl.col("admit") + pl.col("los"), gone="died"
    )
    mine = pairs.select("key", "card", "admit", end=pl.col("admit") + pl.col("los"))
    near = (pl.col("enter") <= pl.col("end") + QUIET) & (pl.col("leave") + QUIET >= pl.col("admit"))
    dead = pl.col("gone") & (pl.col("leave") <= pl.col("end"))
    clash = mine.join(beds, on="card").filter(near | dead).select("key", "card")
    return pairs.join(clash, on=["key", "card"], how="anti")


def _tried(city: City, rows: pl.DataFrame, cards: pl.DataFrame, name: str) -> pl.DataFrame:
    """Each stay beside some of the given cards, drawn."""
    if cards.is_empty():
        return rows.join(cards, how="cross")
    turns = rows.with_columns(turn=pl.int_ranges(0, pl.lit(RETRIES))).explode("turn")
    drawn = city.world.draw.below(f"h08/{name}", len(cards), turns["key"], turns["turn"])
    taken = cards[drawn]
    return pl.concat([turns.drop("turn"), taken], how="horizontal").unique(
        ["key", "card"], keep="first", maintain_order=True
    )


def dead(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Owners of cards who died some days before the stay."""
    died = city.plan.filter("died").sort("key")
    cards = died.select(card="person", proof="key", dead=pl.col("admit") + pl.col("los"))
    pairs = _tried(city, rows, cards, "dead").filter(pl.col("admit") > pl.col("dead") + KNOWN_DEAD)
    return _one_each(city, _fits(city, pairs, TWO_PLACES), TWO_PLACES, rows.columns)


def in_two_beds(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays in other hospitals that lie over each other for some nights."""
    others = city.plan.filter(pl.col("los") > OVERLAP, ~pl.col("newborn")).sort("key")
    beds = others.select(
        card="person",
        proof="key",
        elsewhere="hospital",
        enter="admit",
        leave=pl.col("admit") + pl.col("los"),
    )
    # Stays that begin near each other, in turn within each week, so that many meet.
    week = pl.col("enter") // 7
    beds = beds.with_columns(week=week, turn=pl.int_range(pl.len()).over(week))
    many = beds.group_by("week").len("many")
    mine = rows.with_columns(week=pl.col("admit") // 7).join(many, on="week")
    turns = mine.with_columns(again=pl.int_ranges(0, pl.lit(RETRIES))).explode("again")
    keys = (turns["key"], turns["again"])
    drawn = city.world.draw.below("h08/beds", turns["many"].to_numpy(), *keys)
    pairs = turns.with_columns(turn=pl.Series(drawn)).join(
        beds.with_columns(pl.col("turn").cast(pl.Int64)), on=["week", "turn"]
    )
    end = pl.col("admit") + pl.col("los")
    common = pl.min_horizontal(end, "leave") - pl.max_horizontal("admit", "enter")
    pairs = pairs.filter((common >= OVERLAP) & (pl.col("elsewhere") != pl.col("hospital")))
    return _one_each(city, _fits(city, pairs, TWO_PLACES), TWO_PLACES, rows.columns)


def without_organ(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Removals of an organ, beside others who had the same operation."""
    parts = []
    for adrg, code in REMOVED.items():
        group = city.world.reference.group(adrg)
        done = city.plan.filter((pl.col("group") == group) & (pl.col("voided") < 0)).sort("key")
        mine = rows.filter(pl.col("group") == group)
        if code:
            done = _with_code(city, done, code)
            mine = mine.join(done.select("key"), on="key", how="semi", maintain_order="left")
        cards = done.select(card="person", proof="key", when="admit")
        pairs = _fits(city, _tried(city, mine, cards, f"organ/{adrg}"), ORGAN)
        apart = (pl.col("when") - pl.col("admit")).abs() >= APART
        parts.append(_free(city, pairs.filter(apart)))
    return _one_each(city, pl.concat(parts), ORGAN, rows.columns)


def _with_code(city: City, rows: pl.DataFrame, code: str) -> pl.DataFrame:
    """Stays whose first procedure is ``code``."""
    first = coding.procedures(city.world, rows).filter(
        (pl.col("position") == 1) & (pl.col("code") == code)
    )
    return rows.join(first.select("stay_id"), on="stay_id", how="semi")


def stranger(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Owners of cards with chronic illnesses that show in a stay of their own."""
    pairs = _tried(city, rows, _ill_elsewhere(city), "stranger")
    pairs = _free(city, _fits(city, pairs, BLOOD))
    return _one_each(city, _unlike(city, pairs), BLOOD, rows.columns)


def _ill_elsewhere(city: City) -> pl.DataFrame:
    """Persons with stays and chronic illnesses, as cards."""
    lain = city.plan.filter(~pl.col("newborn") & (pl.col("voided") < 0))
    ill = lain.group_by(card="person").agg(proof=pl.col("key").max()).sort("card")
    known = coding.companions(city.world, ill["card"].to_numpy())
    return ill[np.unique(known["row"].to_numpy())]


def relative(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Others of the same address, of the same sex and near age."""
    home = city.world.people.frame.select(
        "address_hash", card=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    mine = rows.join(home.rename({"card": "person"}), on="person")
    cards = home.join(_ill_elsewhere(city), on="card", how="semi")
    pairs = _fits(city, mine.join(cards, on="address_hash"), FAMILY)
    pairs = _unlike(city, _free(city, pairs))
    return _one_each(city, pairs, FAMILY, rows.columns)


def _unlike(city: City, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which the card's owner has a chronic illness that the patient has not."""
    person, card = (_illnesses(city, pairs[name].to_numpy()) for name in ("person", "card"))
    main = coding.true_principal(city.world, pairs).to_numpy()
    person += np.stack([main == code for code, *_ in COMPANIONS], axis=1)
    return pairs.filter(pl.Series(((card > 0) & (person == 0)).any(axis=1)))


def _illnesses(city: City, person: Whole) -> Floats:
    """One row a person, one column an everyday illness: 1 where the person has it."""
    has = np.zeros((len(person), len(COMPANIONS)))
    known = coding.companions(city.world, person)
    has[known["row"].to_numpy(), known["rank"].to_numpy() - 3] = 1.0
    return has
