"""H03, low-threshold admission, and its look-alikes, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf
from tests.witness.fees import (
    LOW_ACUITY,
    codes,
    fees,
    infusions,
    labelled,
    next_stay,
    paid_for,
    unlabelled,
)

# Published: light group, 3 to 8 days, tests beyond 60% of the fee.
WEIGHT, NIGHTS, SHARE = 0.5, (3, 8), 0.6
CHRONIC = ("I10", "I25", "E78", "I67", "M81", "G47", "E11")
PUBLISHED = (
    (pl.col("weight") < WEIGHT) & pl.col("nights").is_between(*NIGHTS)
    & (pl.col("test_share") >= SHARE)
)  # fmt: skip


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H03")


def of(city: Delivery, level: int) -> pl.DataFrame:
    return labelled(city, "H03").filter(pl.col("difficulty") == level)


def test_nobody_is_acute_operated_or_infused(city: Delivery) -> None:
    rows = labelled(city, "H03")
    assert set(rows["group"]) <= set(LOW_ACUITY)
    assert not (rows["admission_way"] == "emergency").any()
    operated = city.table("stay_procedures").join(rows.select("stay_id"), on="stay_id", how="semi")
    assert operated.is_empty()
    assert infusions(city, rows) == 0
    honest = unlabelled(city).filter(pl.col("group").is_in(LOW_ACUITY))
    assert infusions(city, honest) > 0.6 * len(honest)


def test_tests_lead_the_fee_while_honest_stays_are_treated(city: Delivery) -> None:
    honest = unlabelled(city).filter(pl.col("group").is_in(LOW_ACUITY))
    assert honest.filter(PUBLISHED).height < 0.03 * len(honest)
    for level, share in ((1, 0.9), (2, 0.8), (3, 0.6)):
        rows = of(city, level)
        assert rows.filter(PUBLISHED).height >= share * len(rows), level
        assert most(rows["weight"]) < WEIGHT
    # Now and then a test pack counts as treatment: what a companion needs.
    assert (of(city, 1)["treatment_share"] < 0.02).to_numpy().mean() > 0.9
    assert most(of(city, 1)["nights"]) <= 4
    assert (of(city, 3)["treatment_share"] > 0).to_numpy().mean() > 0.7


def test_the_cunning_are_outside_the_published_rule_and_still_unlike_others(city: Delivery) -> None:
    rows = of(city, 4)
    assert rows.filter(PUBLISHED).is_empty()
    outside = ~rows["nights"].is_between(*NIGHTS) | (rows["weight"] >= WEIGHT)
    assert outside.all()
    assert 0.4 < float(rows["test_share"].to_numpy().mean()) < SHARE
    honest = unlabelled(city).filter(pl.col("group").is_in(LOW_ACUITY))
    assert rows["test_share"].to_numpy().mean() > honest["test_share"].to_numpy().mean() + 0.08


def test_companions_are_listed_where_the_stay_must_look_needed(city: Delivery) -> None:
    listed = codes(city, labelled(city, "H03")).filter(
        pl.col("code").str.slice(0, 3).is_in(CHRONIC)
    )
    many = listed.group_by("stay_id").len()
    rows = (
        labelled(city, "H03")
        .join(many, on="stay_id", how="left")
        .with_columns(pl.col("len").fill_null(0))
    )
    plausible = rows.filter(pl.col("difficulty") >= 3)["len"]
    assert least(plausible) >= 2
    assert (
        plausible.to_numpy().mean()
        > rows.filter(pl.col("difficulty") < 3)["len"].to_numpy().mean() + 0.7
    )
    # No complication: nothing made them ill enough.
    assert set(rows["severity"].drop_nulls().cast(pl.Int64)) <= {5, 9}


def test_the_loss_is_what_the_fund_paid(city: Delivery) -> None:
    rows = labelled(city, "H03")
    assert least(rows["amount"]) > 0
    assert paid_for(rows)


def test_the_very_old_have_a_complication_and_many_illnesses(city: Delivery) -> None:
    rows = labelled(city, "multimorbid_workup", innocent=True)
    assert len(rows) > 0
    assert least(rows["age"]) >= 73.5
    assert rows["test_share"].to_numpy().mean() > 0.5
    many = codes(city, rows).group_by("stay_id").len()
    assert least(many["len"]) >= 4
    minor = ("I48", "E87", "N18", "J44", "I80")
    ill = codes(city, rows).filter(pl.col("code").str.slice(0, 3).is_in(minor))["stay_id"]
    assert set(ill) == set(rows["stay_id"])


def test_a_suspected_tumour_is_treated_within_weeks(city: Delivery) -> None:
    rows = labelled(city, "suspected_tumour", innocent=True)
    assert len(rows) > 0
    assert rows["test_share"].to_numpy().mean() > 0.5
    after = next_stay(city, rows)
    assert len(after) == len(rows)
    assert after["gap"].is_between(0, 26).all()
    assert after["group_next"].is_in(["GB1", "GB2", "EB1", "RE1"]).all()
    assert set(codes(city, rows).filter(pl.col("code") == "Z03.100")["stay_id"]) == set(
        rows["stay_id"]
    )


def test_the_isolated_came_with_an_infection_in_the_weeks_of_the_wave(city: Delivery) -> None:
    rows = labelled(city, "epidemic_isolation", innocent=True)
    assert len(rows) > 0
    assert (rows["group"] == "ES3").all()
    assert rows["test_share"].to_numpy().mean() > 0.5
    apart = codes(city, rows).filter(pl.col("code") == "Z29.000")["stay_id"]
    assert set(apart) == set(rows["stay_id"])
    infected = fees(city).filter(pl.col("group") == "ES3")
    counts = infected.group_by(pl.col("admitted_at").dt.truncate("7d").alias("week")).len()
    usual = float(counts["len"].to_numpy().mean())
    weeks = rows.select(week=pl.col("admitted_at").dt.truncate("7d")).join(counts, on="week")
    assert weeks["len"].to_numpy().mean() > 1.3 * usual
