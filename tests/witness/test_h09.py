"""H09: one person in bed again and again, counted on delivered stays."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf

PUBLISHED_A_YEAR, PUBLISHED_IN_90, PUBLISHED_HOUSES, PUBLISHED_DAYS = 6, 4, 3, 180


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H09")


def people(city: Delivery) -> pl.DataFrame:
    """Each planted person: difficulty, stays, days in bed, hospitals, busiest 90 days."""
    key = city.truth("H09").select("subject_id", "difficulty", "amount")
    stays = city.table("stays").join(key, left_on="stay_id", right_on="subject_id", how="left")
    guilty = stays.drop_nulls("difficulty").select("person_id", level="difficulty").unique()
    rows = stays.join(guilty, on="person_id").sort("admitted_at")
    days = (pl.col("discharged_at").dt.date() - pl.col("admitted_at").dt.date()).dt.total_days()
    rows = rows.with_columns(nights=days, day=pl.col("admitted_at").dt.date())
    quarter = rows.rolling("day", period="90d", group_by="person_id").agg(
        stays=pl.len(), houses=pl.col("hospital_id").n_unique()
    )
    busiest = quarter.group_by("person_id").agg(
        in_90=pl.col("stays").max(), houses_in_90=pl.col("houses").max()
    )
    whole = rows.group_by("person_id", "level").agg(
        stays=pl.len(),
        planted=pl.col("difficulty").is_not_null().sum(),
        nights=pl.col("nights").sum(),
        houses=pl.col("hospital_id").n_unique(),
        illnesses=pl.col("principal_diagnosis").n_unique(),
        first=pl.col("day").filter(pl.col("difficulty").is_not_null()).min(),
        last=pl.col("day").filter(pl.col("difficulty").is_not_null()).max(),
    )
    return whole.join(busiest, on="person_id")


def test_stays_a_year_by_difficulty(city: Delivery) -> None:
    rows = people(city)
    assert set(rows["level"]) == {1, 2, 3, 4}
    assert most((rows["last"] - rows["first"]).dt.total_days()) <= 365
    for level, (low, high) in {1: (9, 12), 2: (7, 9), 3: (6, 7), 4: (5, 5)}.items():
        mine = rows.filter(pl.col("level") == level)
        assert mine["planted"].is_between(low, high).all(), level
        assert least(mine["illnesses"]) >= 2


def test_hospitals_take_turns(city: Delivery) -> None:
    rows = people(city)
    assert (rows.filter(pl.col("level") == 1)["houses"] <= 2).all()
    assert (rows.filter(pl.col("level") > 1)["houses"] >= 2).all()
    key = city.truth("H09").filter(pl.col("difficulty") == 3)
    stays = city.table("stays").join(key, left_on="stay_id", right_on="subject_id")
    assert most(stays.group_by("person_id", "hospital_id").len()["len"]) <= 4


def test_the_most_cunning_stay_below_every_published_number(city: Delivery) -> None:
    rows = people(city).filter(pl.col("level") == 4)
    assert most(rows["planted"]) < PUBLISHED_A_YEAR
    assert most(rows["in_90"]) < PUBLISHED_IN_90
    assert most(rows["houses_in_90"]) < PUBLISHED_HOUSES
    assert most(rows["nights"]) < PUBLISHED_DAYS


def test_honest_persons_without_a_course_come_seldom(city: Delivery) -> None:
    stays = city.table("stays")
    marked = stays.filter(pl.col("stay_id").is_in(city.truth()["subject_id"].implode()))
    rest = stays.filter(~pl.col("person_id").is_in(marked["person_id"].unique().implode()))
    counts = rest.group_by("person_id").len()["len"]
    assert (counts < 5).to_numpy().mean() > 0.99


def test_nobody_lies_in_two_beds_and_the_loss_is_the_payment(city: Delivery) -> None:
    key = city.truth("H09")
    rows = city.table("stays").join(key, left_on="stay_id", right_on="subject_id")
    assert most((rows["amount"] - rows["payment_standard"]).abs()) == 0
    everybody = city.table("stays").filter(pl.col("person_id").is_in(rows["person_id"].implode()))
    ordered = everybody.sort("person_id", "admitted_at")
    before = pl.col("discharged_at").shift(1).over("person_id")
    gap = ordered.select((pl.col("admitted_at") - before).dt.total_seconds()).to_series()
    assert least(gap.drop_nulls()) > 0
