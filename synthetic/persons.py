"""The insured: age, sex, scheme, household, chronic illness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.hospitals import DISTRICTS

if TYPE_CHECKING:
    from synthetic.clock import Clock
    from synthetic.randomness import Draw, Flags, Floats, Whole

PERSONS_PER_STAY = 1.5  # most of the insured never lie in hospital; these are near to it
# Lower age, upper age, share among those who use hospitals (half are 60 or older).
AGES = (
    (0, 15, 0.07),
    (15, 45, 0.25),
    (45, 60, 0.22),
    (60, 75, 0.29),
    (75, 90, 0.15),
    (90, 99, 0.02),
)
OUTSIDE = len(DISTRICTS)  # district row of persons insured in another province
OUTSIDE_NAME = "外省市"
OUTSIDE_SHARE = 0.15  # of persons; leading hospitals draw many of them (dossier 5.1)
EMPLOYEE_SHARE = 0.77  # of adults, so that seven stays in ten are under the employees' scheme
RETIREMENT = {"M": 60, "F": 55}
ADULT_AGE = 22  # years; the younger are insured as students
CARE_HOME_AGE = 75
CARE_HOME_SHARE = 0.10
CARE_HOME_SIZE = 30
OLD_SHARE = 0.20  # persons of that age and more among those who use hospitals
VILLAGE_SHARE = 0.08  # households of a village or staff dormitory that is one address
VILLAGE_SIZE = 24  # persons
HOMES_FROM = 100_000  # numbers of such addresses in one district
DISTRICT_ROOM, VILLAGES_FROM = 10_000_000, 1_000_000_000
YEARS = (0.0, 150.0)  # of any person
HOUSEHOLD_SIZE = 3
RELIEF_SHARE = 0.03
BLOOD_GROUPS = ("A", "B", "O", "AB")
BLOOD_SHARES = (31, 26, 34, 9)  # Han population of East China, percent, rounded
WITHIN_YEARS = 6  # between the age that is looked for and that of the person found
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Wish:
    """What kind of person each key looks for; ages in years, districts by row."""

    keys: Whole
    age: Floats
    female: Flags
    district: Whole


@dataclass(frozen=True)
class People:
    """Persons (row number = key) and their ages in years at the start."""

    frame: pl.DataFrame
    age: Floats
    female: Flags
    district: Whole

    def choose(self, draw: Draw, purpose: str, wish: Wish) -> Whole:
        """A person near the wanted age, of the wanted sex and district, for each key."""
        rank = self._rank(self.female, self.district, self.age)
        order = np.argsort(rank, kind="stable")
        wanted = self._rank(wish.female, wish.district, np.clip(wish.age, 0, 99))
        ordered = rank[order]
        place = np.searchsorted(ordered, wanted)
        reach = max(3, len(order) // 400)
        place = place + draw.between(purpose, -reach, reach, wish.keys)
        # Beyond the oldest of a sex and district come the children of the next: stop before.
        ends = [self._rank(wish.female, wish.district, years) for years in YEARS]
        low, high = np.searchsorted(ordered, ends[0]), np.searchsorted(ordered, ends[1]) - 1
        # In a small city few are of an age: stop before somebody of another generation, too.
        nearest = np.searchsorted(ordered, wanted)
        younger = np.searchsorted(ordered, wanted - WITHIN_YEARS)
        older = np.searchsorted(ordered, wanted + WITHIN_YEARS) - 1
        low = np.maximum(low, np.minimum(younger, nearest))
        high = np.minimum(high, np.maximum(older, nearest))
        place = np.clip(place, low, np.maximum(high, low))
        chosen: Whole = order[np.clip(place, 0, len(order) - 1)]
        return chosen

    @staticmethod
    def _rank(female: object, district: Whole, age: Floats | float) -> Floats:
        rank: Floats = np.asarray(female) * 10_000.0 + district * 200.0 + age
        return rank


def _address(draw: Draw, age: Floats, district: Whole, keys: Whole) -> pl.Series:
    """One address a household; those in care, and villages and dormitories, share theirs."""
    persons = np.bincount(district)[district]
    homes = np.maximum(persons * OLD_SHARE * CARE_HOME_SHARE // CARE_HOME_SIZE, 1)
    home = draw.below("person/home", homes, keys) + district * HOMES_FROM
    cared = (age >= CARE_HOME_AGE) & draw.chance("person/cared", CARE_HOME_SHARE, keys)
    family = keys // HOUSEHOLD_SIZE
    villages = np.maximum(persons * VILLAGE_SHARE // VILLAGE_SIZE, 1)
    village = draw.below("person/village", villages, family) + district * HOMES_FROM
    shared = draw.chance("person/shared", VILLAGE_SHARE, family)
    household = family + DISTRICT_ROOM
    number = np.where(shared, village + VILLAGES_FROM, household)
    return draw.identifiers("A", np.where(cared, home, number))


def build(draw: Draw, clock: Clock, stays: int) -> People:
    """Persons enough for ``stays`` stays; sexes equal, ages as hospitals see them."""
    keys = np.arange(max(600, int(stays * PERSONS_PER_STAY)))
    # A household shares a district, so that families can share a hospital.
    home = keys // HOUSEHOLD_SIZE
    district = draw.pick("person/district", [share for *_, share in DISTRICTS], home)
    district = np.where(draw.chance("person/outside", OUTSIDE_SHARE, home), OUTSIDE, district)
    band = draw.pick("person/band", [share for *_, share in AGES], keys)
    low = np.array([line[0] for line in AGES])[band]
    high = np.array([line[1] for line in AGES])[band]
    age = low + draw.uniform("person/age", keys) * (high - low)
    female = draw.chance("person/sex", 0.5, keys)
    employee = draw.chance("person/scheme", EMPLOYEE_SHARE, keys) & (age >= ADULT_AGE)
    retired = age >= np.where(female, RETIREMENT["F"], RETIREMENT["M"])
    kind = np.where(employee, np.where(retired, "retired", "working"),
                    np.where(age < ADULT_AGE, "student", "resident"))  # fmt: skip
    frame = pl.DataFrame(
        {
            "person_id": draw.identifiers("P", keys),
            "sex": np.where(female, "F", "M"),
            "birth_date": clock.dates(-(age * DAYS_PER_YEAR).astype(np.int64)),
            "scheme": np.where(employee, "employee", "resident"),
            "person_type": kind,
            "district": np.array([*(name for _, name, _ in DISTRICTS), OUTSIDE_NAME])[district],
            "address_hash": _address(draw, age, district, keys),
            "blood_group": np.array(BLOOD_GROUPS)[draw.pick("person/blood", BLOOD_SHARES, keys)],
            "relief": draw.chance("person/relief", RELIEF_SHARE, home),
        }
    )
    return People(frame, age, female, district)
