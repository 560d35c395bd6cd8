"""H15 and what is taken for it, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf
from tests.witness.test_h08 import stays as valid

HOTEL = ["bed", "nursing", "consultation"]
DAY = 24.0  # hours of tolerance of a published check


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H15")


def outside(city: Delivery) -> pl.DataFrame:
    """Lines dated outside their stay, with the hours between (of stays settled once)."""
    stays = valid(city)
    lines = city.table("fee_lines").join(
        stays.select("stay_id", "admitted_at", "discharged_at", "settled_on"), on="stay_id"
    )
    early = (pl.col("admitted_at") - pl.col("performed_at")).dt.total_seconds() / 3600
    late = (pl.col("performed_at") - pl.col("discharged_at")).dt.total_seconds() / 3600
    return lines.with_columns(hours=pl.max_horizontal(early, late)).filter(pl.col("hours") > 0)


def labelled(city: Delivery, difficulty: int) -> pl.DataFrame:
    key = city.truth("H15").filter(pl.col("difficulty") == difficulty)
    assert len(key) >= 10
    return key.select(stay_id="subject_id", loss="amount")


def test_h15_bills_outside_the_stay(city: Delivery) -> None:
    lines = outside(city)
    for difficulty, low, high in ((1, DAY, 24 * 6), (4, 0, DAY)):
        mine = lines.join(labelled(city, difficulty), on="stay_id")
        assert mine["stay_id"].n_unique() == len(labelled(city, difficulty))
        assert mine["hours"].is_between(low, high, closed="none").all(), difficulty
        lost = mine.group_by("stay_id").agg(pl.col("amount").sum(), pl.col("loss").first())
        assert (lost["amount"] - lost["loss"]).abs().to_numpy().max() < 0.01
    key = city.truth()["subject_id"].implode()
    assert lines.filter(~pl.col("stay_id").is_in(key)).is_empty()
    ours = city.truth("H15")["subject_id"].implode()
    posted = lines.filter(pl.col("stay_id").is_in(ours))
    assert (posted["charged_at"].dt.date() <= posted["settled_on"]).all()


def test_h15_bills_a_bed_day_twice(city: Delivery) -> None:
    lines = city.live("fee_lines").filter(pl.col("category").is_in(HOTEL))
    daily = lines.group_by("stay_id", "category", day=pl.col("performed_at").dt.date()).agg(
        units=pl.col("quantity").sum(), yuan=pl.col("amount").sum()
    )
    twice = daily.filter(pl.col("units") > 1)
    key = labelled(city, 2)
    mine = twice.join(key, on="stay_id")
    assert set(mine["stay_id"]) == set(key["stay_id"])
    assert (mine.group_by("stay_id").len()["len"] >= 6).all()
    lost = mine.group_by("stay_id").agg((pl.col("yuan") / 2).sum(), pl.col("loss").first())
    assert (lost["yuan"] - lost["loss"]).abs().to_numpy().max() < 0.01
    # The first bed day of those who come just before midnight is that of the next date.
    often = twice.group_by("stay_id").agg(pl.col("day").n_unique()).filter(pl.col("day") > 1)
    assert set(often["stay_id"]) == set(key["stay_id"])


def test_h15_runs_on_into_the_next_stay(city: Delivery) -> None:
    key = labelled(city, 3)
    stays = valid(city).filter(~pl.col("newborn"))
    later = stays.select("person_id", other="stay_id", enter="admitted_at", leave="discharged_at")
    both = stays.join(later, on="person_id").filter(pl.col("stay_id") != pl.col("other"))
    nights = (
        pl.min_horizontal("discharged_at", "leave").dt.date()
        - pl.max_horizontal("admitted_at", "enter").dt.date()
    )
    overlapping = both.with_columns(nights=nights.dt.total_days()).filter(pl.col("nights") > 1)
    mine = overlapping.join(key, on="stay_id")
    assert mine["stay_id"].n_unique() == len(key)
    assert mine["nights"].is_between(2, 3).all()
    honest = overlapping.filter(~pl.col("stay_id").is_in(key["stay_id"].implode()))
    assert set(honest["other"]) <= set(key["stay_id"])
    lines = city.table("fee_lines").join(mine.select("stay_id", "enter", "loss"), on="stay_id")
    inside = (
        lines.filter(pl.col("performed_at") >= pl.col("enter"))
        .group_by("stay_id")
        .agg(pl.col("amount").sum(), pl.col("loss").first())
    )
    assert inside["stay_id"].n_unique() == len(key)
    assert (inside["amount"] <= inside["loss"] * 1.25).to_numpy().mean() > 0.8
    assert (inside["amount"] > 0).all()


def test_late_posting_and_take_home_drugs_were_given_in_time(city: Delivery) -> None:
    stays = city.table("stays").unique("stay_id")
    late = city.truth("late_posting", innocent=True)
    lines = city.table("fee_lines").join(stays, on="stay_id")
    mine = lines.join(late, left_on="stay_id", right_on="subject_id")
    assert len(late) >= 3
    assert (mine["performed_at"] <= mine["discharged_at"]).all()
    after = mine.filter(pl.col("charged_at") > pl.col("discharged_at"))
    assert after["stay_id"].n_unique() == len(late)
    home = city.truth("take_home_drugs", innocent=True).select(stay_id="subject_id")
    drugs = outside(city).join(home, on="stay_id")
    assert drugs["stay_id"].n_unique() == len(home) >= 3
    assert set(drugs["category"]) == {"drug"}
    assert (drugs["performed_at"].dt.date() == drugs["discharged_at"].dt.date()).all()
    assert drugs["hours"].to_numpy().max() < 4


def test_tests_of_the_emergency_room_belong_to_an_emergency(city: Delivery) -> None:
    key = city.truth("emergency_first", innocent=True).select(stay_id="subject_id")
    tests = outside(city).join(key, on="stay_id")
    assert tests["stay_id"].n_unique() == len(key) >= 5
    assert (tests["performed_at"] < tests["admitted_at"]).all()
    assert tests["hours"].to_numpy().max() < DAY
    assert set(tests["category"]) == {"laboratory", "examination"}
    assert (tests["charged_at"] >= tests["admitted_at"]).all()
    ways = city.table("stays").join(key, on="stay_id")["admission_way"]
    assert set(ways.cast(pl.String)) == {"emergency"}


def test_nothing_is_posted_before_there_is_a_stay(city: Delivery) -> None:
    ours = city.truth("H15")["subject_id"].implode()
    early = outside(city).filter(pl.col("stay_id").is_in(ours))
    early = early.filter(pl.col("performed_at") < pl.col("admitted_at"))
    assert early["stay_id"].n_unique() >= 5
    assert (early["charged_at"] >= early["admitted_at"]).all()
    # As others: some minutes later, and not all at the second of the admission.
    assert (early["charged_at"] > early["admitted_at"]).to_numpy().mean() > 0.9


def test_on_the_day_of_a_transfer_one_stay_ends_as_the_other_begins(city: Delivery) -> None:
    stays = city.table("stays").unique("stay_id")
    rows = stays.join(
        city.truth("transfer_day", innocent=True), left_on="stay_id", right_on="subject_id"
    )
    assert len(rows) >= 3
    received = stays.filter(pl.col("admission_way") == "transfer").select(
        "person_id", next_at="admitted_at", next_hospital="hospital_id"
    )
    both = rows.join(received, on="person_id").filter(
        pl.col("next_at").dt.date() == pl.col("discharged_at").dt.date()
    )
    assert both["stay_id"].n_unique() == len(rows)
    assert (both["next_hospital"] != both["hospital_id"]).all()


def test_a_new_settlement_replaces_a_voided_one(city: Delivery) -> None:
    key = city.truth("resettled", innocent=True)
    stays = city.table("stays")
    again = stays.filter(pl.col("stay_id").is_in(key["subject_id"].implode()))
    assert len(again) == len(key) >= 5
    assert not again["voided"].any()
    voided = stays.filter("voided")
    same = ["hospital_id", "person_id", "admitted_at", "discharged_at", "discharge_way"]
    both = again.join(voided, on=same, suffix="_voided")
    assert len(both) == len(again)
    assert (both["settled_on"] >= both["received_on_voided"]).all()
    assert (both["total_amount"] - both["total_amount_voided"]).abs().to_numpy().mean() < 300
    # Both bill the same units, which were used once.
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    units = lines.group_by("stay_id", "item_code").agg(units=pl.col("quantity").sum())
    pairs = both.select("stay_id", "stay_id_voided")
    new = pairs.join(units, on="stay_id")
    old = pairs.join(units, left_on="stay_id_voided", right_on="stay_id")
    compared = new.join(old, on=["stay_id", "item_code"], how="full", suffix="_old")
    assert (compared["units"] == compared["units_old"]).all()
    # The first was delivered as valid before it was voided.
    cancelled = both["stay_id_voided"].implode()
    first = stays.filter(pl.col("stay_id").is_in(cancelled), ~pl.col("voided"))
    assert len(first) == len(both)
