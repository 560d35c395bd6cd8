"""Outpatient, emergency and pharmacy visits of the people who also lie in hospital.

Columns before delivery: ``visit`` key, ``person``, ``hospital``, ``day``, ``second``,
``kind`` and ``amount`` in fen (null: what such a visit costs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding, deaths, nearby
from synthetic.additions import VISITS, conformed
from synthetic.keys import VISIT_STEP

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

# Illnesses that need drugs all the time; the codes are those of ``coding.COMPANIONS``.
CHRONIC = ("I10.x00x002", "E11.900", "I25.103", "E78.500", "I67.200x003", "M81.000")
REGULAR = 0.55  # of those who have one: they come month by month
A_MONTH, SLIP, KEPT = 30, 4, 0.88  # days between, days early or late, months in which they come
CLINIC_SHARE = 0.35  # of the monthly visits; the others only fetch drugs
STAYS_AT_ONCE = 100_000  # stays of the persons whose visits are made together
MINOR_SHARE = 0.25
MOST_MONTHS = 512  # of a window; parts the keys of persons
REFILLS_FROM = 1 << 46  # keys of monthly visits, above those that belong to stays
AMOUNT = {"clinic": 320.0, "emergency": 640.0, "pharmacy": 180.0}  # mean yuan of a visit
# Why those without a lasting illness come.
REASONS = ("J06.900", "K29.000", "M54.500", "J20.900", "L30.900", "K12.100")
REASON_SHARES = (34, 20, 18, 14, 8, 6)
AMOUNT_SIGMA = 0.7


@dataclass(frozen=True)
class Anchor:
    """Clinic visits before (sign -1) or after (sign 1) stays: share of stays, days between."""

    name: str
    share: float
    gap: tuple[int, int]
    sign: int


ANCHORS = (Anchor("before", 0.55, (1, 12), -1), Anchor("after", 0.50, (5, 35), 1))


def _anchored(world: World, plan: pl.DataFrame, anchor: Anchor) -> pl.DataFrame:
    name, sign = anchor.name, anchor.sign
    rows = plan.filter(pl.Series(world.draw.chance(f"visit/{name}", anchor.share, plan["key"])))
    gaps = world.draw.between(f"visit/gap/{name}", *anchor.gap, rows["key"])
    base = rows["admit"].to_numpy() + (rows["los"].to_numpy() if sign > 0 else 0)
    urgent = rows["emergency"].to_numpy() & (sign < 0)
    return rows.select("person", "hospital", visit="key").with_columns(
        visit=pl.col("visit") * VISIT_STEP + (1 if sign > 0 else 0),
        day=pl.Series(base + sign * gaps),
        kind=pl.Series(np.where(urgent, "emergency", "clinic")),
    )


def _refills(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Chronic patients fetch drugs near home about once a month."""
    persons = plan.select("person").unique().sort("person")
    ill = pl.Series(chronic(world, persons["person"].to_numpy()).is_not_null())
    regular = pl.Series(world.draw.chance("visit/regular", REGULAR, persons["person"]))
    months = range(world.clock.days // A_MONTH + 1)
    rows = persons.filter(ill & regular).join(pl.DataFrame({"month": months}), how="cross")
    person, month = rows["person"].to_numpy(), rows["month"].to_numpy()
    early = world.draw.below("visit/first", A_MONTH, person)
    slip = world.draw.between("visit/slip", -SLIP, SLIP, person, month)
    met = world.draw.chance("visit/met", KEPT, person, month)
    clinic = world.draw.chance("visit/seen", CLINIC_SHARE, person, month)
    key = REFILLS_FROM + person * MOST_MONTHS + month
    visits = pl.DataFrame(
        {
            "visit": key,
            "person": person,
            "hospital": nearby.usual(world, person, key),
            "day": month * A_MONTH + early + slip,
            "kind": np.where(clinic, "clinic", "pharmacy"),
        }
    )
    return visits.filter(pl.Series(met))


def _minor(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Colds and aches: now and then, at a house near home."""
    chosen = plan.filter(pl.Series(world.draw.chance("visit/minor", MINOR_SHARE, plan["key"])))
    person, key = chosen["person"].to_numpy(), chosen["key"].to_numpy()
    return chosen.select("person", visit=pl.col("key") * VISIT_STEP + 2).with_columns(
        hospital=pl.Series(nearby.usual(world, person, key)),
        day=pl.Series(world.draw.below("visit/refill", world.clock.days, key)),
        kind=pl.lit("clinic"),
    )


def chronic(world: World, person: Whole) -> pl.Series:
    """The illness for which a person needs drugs all the time; null for the healthy.

    It is the first of the everyday companions that their stays list, too.
    """
    rows = coding.companions(world, person).filter(pl.col("code").is_in(CHRONIC))
    first = rows.sort("row", "rank").unique("row", keep="first", maintain_order=True)
    codes = np.full(len(person), None, dtype=object)
    codes[first["row"].to_numpy()] = first["code"].to_numpy()
    return pl.Series(codes.tolist(), dtype=pl.String)


def make(world: World, plan: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """Visits of living persons who are not in a bed on that day, and the ``planted`` ones.

    Nobody's visits hang on those of others, so that they are made for some persons at a time.
    """
    dead = deaths.at_home(world, plan).select("person", dead="day")
    made = [_of_persons(world, piece, dead) for piece in _pieces(plan)]
    both = pl.concat([*made, planted])
    return both.unique("visit", keep="first", maintain_order=True).sort("visit")


def _pieces(plan: pl.DataFrame) -> list[pl.DataFrame]:
    """The plan by persons, whole numbers of whom stand together."""
    number = max(1, len(plan) // STAYS_AT_ONCE)
    piece = pl.col("person") % number
    return [plan.filter(piece == place) for place in range(number)]


def _of_persons(world: World, plan: pl.DataFrame, dead: pl.DataFrame) -> pl.DataFrame:
    own = plan.filter(pl.col("resettles") < 0)
    parts = [
        *(_anchored(world, own, anchor) for anchor in ANCHORS),
        _refills(world, own),
        _minor(world, own),
    ]
    visits = pl.concat([conformed(VISITS, part) for part in parts]).filter(
        pl.col("day").is_between(0, world.clock.days - 1)
    )
    visits = visits.filter(~pl.Series(_closed(world, visits)))
    return _out_of_bed(_alive(visits, dead), plan)


def _alive(visits: pl.DataFrame, dead: pl.DataFrame) -> pl.DataFrame:
    ends = visits.join(dead, on="person", how="left")
    return ends.filter((pl.col("day") <= pl.col("dead")).fill_null(value=True)).drop("dead")


def _closed(world: World, visits: pl.DataFrame) -> Flags:
    return world.since.closed(visits["hospital"].to_numpy(), visits["day"].to_numpy())


def _out_of_bed(visits: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    beds = plan.select("person", "admit", leave=pl.col("admit") + pl.col("los"), died="died").sort(
        "admit"
    )
    found = visits.sort("day").join_asof(
        beds, left_on="day", right_on="admit", by="person", check_sortedness=False
    )
    free = pl.col("leave").is_null() | ((pl.col("day") > pl.col("leave")) & ~pl.col("died"))
    return found.filter(free).select(visits.columns)


def priced(world: World, visits: pl.DataFrame) -> pl.DataFrame:
    """Add hour and amount to visits."""
    key = visits["visit"].to_numpy()
    mean = np.array([AMOUNT[kind] for kind in visits["kind"]])
    amount = mean * world.draw.spread("visit/amount", AMOUNT_SIGMA, key)
    second = 28_800 + world.draw.below("visit/second", 28_800, key)
    usual = pl.Series(np.rint(amount * 10).astype(np.int64) * 10)
    return visits.with_columns(second=pl.Series(second), amount=pl.coalesce("amount", usual))


def _reasons(world: World, visits: pl.DataFrame, plan: pl.DataFrame) -> pl.Series:
    """Before and after a stay its own illness, else the chronic one, else something minor."""
    stays = plan.select(visit="key", illness=coding.principal(world, plan))
    around = pl.col("visit") % VISIT_STEP < len(ANCHORS)
    of_stay = visits.select(
        visit=pl.when(around & (pl.col("visit") < REFILLS_FROM)).then(pl.col("visit") // VISIT_STEP)
    ).join(stays, on="visit", how="left", maintain_order="left")
    ill = chronic(world, visits["person"].to_numpy())
    minor = pl.Series(REASONS).gather(
        pl.Series(world.draw.pick("visit/reason", REASON_SHARES, visits["person"])).cast(pl.UInt32)
    )
    return of_stay.select(pl.coalesce("illness", ill, minor)).to_series()


def rows(world: World, visits: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """The table ``outpatient_visits``."""
    visits = priced(world, visits)
    days = visits["day"].to_numpy()
    known = days + world.draw.between("visit/known", 1, 2, visits["visit"])
    people, houses = world.people.frame, world.houses.frame
    return visits.select(
        "kind",
        "amount",
        visit_id=world.draw.identifiers("V", visits["visit"]),
        person_id=people["person_id"].gather(visits["person"].cast(pl.UInt32)),
        hospital_id=houses["hospital_id"].gather(visits["hospital"].cast(pl.UInt32)),
        visited_at=world.clock.moments(days, visits["second"].to_numpy()),
        principal_diagnosis=_reasons(world, visits, plan),
        received_on=world.clock.dates(known),
    )
