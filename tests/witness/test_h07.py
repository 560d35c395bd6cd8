"""H07: the same people in the same ward again and again, counted on delivered tables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.alike import cosines, span
from tests.witness.conftest import CityOf

PUBLISHED_SHARED, PUBLISHED_COSINE, PUBLISHED_SIZE = 0.5, 0.95, 4


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H07")


def members(city: Delivery) -> pl.DataFrame:
    """The planted stays with their day, ward, address and bill."""
    people = city.table("persons").unique("person_id").select("person_id", "address_hash")
    stays = city.table("stays").join(people, on="person_id")
    rows = stays.join(city.truth("H07"), left_on="stay_id", right_on="subject_id")
    return rows.with_columns(day=pl.col("admitted_at").dt.date())


def rings(city: Delivery) -> list[tuple[int, pl.DataFrame]]:
    """Each ring with its difficulty."""
    rows = members(city)
    return [(rows_of["difficulty"][0], rows_of) for _, rows_of in rows.group_by("campaign_id")]


def waves(ring: pl.DataFrame) -> list[pl.DataFrame]:
    """A ring's stays, parted where more than ten days lie between two admissions."""
    ordered = ring.sort("day")
    gap = ordered["day"].diff().dt.total_days().fill_null(0) > 10
    parted = ordered.with_columns(wave=gap.cum_sum())
    return [wave for _, wave in parted.group_by("wave", maintain_order=True)]


def shared(ring: pl.DataFrame) -> float:
    """Share of a ring's persons at its most frequent address."""
    people = ring.unique("person_id")
    return most(people["address_hash"].value_counts()["count"]) / len(people)


def test_every_difficulty_has_a_ring_that_comes_back(city: Delivery) -> None:
    assert {level for level, _ in rings(city)} == {1, 2, 3, 4}
    for level, ring in rings(city):
        count = waves(ring)
        assert len(count) >= {1: 3, 2: 3, 3: 2, 4: 2}[level], level
        persons = [set(wave["person_id"]) for wave in count]
        repeated = [len(one & two) / len(one) for one, two in pairwise(persons)]
        assert min(repeated) >= (1.0 if level != 3 else 0.5), level
        assert ring["hospital_id"].n_unique() == 1


def test_a_wave_is_admitted_together(city: Delivery) -> None:
    for level, ring in rings(city):
        for wave in waves(ring):
            days = span(wave["day"])
            assert days <= {1: 0, 2: 1, 3: 1, 4: 3}[level], level
            if level < 4:
                assert wave["ward"].n_unique() == 1, level


def test_neighbours_are_fewer_at_each_difficulty(city: Delivery) -> None:
    for level, ring in rings(city):
        low, high = {1: (1, 1), 2: (0.7, 1), 3: (0.5, 0.8), 4: (0, 0.49)}[level]
        assert low <= shared(ring) <= high, level


def test_bills_are_alike_within_a_wave_as_those_of_others_are_not(city: Delivery) -> None:
    by_level = {
        level: np.median(cosines(city, waves(ring)[0]["stay_id"])) for level, ring in rings(city)
    }
    assert by_level[1] > 0.999
    assert by_level[2] > 0.9
    assert by_level[3] > 0.75
    assert by_level[4] < PUBLISHED_COSINE - 0.2
    planted = members(city)
    others = city.table("stays").filter(
        pl.col("drg").is_in(planted["drg"].implode())
        & ~pl.col("stay_id").is_in(planted["stay_id"].implode())
    )
    assert np.median(cosines(city, others["stay_id"].head(80))) < 0.5


def test_the_most_cunning_stay_below_the_published_community(city: Delivery) -> None:
    for level, ring in rings(city):
        if level == 4:
            assert shared(ring) < PUBLISHED_SHARED
            assert np.median(cosines(city, ring["stay_id"])) < PUBLISHED_COSINE
            assert ring.unique("person_id")["ward"].n_unique() == 2 or ring["ward"].n_unique() == 2


def test_nobody_lies_in_two_beds_and_the_loss_is_the_payment(city: Delivery) -> None:
    rows = members(city)
    assert most((rows["amount"] - rows["payment_standard"]).abs()) == 0
    people = city.table("stays").filter(pl.col("person_id").is_in(rows["person_id"].implode()))
    ordered = people.sort("person_id", "admitted_at")
    before = pl.col("discharged_at").shift(1).over("person_id")
    gap = ordered.select((pl.col("admitted_at") - before).dt.total_seconds()).to_series()
    assert least(gap.drop_nulls()) > 0
