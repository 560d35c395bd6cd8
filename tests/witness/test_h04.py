"""H04, check-up stay, and its look-alikes, counted on the delivered tables."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf
from tests.witness.fees import codes, fees, infusions, labelled, next_stay, paid_for, unlabelled

# Published: 15 tests or more, treatment below a tenth, alike with 5 others of the ward in 30 days.
TESTS, TREATMENT, ALIKE, OTHERS = 15, 0.10, 0.9, 5
MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H04")


def of(city: Delivery, level: int) -> pl.DataFrame:
    return labelled(city, "H04").filter(pl.col("difficulty") == level)


def companions(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """For each stay: others of its ward within 30 days, those alike, and the mean likeness."""
    others = fees(city).select(
        "hospital_id", "ward", other="stay_id", at="admitted_at", theirs="list"
    )
    both = rows.select("stay_id", "hospital_id", "ward", "admitted_at", "list").join(
        others, on=["hospital_id", "ward"]
    )
    both = both.filter(
        (pl.col("stay_id") != pl.col("other"))
        & ((pl.col("at") - pl.col("admitted_at")).abs() <= MONTH)
    )
    shared = pl.col("list").list.set_intersection("theirs").list.len()
    every = pl.col("list").list.set_union("theirs").list.len()
    both = both.with_columns(jaccard=shared / every)
    counted = both.group_by("stay_id").agg(
        near=pl.len(), alike=(pl.col("jaccard") >= ALIKE).sum(), best=pl.col("jaccard").max()
    )
    return (
        rows.select("stay_id")
        .join(counted, on="stay_id", how="left")
        .with_columns(pl.col("near", "alike", "best").fill_null(0))
    )


def test_a_package_is_the_same_for_many_of_a_ward(city: Delivery) -> None:
    for level, tests in ((1, 24), (2, 17), (3, TESTS)):
        rows = of(city, level)
        assert len(rows) >= 6, level
        assert least(rows["different"]) >= tests, level
        alike = companions(city, rows)["alike"]
        assert (alike >= OTHERS).to_numpy().mean() > 0.8, level


def test_nobody_is_treated_or_infused(city: Delivery) -> None:
    rows = labelled(city, "H04")
    assert infusions(city, rows) == 0
    assert not (rows["admission_way"] == "emergency").any()
    assert (of(city, 1)["treatment_share"] < 0.02).all()
    assert (of(city, 2)["treatment_share"] < TREATMENT).to_numpy().mean() > 0.9
    assert float(of(city, 1)["test_share"].to_numpy().mean()) > 0.7


def test_honest_wards_have_no_package(city: Delivery) -> None:
    honest = unlabelled(city)
    assert (honest["different"] >= TESTS).to_numpy().mean() < 0.06
    some = honest.filter(pl.col("different") >= TESTS)
    assert most(companions(city, some)["alike"]) < OTHERS


def test_the_cunning_are_below_every_published_limit_and_still_alike(city: Delivery) -> None:
    rows = of(city, 4)
    assert most(rows["different"]) < TESTS
    assert most(companions(city, rows)["alike"]) < OTHERS
    assert (rows["treatment_share"] >= TREATMENT).to_numpy().mean() > 0.6
    honest = unlabelled(city).sort("stay_id").head(400)
    seen = companions(city, honest).filter(pl.col("near") > 0)
    mine = companions(city, rows).filter(pl.col("near") > 0)
    assert mine["best"].to_numpy().mean() > seen["best"].to_numpy().mean() + 0.25


def test_the_loss_is_what_the_fund_paid(city: Delivery) -> None:
    rows = labelled(city, "H04")
    assert least(rows["amount"]) > 0
    assert paid_for(rows)


def test_private_check_ups_cost_the_fund_nothing(city: Delivery) -> None:
    rows = labelled(city, "private_checkup", innocent=True)
    assert len(rows) >= 6
    assert least(rows["different"]) >= TESTS
    assert most(rows["fund_amount"]) == 0


def test_those_examined_for_a_transplant_have_failed_kidneys(city: Delivery) -> None:
    rows = labelled(city, "transplant_workup", innocent=True)
    assert len(rows) >= 6
    assert (companions(city, rows)["alike"] >= OTHERS).to_numpy().mean() > 0.7
    assert rows["principal_diagnosis"].str.starts_with("N18").all()
    why = codes(city, rows).filter(pl.col("code") == "Z01.800")["stay_id"]
    assert set(why) == set(rows["stay_id"])
    level = city.table("hospitals").select("hospital_id", "level")
    assert (rows.join(level, on="hospital_id")["level"].cast(pl.String) == "3").all()


def test_an_operation_put_off_is_done_in_the_same_hospital(city: Delivery) -> None:
    rows = labelled(city, "operation_put_off", innocent=True)
    assert len(rows) > 0
    assert least(rows["different"]) >= TESTS
    after = next_stay(city, rows)
    assert len(after) == len(rows)
    assert (after["hospital_id"] == after["hospital_id_next"]).all()
    assert after["gap"].is_between(14, 40).all()
    operated = city.table("stay_procedures")["stay_id"]
    assert after["stay_id_next"].is_in(operated.implode()).all()
    why = codes(city, rows).filter(pl.col("code") == "Z53.000")["stay_id"]
    assert set(why) == set(rows["stay_id"])
