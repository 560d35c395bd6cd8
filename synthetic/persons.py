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

PERSONS_PER_STAY = 0.8  # a person in hospital has 1.25 stays a window on average
# Lower age, upper age, share among those who use hospitals (half are 60 or older).
AGES = (
    (0, 15, 0.06),
    (15, 45, 0.22),
    (45, 60, 0.20),
    (60, 75, 0.32),
    (75, 90, 0.18),
    (90, 99, 0.02),
)
EMPLOYEE_SHARE = 0.74  # share of stays under the employees' scheme
RETIREMENT = {"M": 60, "F": 55}
ADULT_AGE = 22  # years; the younger are insured as students
CARE_HOME_AGE = 75
CARE_HOME_SHARE = 0.10
CARE_HOME_SIZE = 30
HOUSEHOLD_SIZE = 3
RELIEF_SHARE = 0.03
BLOOD_GROUPS = ("A", "B", "O", "AB")
BLOOD_SHARES = (31, 26, 34, 9)  # Han population of East China, percent, rounded
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
        place = np.searchsorted(rank[order], wanted)
        reach = max(3, len(order) // 400)
        place = place + draw.between(purpose, -reach, reach, wish.keys)
        chosen: Whole = order[np.clip(place, 0, len(order) - 1)]
        return chosen

    @staticmethod
    def _rank(female: object, district: Whole, age: Floats) -> Floats:
        rank: Floats = np.asarray(female) * 10_000.0 + district * 200.0 + age
        return rank


def _address(draw: Draw, age: Floats, district: Whole, keys: Whole) -> pl.Series:
    home = draw.below("person/home", max(1, len(keys) // (CARE_HOME_SIZE * 40)), keys)
    cared = (age >= CARE_HOME_AGE) & draw.chance("person/cared", CARE_HOME_SHARE, keys)
    household = keys // HOUSEHOLD_SIZE + 1_000_000
    number = np.where(cared, home + district * 1_000, household)
    return draw.identifiers("A", number)


def build(draw: Draw, clock: Clock, stays: int) -> People:
    """Persons enough for ``stays`` stays; sexes equal, ages as hospitals see them."""
    keys = np.arange(max(600, int(stays * PERSONS_PER_STAY)))
    # A household shares a district, so that families can share a hospital.
    home = keys // HOUSEHOLD_SIZE
    district = draw.pick("person/district", [share for *_, share in DISTRICTS], home)
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
            "district": np.array([name for _, name, _ in DISTRICTS])[district],
            "address_hash": _address(draw, age, district, keys),
            "blood_group": np.array(BLOOD_GROUPS)[draw.pick("person/blood", BLOOD_SHARES, keys)],
            "relief": draw.chance("person/relief", RELIEF_SHARE, home),
        }
    )
    return People(frame, age, female, district)
