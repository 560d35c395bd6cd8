"""Look-alikes of false, induced, clustered, frequent and copied stays are what they say."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.alike import cosines, span
from tests.witness.conftest import CityOf, untouched

LEAST_DEDUCTIBLE = 150  # yuan; the least of all kinds of insured


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return untouched(city_of)


def stays_of(city: Delivery, name: str) -> pl.DataFrame:
    """The labelled stays beside their persons and hospitals."""
    people = (
        city.table("persons")
        .unique("person_id")
        .select("person_id", "sex", "birth_date", "address_hash", "relief", home="district")
    )
    houses = city.table("hospitals").unique("hospital_id").select("hospital_id", "ownership")
    key = city.truth(name, innocent=True).select("subject_id")
    rows = city.table("stays").join(key, left_on="stay_id", right_on="subject_id")
    assert len(rows) > 0, name
    rows = rows.join(people, on="person_id").join(houses, on="hospital_id")
    day = pl.col("admitted_at").dt.date()
    age = (day - pl.col("birth_date")).dt.total_days() / 365.25
    return rows.with_columns(day=day, age=age).sort("hospital_id", "day", "stay_id")


def events(rows: pl.DataFrame, days: int, by: str = "hospital_id") -> list[pl.DataFrame]:
    """Stays of one hospital (or address), parted where more than ``days`` lie between two."""
    ordered = rows.sort(by, "day")
    gap = (ordered["day"].diff().dt.total_days().fill_null(0) > days).to_numpy()
    other = (ordered[by] != ordered[by].shift(1)).fill_null(value=False).to_numpy()
    parted = ordered.with_columns(event=pl.Series(np.cumsum(gap | other)))
    return [part for _, part in parted.group_by("event", maintain_order=True)]


def registered(city: Delivery, stays: pl.Series) -> pl.DataFrame:
    """Units billed and recorded of what a register is kept for."""
    kept = city.table("device_uses")["item_code"].unique().implode()
    uses = city.uses().filter(pl.col("stay_id").is_in(stays.implode()))
    return uses.filter(pl.col("item_code").is_in(kept))


@pytest.mark.parametrize(
    "name", ["outbreak", "food_poisoning", "tour_accident", "care_home_winter"]
)
def test_events_happen_once_and_are_emergencies(city: Delivery, name: str) -> None:
    rows = stays_of(city, name)
    assert (rows["admission_way"] == "emergency").all()
    assert most(rows["person_id"].value_counts()["count"]) == 1
    days = {"outbreak": 3, "food_poisoning": 0, "tour_accident": 0, "care_home_winter": 12}[name]
    for event in events(rows, days):
        assert span(event["day"]) <= max(days, 0) * 2


def test_an_outbreak_is_one_infection_of_neighbours(city: Delivery) -> None:
    rows = stays_of(city, "outbreak")
    assert rows["principal_diagnosis"].str.starts_with("J").all()
    shared = [most(e["address_hash"].value_counts()["count"]) / len(e) for e in events(rows, 3)]
    assert max(shared) >= 0.5


def test_a_poisoned_family_has_one_address_and_one_poison(city: Delivery) -> None:
    rows = stays_of(city, "food_poisoning")
    assert (rows["principal_diagnosis"] == "T62.900").all()
    for event in events(rows, 0):
        assert event["address_hash"].n_unique() == 1
        assert len(event) >= 3


def test_injured_tourists_are_operated_and_live_apart(city: Delivery) -> None:
    rows = stays_of(city, "tour_accident")
    operated = city.table("stay_procedures")["stay_id"].unique().implode()
    assert rows["stay_id"].is_in(operated).all()
    assert rows["address_hash"].n_unique() > 0.6 * len(rows)
    used = registered(city, rows["stay_id"])
    assert len(used) > 0
    assert (used["billed"] >= used["used"]).all()  # a slip of the register now and then
    assert (used["billed"] == used["used"]).to_numpy().mean() > 0.7


def test_old_people_of_one_home_fall_ill_in_winter_and_pay(city: Delivery) -> None:
    rows = stays_of(city, "care_home_winter")
    assert least(rows["age"]) >= 75
    assert rows["day"].dt.month().is_in([12, 1, 2, 3]).all()
    assert rows["referrer"].is_null().all()
    paid = rows.filter(pl.col("total_amount") > 2 * LEAST_DEDUCTIBLE)
    assert least(paid["self_pay_amount"]) >= LEAST_DEDUCTIBLE
    # Who fell ill again before the winter was over is missing from a home.
    sizes = [len(event) for event in events(rows, 12, by="address_hash")]
    assert np.median(sizes) >= 3


def test_a_village_doctor_sends_to_others_too_and_all_pay(city: Delivery) -> None:
    rows = stays_of(city, "village_doctor")
    assert (rows["ownership"] == "public").all()
    paid = rows.filter(pl.col("total_amount") > 2 * LEAST_DEDUCTIBLE)
    assert least(paid["self_pay_amount"]) >= LEAST_DEDUCTIBLE
    doctors = rows["referrer"].unique()
    assert doctors.null_count() == 0
    everybody = city.table("stays").filter(pl.col("referrer").is_in(doctors.implode()))
    houses = everybody.group_by("referrer").agg(pl.col("hospital_id").n_unique())
    assert most(houses["hospital_id"]) > 1
    assert doctors.n_unique() < len(rows) / 3


def test_a_screening_office_sends_to_several_houses_for_an_operation(city: Delivery) -> None:
    rows = stays_of(city, "screening_programme")
    offices = rows.group_by("referrer").agg(pl.col("hospital_id").n_unique(), sent=pl.len())
    assert offices["referrer"].null_count() == 0
    assert least(offices["hospital_id"]) >= 2
    assert least(offices["sent"]) >= 6
    operated = city.table("stay_procedures")["stay_id"].unique().implode()
    assert rows["stay_id"].is_in(operated).all()


def test_cataract_days_leave_an_operation_and_a_registered_lens(city: Delivery) -> None:
    rows = stays_of(city, "cataract_day")
    operated = city.table("stay_procedures")["stay_id"].unique().implode()
    assert rows["stay_id"].is_in(operated).all()
    assert rows["principal_diagnosis"].str.slice(0, 3).is_in(["H25", "H26"]).all()
    used = registered(city, rows["stay_id"])
    assert used["stay_id"].n_unique() > 0.9 * len(rows)
    assert (used["billed"] == used["used"]).to_numpy().mean() > 0.9
    for event in events(rows, 0):
        assert event["physician_id"].n_unique() == 1
        assert np.median(cosines(city, event["stay_id"])) > 0.7


@pytest.mark.parametrize(
    ("name", "code", "gap"), [("chemotherapy_protocol", "Z51", 21), ("dialysis_cohort", "N18", 28)]
)
def test_cohorts_follow_a_schedule_of_treatment(
    city: Delivery, name: str, code: str, gap: int
) -> None:
    rows = stays_of(city, name)
    assert rows["principal_diagnosis"].str.starts_with(code).all()
    ordered = rows.sort("person_id", "day")
    steps = ordered.select(pl.col("day").diff().over("person_id").dt.total_days()).to_series()
    assert (steps.drop_nulls() == gap).all()
    announced = ordered.filter(pl.col("person_id") == pl.col("person_id").shift(-1))
    assert announced["planned_readmission"].all()
    people = rows.unique("person_id")
    assert most(people["address_hash"].value_counts()["count"]) <= max(2, 0.4 * len(people))
    treated = city.table("stay_procedures")["stay_id"].unique().implode()
    assert rows["stay_id"].is_in(treated).to_numpy().mean() > 0.9


def test_one_protocol_gives_equal_bills_with_different_diagnoses(city: Delivery) -> None:
    rows = stays_of(city, "chemotherapy_protocol")
    for event in events(rows, 0):
        assert np.median(cosines(city, event["stay_id"])) > 0.99
        assert event["physician_id"].n_unique() == 1


def test_siblings_are_children_of_one_address_with_one_infection(city: Delivery) -> None:
    rows = stays_of(city, "siblings")
    assert most(rows["age"]) < 17
    for event in events(rows, 0, by="address_hash"):
        assert len(event) == 2
        assert event["principal_diagnosis"].n_unique() == 1
        assert event["admission_way"].unique().to_list() == ["emergency"]
        assert least(pl.Series(cosines(city, event["stay_id"]))) > 0.9


def test_relief_is_written_down_for_those_who_pay_nothing(city: Delivery) -> None:
    assert stays_of(city, "poverty_relief")["relief"].all()


def test_veterans_pay_nothing_anywhere(city: Delivery) -> None:
    rows = stays_of(city, "veterans")
    assert (rows["sex"] == "M").all()
    assert least(rows["age"]) >= 74
    theirs = city.table("stays").filter(pl.col("person_id").is_in(rows["person_id"].implode()))
    own = theirs["self_pay_amount"] / theirs["total_amount"]
    assert (own < 0.15).to_numpy().mean() > 0.9
    assert len(rows) > 0.7 * len(theirs)


@pytest.mark.parametrize(
    ("name", "codes"), [("transfusion_dependent", ["C92"]), ("palliative", ["I50", "J44"])]
)
def test_frequent_stays_of_the_severely_ill_have_one_house_and_one_illness(
    city: Delivery, name: str, codes: list[str]
) -> None:
    rows = stays_of(city, name)
    assert rows["principal_diagnosis"].str.slice(0, 3).is_in(codes).all()
    people = rows.group_by("person_id").agg(pl.col("hospital_id").n_unique(), n=pl.len())
    assert most(people["hospital_id"]) == 1
    assert least(people["n"]) >= 6
    if name == "palliative":
        assert (rows["admission_way"] == "emergency").all()
    else:
        assert rows["planned_readmission"].to_numpy().mean() > 0.8


def test_a_chain_of_rehabilitation_goes_by_transfer(city: Delivery) -> None:
    rows = stays_of(city, "rehabilitation_chain").sort("person_id", "admitted_at")
    before = [pl.col(n).shift(1).over("person_id").alias(f"{n}_before")
              for n in ("hospital_id", "discharge_way", "discharged_at")]  # fmt: skip
    steps = rows.with_columns(before).drop_nulls("hospital_id_before")
    assert len(steps) >= 3
    assert (steps["admission_way"] == "transfer").all()
    assert (steps["discharge_way_before"] == "transfer").all()
    assert (steps["admitted_at"] > steps["discharged_at_before"]).all()
    assert (
        least(rows.group_by("person_id").agg(pl.col("hospital_id").n_unique())["hospital_id"]) >= 3
    )


def test_goods_of_local_anaesthesia_are_registered(city: Delivery) -> None:
    rows = stays_of(city, "local_anaesthesia")
    lines = city.table("fee_lines").filter(pl.col("stay_id").is_in(rows["stay_id"].implode()))
    assert lines.filter(pl.col("category") == "anaesthesia").is_empty()
    used = registered(city, rows["stay_id"])
    assert len(used) > 0
    assert (used["billed"] == used["used"]).to_numpy().mean() > 0.85


def test_dialysis_elsewhere_is_explained_by_the_kidneys(city: Delivery) -> None:
    rows = stays_of(city, "outside_dialysis")
    coded = city.table("stay_diagnoses").filter(pl.col("code") == "N18.501")["stay_id"]
    assert rows["stay_id"].is_in(coded.implode()).all()
    visits = city.table("outpatient_visits").join(
        rows.select("stay_id", "person_id", "admitted_at", "discharged_at", here="hospital_id"),
        on="person_id",
    ).filter(pl.col("visited_at").is_between(pl.col("admitted_at"), pl.col("discharged_at")))  # fmt: skip
    assert visits["stay_id"].n_unique() == len(rows)
    assert (visits["hospital_id"] != visits["here"]).all()
    assert (
        most(visits.group_by("stay_id").agg(pl.col("hospital_id").n_unique())["hospital_id"]) == 1
    )
    assert least(visits.group_by("stay_id").len()["len"]) >= 2
    days = city.day_matrix().join(rows.select("stay_id"), on="stay_id")
    assert (days["lines"] > 0).to_numpy().mean() > 0.8
