"""H08 and what is taken for it, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf

EVERYDAY = [
    "I10.x00x002", "E11.900", "I25.103", "E78.500", "K29.000", "I67.200x003", "M81.000",
    "G47.000x001", "D64.900", "N39.000",
]  # fmt: skip
REMOVALS = ["51.2300", "47.0100", "47.0901", "68.4100"]


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H08")


def stays(city: Delivery) -> pl.DataFrame:
    """Valid settlements: those never cancelled."""
    every = city.table("stays")
    gone = every.filter("voided")["stay_id"].implode()
    return every.filter(~pl.col("stay_id").is_in(gone)).unique("stay_id")


def level(city: Delivery, difficulty: int) -> pl.DataFrame:
    key = city.truth("H08").filter(pl.col("difficulty") == difficulty)
    assert len(key) >= 10
    return stays(city).join(key, left_on="stay_id", right_on="subject_id")


def two_beds(city: Delivery) -> set[str]:
    """Stays that lie over another stay of the card in another hospital for two nights."""
    rows = stays(city).filter(~pl.col("newborn"))
    other = rows.select(
        "person_id", there="hospital_id", enter="admitted_at", leave="discharged_at"
    )
    both = rows.join(other, on="person_id").filter(pl.col("there") != pl.col("hospital_id"))
    nights = (
        pl.min_horizontal("discharged_at", "leave").dt.date()
        - pl.max_horizontal("admitted_at", "enter").dt.date()
    )
    return set(both.filter(nights.dt.total_days() >= 2)["stay_id"])


def after_death(city: Delivery) -> set[str]:
    gone = city.table("persons").drop_nulls("death_date").select("person_id", "death_date")
    gone = gone.unique("person_id")
    rows = stays(city).join(gone, on="person_id")
    return set(rows.filter(pl.col("admitted_at").dt.date() > pl.col("death_date"))["stay_id"])


def removed_twice(city: Delivery) -> set[str]:
    """Stays in which an organ is removed that another stay of the card removed too."""
    done = city.table("stay_procedures").filter(
        pl.col("code").is_in(REMOVALS), pl.col("position") == 1
    )
    rows = stays(city).select("stay_id", "person_id").join(done, on="stay_id")
    rows = rows.with_columns(organ=pl.col("code").str.slice(0, 2))
    twice = pl.len().over("person_id", "organ") > 1
    return set(rows.filter(twice)["stay_id"])


def other_blood(city: Delivery) -> set[str]:
    """Persons whose last record has another blood group than the first."""
    sent = city.table("persons").sort("received_on")
    groups = sent.group_by("person_id").agg(
        first=pl.col("blood_group").first(), last=pl.col("blood_group").last(), n=pl.len()
    )
    return set(groups.filter(pl.col("first") != pl.col("last"))["person_id"])


def missing_illnesses(city: Delivery) -> set[str]:
    """Stays that lack an everyday illness which every other stay of the card lists."""
    listed = city.table("stay_diagnoses").filter(pl.col("code").is_in(EVERYDAY))
    beside = listed.filter(pl.col("position") > 1).select("stay_id", "code").unique()
    listed = listed.select("stay_id", "code").unique()
    rows = stays(city).filter(~pl.col("newborn")).select("stay_id", "person_id")
    known = rows.join(beside, on="stay_id")
    size = rows.group_by("person_id").agg(stays=pl.len())
    often = known.group_by("person_id", "code").agg(having=pl.len()).join(size, on="person_id")
    most = often.filter(pl.col("stays") > 1)
    lacking = rows.join(most.select("person_id", "code"), on="person_id").join(
        listed, on=["stay_id", "code"], how="anti"
    )
    return set(lacking["stay_id"])


def share(rows: pl.DataFrame, found: set[str]) -> float:
    return len(set(rows["stay_id"]) & found) / len(rows)


def test_h08_first_level_is_in_two_places_or_dead(city: Delivery) -> None:
    rows = level(city, 1)
    assert share(rows, two_beds(city) | after_death(city)) == 1.0
    guilty = set(city.truth("H08")["subject_id"])
    partners = stays(city).filter(pl.col("stay_id").is_in(list(two_beds(city))))
    with_guilty = stays(city).filter(pl.col("stay_id").is_in(list(guilty)))["person_id"]
    assert set(partners["person_id"]) <= set(with_guilty)
    assert after_death(city) <= guilty


def test_h08_second_level_removes_an_organ_twice(city: Delivery) -> None:
    rows = level(city, 2)
    assert share(rows, removed_twice(city)) == 1.0
    honest = len(removed_twice(city)) - 2 * len(rows)
    assert honest < 0.5 * len(rows)


def test_h08_third_level_has_another_blood_group_or_other_illnesses(city: Delivery) -> None:
    rows = level(city, 3)
    typed = rows["person_id"].is_in(list(other_blood(city)))
    assert 0.5 < typed.to_numpy().mean() < 1.0
    plain = rows.filter(~typed)
    assert share(plain, missing_illnesses(city)) == 1.0
    everyone = stays(city).filter(~pl.col("person_id").is_in(rows["person_id"].implode()))
    assert not everyone["person_id"].is_in(list(other_blood(city))).any()


def test_h08_fourth_level_uses_a_relatives_card(city: Delivery) -> None:
    rows = level(city, 4)
    # Now and then the owner's illness is the main diagnosis of the other stay.
    assert share(rows, missing_illnesses(city)) > 0.8
    for obvious in (two_beds(city), after_death(city)):
        assert share(rows, obvious) == 0.0
    assert share(rows, removed_twice(city)) < 0.1
    # A card may have been lent twice, and told by the other stay.
    assert rows["person_id"].is_in(list(other_blood(city))).to_numpy().mean() < 0.2
    honest = stays(city).filter(
        ~pl.col("stay_id").is_in(city.truth("H08")["subject_id"].implode()), ~pl.col("newborn")
    )
    cards = level(city, 3)["person_id"].to_list() + rows["person_id"].to_list()
    cards += level(city, 1)["person_id"].to_list() + level(city, 2)["person_id"].to_list()
    assert share(honest.filter(~pl.col("person_id").is_in(cards)), missing_illnesses(city)) < 0.01


def test_the_loss_is_what_the_fund_paid(city: Delivery) -> None:
    rows = stays(city).join(city.truth("H08"), left_on="stay_id", right_on="subject_id")
    assert (rows["fund_amount"] - rows["amount"]).abs().to_numpy().max() < 0.01
    assert rows["amount"].to_numpy().min() > 0
    persons = city.table("persons").unique("person_id").select("person_id", "sex")
    first = rows.join(persons, on="person_id")
    assert not ((first["sex"] == "M") & first["department"].is_in(["妇科", "产科"])).any()


def test_a_wrong_blood_group_is_put_right(city: Delivery) -> None:
    key = city.truth("blood_group_slip", innocent=True)
    rows = stays(city).join(key, left_on="stay_id", right_on="subject_id")
    assert len(rows) >= 2
    sent = city.table("persons").filter(pl.col("death_date").is_null()).sort("received_on")
    for person in rows["person_id"]:
        groups = sent.filter(pl.col("person_id") == person)["blood_group"].to_list()
        assert groups[0] == groups[2] != groups[1]


def test_the_second_of_a_pair_is_on_the_other_side(city: Delivery) -> None:
    rows = stays(city).join(
        city.truth("other_side", innocent=True), left_on="stay_id", right_on="subject_id"
    )
    assert len(rows) >= 3
    done = city.table("stay_procedures").filter(pl.col("position") == 1)
    done = stays(city).select("stay_id", "person_id", "drg").join(done, on="stay_id")
    mine = rows.select("stay_id", "person_id").join(done, on=["stay_id", "person_id"])
    both = mine.join(done, on="person_id", suffix="_first").filter(
        (pl.col("stay_id") != pl.col("stay_id_first"))
        & (pl.col("drg").str.slice(0, 3) == pl.col("drg_first").str.slice(0, 3))
    )
    assert both["stay_id"].n_unique() == len(rows)
    assert (both["laterality"] != both["laterality_first"]).all()
