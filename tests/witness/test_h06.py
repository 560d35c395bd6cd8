"""H06: people fetched from one place, counted on delivered stays and persons."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.alike import span
from tests.witness.conftest import CityOf

# What a person pays before the fund pays anything, the least of all kinds of insured, in yuan.
LEAST_DEDUCTIBLE = 150
MOST_TAKEN_OF_WAIVED = 0.12  # share of a bill that is left where nothing is asked for


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H06")


def fetched(city: Delivery) -> pl.DataFrame:
    """The planted stays with address, relief and share of the bill paid by the person."""
    people = city.table("persons").unique("person_id")
    stays = city.table("stays").join(
        people.select("person_id", "address_hash", "relief", "person_type", home="district"),
        on="person_id",
    )
    rows = stays.join(city.truth("H06"), left_on="stay_id", right_on="subject_id")
    return rows.with_columns(
        day=pl.col("admitted_at").dt.date(), own=pl.col("self_pay_amount") / pl.col("total_amount")
    )


def campaigns(city: Delivery) -> list[tuple[int, pl.DataFrame]]:
    """Each campaign with its difficulty."""
    return [(rows["difficulty"][0], rows) for _, rows in fetched(city).group_by("campaign_id")]


def test_admissions_bunch_after_a_day(city: Delivery) -> None:
    assert {level for level, _ in campaigns(city)} == {1, 2, 3, 4}
    for level, rows in campaigns(city):
        days = span(rows["day"])
        assert days <= {1: 1, 2: 5, 3: 14, 4: 49}[level], level
        assert rows["hospital_id"].n_unique() == 1
        assert len(rows) >= 5


def test_people_come_from_one_place(city: Delivery) -> None:
    for level, rows in campaigns(city):
        assert rows["home"].n_unique() == 1, level
        shared = most(rows["address_hash"].value_counts()["count"]) / len(rows)
        low, high = {1: (1, 1), 2: (0.55, 0.9), 3: (0.3, 0.7), 4: (0, 0.35)}[level]
        assert low <= shared <= high, (level, shared)


def test_nothing_is_taken_at_first_and_everybody_pays_at_last(city: Delivery) -> None:
    rows = fetched(city)
    assert not rows["relief"].any()
    free = rows.group_by("difficulty").agg(free=(pl.col("own") < MOST_TAKEN_OF_WAIVED).mean())
    share = dict(free.iter_rows())
    assert share[1] > 0.85
    assert share[2] > 0.85
    assert 0.2 < share[3] < 0.95  # six in ten, of a dozen or two
    paid = rows.filter(pl.col("difficulty") == 4)
    assert least(paid["self_pay_amount"]) >= LEAST_DEDUCTIBLE
    ordinary = city.table("stays").join(rows.select("person_type").unique(), how="cross")
    taken = ordinary.filter(~pl.col("stay_id").is_in(city.truth()["subject_id"].implode()))
    assert (
        taken["self_pay_amount"] / taken["total_amount"] < MOST_TAKEN_OF_WAIVED
    ).to_numpy().mean() < 0.3


def test_agents_are_named_less_and_less(city: Delivery) -> None:
    rows = fetched(city)
    named = dict(
        rows.group_by("difficulty").agg(pl.col("referrer").is_not_null().mean()).iter_rows()
    )
    assert named[1] == 1
    assert named[2] > 0.4
    assert 0.1 < named[4] < 0.9
    for level, campaign in campaigns(city):
        assert campaign["referrer"].drop_nulls().n_unique() <= {1: 1, 2: 1, 3: 2, 4: 3}[level]
    # An agent serves one house; the family doctors of others send to several.
    stays = city.table("stays").filter(pl.col("referrer").is_not_null())
    agents = rows["referrer"].drop_nulls().unique().implode()
    houses = stays.group_by("referrer").agg(pl.col("hospital_id").n_unique(), sent=pl.len())
    busy = houses.filter(pl.col("sent") >= 3)
    assert (busy.filter(pl.col("referrer").is_in(agents))["hospital_id"] == 1).all()
    assert (
        busy.filter(~pl.col("referrer").is_in(agents))["hospital_id"] > 1
    ).to_numpy().mean() > 0.5


def test_the_most_cunning_send_few_of_one_address_a_week(city: Delivery) -> None:
    cunning = fetched(city).filter(pl.col("difficulty") == 4)
    weekly = cunning.group_by("address_hash", pl.col("day").dt.truncate("1w")).len()
    assert most(weekly["len"]) <= 3
    assert weekly["len"].to_numpy().mean() < 1.5


def test_the_loss_is_the_payment_of_the_stay(city: Delivery) -> None:
    rows = fetched(city)
    assert most((rows["amount"] - rows["payment_standard"]).abs()) == 0
