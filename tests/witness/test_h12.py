"""H12: what belongs to the stay is paid by the patient, or in a clinic beside it."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf
from tests.witness.devices import level, share, stays

PUBLISHED_SHARE = 0.15
AROUND = 3  # days before and after the stay in which visits count as part of it
TESTS = ["examination", "laboratory"]


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H12")


def own_payments(city: Delivery) -> pl.DataFrame:
    """What each stay put to the patient of items that the city's patients do not pay."""
    lines = city.table("fee_lines").filter(pl.col("category") != "consumable")
    usual = lines.group_by("item_code").agg(rate=pl.col("covered").mean())
    odd = lines.join(usual.filter(pl.col("rate") > 0.5), on="item_code")
    return odd.group_by("stay_id").agg(
        own=pl.col("amount").filter(~pl.col("covered")).sum(),
        lines=pl.col("covered").not_().mean(),
    )


def around(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled stays with the clinic's bills inside the published days."""
    rows = key.rename({"subject_id": "stay_id"}).drop("hospital_id").join(stays(city), on="stay_id")
    seen = city.table("outpatient_visits").select(
        "person_id", day=pl.col("visited_at").dt.date(), fee="amount", at="hospital_id"
    )
    both = rows.join(seen, on="person_id", how="left").with_columns(
        before=(pl.col("admitted_at").dt.date() - pl.col("day")).dt.total_days(),
        after=(pl.col("day") - pl.col("discharged_at").dt.date()).dt.total_days(),
    )
    near = pl.col("before").is_between(1, AROUND) | pl.col("after").is_between(1, AROUND)
    near = near.fill_null(value=False)
    return both.group_by("stay_id", "difficulty", "amount", "total_amount").agg(
        fees=pl.col("fee").filter(near).sum(), visits=near.sum(),
        largest=pl.col("fee").filter(near).max(), places=pl.col("at").filter(near).n_unique(),
    )  # fmt: skip


def first_day_tests(city: Delivery) -> pl.DataFrame:
    lines = city.table("fee_lines").filter(pl.col("category").is_in(TESTS))
    begun = stays(city).select("stay_id", begun=pl.col("admitted_at").dt.date())
    both = lines.join(begun, on="stay_id")
    early = both.filter(pl.col("performed_at").dt.date() == pl.col("begun"))
    return early.group_by("stay_id").len()


def test_covered_items_are_put_to_the_patient(city: Delivery) -> None:
    rows = level(city.truth("H12"), 1).join(
        own_payments(city), left_on="subject_id", right_on="stay_id"
    )
    assert least(rows["lines"]) > 0.2
    assert ((rows["own"] - rows["amount"]).abs() < 0.02 * rows["amount"] + 1).all()
    labelled = city.truth("H12")["subject_id"].implode()
    honest = own_payments(city).filter(~pl.col("stay_id").is_in(labelled))
    assert share(honest["lines"] > 0.2) < 0.005


def test_the_tests_of_the_first_day_are_missing(city: Delivery) -> None:
    early = first_day_tests(city)["stay_id"].implode()
    moved = city.truth("H12").filter(pl.col("difficulty") > 1)
    assert share(moved["subject_id"].is_in(early)) < 0.1
    assert share(level(city.truth("H12"), 1)["subject_id"].is_in(early)) > 0.9


def test_the_clinic_beside_the_stay_billed_them(city: Delivery) -> None:
    rows = around(city, city.truth("H12"))
    for difficulty in (2, 3):
        mine = level(rows, difficulty)
        assert (mine["fees"] >= mine["amount"] - 0.01).all(), difficulty
        assert (mine["fees"] / mine["total_amount"] > PUBLISHED_SHARE).all(), difficulty
    assert (level(rows, 2)["largest"] >= level(rows, 2)["amount"] - 0.01).all()
    spread = level(rows, 3)
    assert (spread["visits"] >= 2).all()
    assert (spread["largest"] < spread["amount"]).all()
    assert share(spread["places"] >= 2) > 0.8


def test_the_most_cunning_stay_below_the_published_share(city: Delivery) -> None:
    rows = level(around(city, city.truth("H12")), 4)
    assert most(rows["fees"] / rows["total_amount"]) < PUBLISHED_SHARE
    assert ((rows["fees"] - rows["amount"]).abs() < 0.01).all()


def test_an_early_work_up_lies_outside_the_days_that_count(city: Delivery) -> None:
    key = city.truth("outpatient_workup", innocent=True)
    rows = around(city, key)
    assert len(rows) > 5
    assert share(rows["visits"] == 0) > 0.95
    early = first_day_tests(city)["stay_id"].implode()
    assert share(key["subject_id"].is_in(early)) < 0.2  # a short stay treats what it finds
    ways = stays(city).join(key, left_on="stay_id", right_on="subject_id")["admission_way"]
    assert not (ways == "emergency").any()


def test_a_follow_up_leaves_the_stay_its_own_tests(city: Delivery) -> None:
    key = city.truth("specialist_follow_up", innocent=True)
    rows = around(city, key)
    assert len(rows) > 3
    assert (rows["fees"] / rows["total_amount"] > PUBLISHED_SHARE).all()
    early = first_day_tests(city)["stay_id"].implode()
    assert share(key["subject_id"].is_in(early)) > 0.9
