"""H18: one bill for several patients, counted on delivered fee lines."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.alike import apart, cosines, span, vectors
from tests.witness.conftest import CityOf

PUBLISHED_STAYS, PUBLISHED_DAYS = 5, 30


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H18")


def batches(city: Delivery) -> list[tuple[int, pl.DataFrame]]:
    """Each batch of stays with its difficulty."""
    rows = city.table("stays").join(city.truth("H18"), left_on="stay_id", right_on="subject_id")
    return [(batch["difficulty"][0], batch) for _, batch in rows.group_by("campaign_id")]


def test_a_batch_has_one_physician_a_month_and_many_illnesses(city: Delivery) -> None:
    assert {level for level, _ in batches(city)} == {1, 2, 3, 4}
    for level, batch in batches(city):
        assert batch["physician_id"].n_unique() == 1
        assert batch["person_id"].n_unique() == len(batch)
        assert batch["principal_diagnosis"].n_unique() >= 3
        days = span(batch["admitted_at"])
        assert days <= {1: 7, 2: 28, 3: 28, 4: 28}[level]
        assert len(batch) >= {1: 8, 2: 5, 3: 5, 4: 4}[level]


def test_bills_agree_but_for_the_lines_of_the_recipe(city: Delivery) -> None:
    for level, batch in batches(city):
        ids = batch.sort("stay_id")["stay_id"].to_list()
        different = sorted(apart(city, ids[0], other) for other in ids[1:])
        low, high = {1: (0, 0), 2: (0, 0), 3: (0, 4), 4: (1, 8)}[level]
        typical = different[len(different) // 2]
        assert low <= typical <= high, (level, different)


def test_no_honest_physician_has_five_equal_bills_with_different_illnesses(city: Delivery) -> None:
    key = city.truth()
    stays = city.table("stays").filter(
        pl.col("drg").str.slice(0, 2).is_in(["FR", "FV", "ES", "ET"])
        & ~pl.col("stay_id").is_in(key["subject_id"].implode())
    )
    bills = (
        vectors(city, stays["stay_id"])
        .group_by("stay_id")
        .agg(
            bill=(pl.col("item_code") + "x" + pl.col("units").cast(pl.String)).sort().str.join(",")
        )
    )
    same = (
        stays.join(bills, on="stay_id")
        .group_by("physician_id", "bill")
        .agg(pl.len(), illnesses=pl.col("principal_diagnosis").n_unique())
    )
    assert most(same["len"]) < PUBLISHED_STAYS - 1
    assert most(same["illnesses"]) <= 2


def test_the_most_cunning_stay_below_the_published_number(city: Delivery) -> None:
    for level, batch in batches(city):
        if level == 4:
            assert len(batch) < PUBLISHED_STAYS
            assert least(pl.Series(cosines(city, batch["stay_id"]))) < 1


def test_the_loss_is_the_payment_of_the_stay(city: Delivery) -> None:
    for _, batch in batches(city):
        assert most((batch["amount"] - batch["payment_standard"]).abs()) == 0
