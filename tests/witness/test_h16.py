"""H16 and what is taken for it, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf, untouched
from tests.witness.test_h08 import stays as valid

OF_THE_OLD = ["M81.000", "I25.103", "I67.200x003"]
EXAMINED = {"M81.000": "骨密度", "I25.103": "冠状动脉CTA", "I67.200x003": "颈动脉"}


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H16")


def people(city: Delivery) -> pl.DataFrame:
    """Stays settled once, with the person's sex at first registration and age in years."""
    persons = city.table("persons").sort("received_on").unique("person_id", keep="first")
    stays = valid(city)
    rows = stays.join(persons.select("person_id", "sex", "birth_date"), on="person_id")
    days = (pl.col("admitted_at").dt.date() - pl.col("birth_date")).dt.total_days()
    return rows.with_columns(age=days / 365.25)


def billed(city: Delivery) -> pl.DataFrame:
    names = city.table("service_items").unique("item_code").select("item_code", "name")
    return city.table("fee_lines").join(names, on="item_code")


def impossible(city: Delivery) -> pl.DataFrame:
    """Stays with a diagnosis that sex or age rules out, but newborns on the mother's card."""
    codes = city.table("stay_diagnoses").join(people(city), on="stay_id")
    man, woman = pl.col("sex") == "M", pl.col("sex") == "F"
    wrong = (man & pl.col("code").str.contains("^(O|D25)")) | (
        woman & pl.col("code").str.starts_with("N40")
    )
    wrong |= pl.col("code").str.starts_with("P") & (pl.col("age") > 1)
    return codes.filter(wrong & ~pl.col("newborn")).select("stay_id").unique()


def level(city: Delivery, difficulty: int) -> pl.DataFrame:
    key = city.truth("H16").filter(pl.col("difficulty") == difficulty)
    assert len(key) >= 10
    return people(city).join(key, left_on="stay_id", right_on="subject_id")


def test_h16_codes_what_sex_or_age_rules_out(city: Delivery) -> None:
    rows = level(city, 1)
    assert set(rows["stay_id"]) <= set(impossible(city)["stay_id"])
    explained = city.truth("sex_slip", innocent=True)["subject_id"]
    assert set(impossible(city)["stay_id"]) <= set(rows["stay_id"]) | set(explained)


def test_h16_bills_operations_of_the_other_sex(city: Delivery) -> None:
    lines = billed(city).filter(pl.col("name").str.contains("剖宫产|子宫切除"))
    own = people(city).join(lines.select("stay_id", "name"), on="stay_id")
    unfit = own.filter(
        (pl.col("sex") == "M") | ((pl.col("age") >= 57) & pl.col("name").str.contains("剖"))
    )
    mine = level(city, 2)
    assert set(mine["stay_id"]) <= set(unfit["stay_id"])
    assert mine.join(impossible(city), on="stay_id", how="semi").is_empty()
    known = set(city.truth("H16")["subject_id"]) | set(
        city.truth("sex_slip", innocent=True)["subject_id"]
    )
    assert set(unfit["stay_id"]) <= known


def test_h16_codes_illnesses_of_the_old_in_the_young(city: Delivery) -> None:
    codes = city.table("stay_diagnoses").filter(
        pl.col("code").is_in(OF_THE_OLD), pl.col("position") > 1
    )
    young = people(city).filter(pl.col("age") < 31).join(codes, on="stay_id")
    mine = level(city, 3)
    assert set(mine["stay_id"]) == set(young["stay_id"])
    rare = level(city, 4).join(codes, on="stay_id")
    assert rare["stay_id"].n_unique() == len(level(city, 4))
    assert rare["age"].is_between(36, 46).all()
    # At that age it is met in honest stays too.
    key = city.truth("H16")["subject_id"].implode()
    others = people(city).filter(pl.col("age").is_between(36, 46), ~pl.col("stay_id").is_in(key))
    assert others.join(codes, on="stay_id", how="semi")["stay_id"].n_unique() > 0


def test_the_loss_is_one_line_of_the_stay(city: Delivery) -> None:
    key = city.truth("H16")
    lines = city.table("fee_lines").join(
        key, left_on="stay_id", right_on="subject_id", suffix="_lost"
    )
    same = lines.filter((pl.col("amount") - pl.col("amount_lost")).abs() < 0.01)
    assert same["stay_id"].n_unique() == len(key)
    assert key["amount"].to_numpy().min() > 0


def test_newborns_lie_on_the_card_of_a_mother(city_of: CityOf) -> None:
    city = untouched(city_of)
    rows = people(city).join(
        city.truth("newborn_card", innocent=True), left_on="stay_id", right_on="subject_id"
    )
    assert len(rows) >= 3
    assert rows["newborn"].all()
    assert set(rows["sex"]) == {"F"}
    born = (
        people(city)
        .filter(pl.col("department") == "产科", ~pl.col("newborn"))
        .select("person_id", born="discharged_at")
    )
    both = rows.join(born, on="person_id")
    near = (both["admitted_at"] - both["born"]).dt.total_days().is_between(-20, 5)
    assert both.filter(near)["stay_id"].n_unique() == len(rows)


def test_a_wrong_sex_is_put_right(city_of: CityOf) -> None:
    city = untouched(city_of)
    key = city.truth("sex_slip", innocent=True)
    assert len(key) >= 3
    stays = (
        city.table("stays").unique("stay_id").join(key, left_on="stay_id", right_on="subject_id")
    )
    persons = city.table("persons").sort("received_on")
    for row in stays.to_dicts():
        sent = persons.filter(
            pl.col("person_id") == row["person_id"], pl.col("death_date").is_null()
        )
        assert sent["sex"][0] == sent["sex"][-1] != sent["sex"][1]
        assert sent["received_on"][1] < row["admitted_at"].date()
        assert sent["received_on"][-1] > row["received_on"]


def test_early_onset_is_known_in_every_stay(city_of: CityOf) -> None:
    city = untouched(city_of)
    rows = people(city).join(
        city.truth("early_onset", innocent=True), left_on="stay_id", right_on="subject_id"
    )
    assert len(rows) >= 5
    assert rows["age"].is_between(33.9, 46.1).all()
    codes = city.table("stay_diagnoses").filter(pl.col("code").is_in(OF_THE_OLD))
    mine = rows.join(codes, on="stay_id")
    assert mine["stay_id"].n_unique() == len(rows)
    others = people(city).filter(~pl.col("newborn")).select("person_id", other="stay_id")
    ill = mine.select("person_id", "code").unique().join(others, on="person_id")
    listed = city.table("stay_diagnoses").select("code", other="stay_id").unique()
    # It is the main diagnosis elsewhere, or left out, now and then.
    assert len(ill.join(listed, on=["other", "code"])) > 0.9 * len(ill)
    named = billed(city).select("stay_id", "name")
    done = mine.with_columns(sign=pl.col("code").replace_strict(EXAMINED)).join(named, on="stay_id")
    done = done.filter(pl.col("name").str.starts_with(pl.col("sign")))
    assert done["stay_id"].n_unique() == len(rows)
