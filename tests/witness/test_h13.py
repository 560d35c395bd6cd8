"""H13, early discharge or refusal, and its look-alikes, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf, untouched
from tests.witness.fees import codes, fees, labelled, next_stay, unlabelled

# Published: cost below half of the standard, nights below the fifth percentile, back in 7 days.
RATIO, DAYS = 0.5, 7


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H13")


def followed(city: Delivery, level: int) -> pl.DataFrame:
    return next_stay(city, labelled(city, "H13").filter(pl.col("difficulty") == level))


def short(city: Delivery) -> pl.DataFrame:
    """Nights below which five in a hundred honest stays of each group end."""
    return unlabelled(city).group_by("group").agg(few=pl.col("nights").quantile(0.05))


def test_every_one_is_treated_anew_elsewhere_in_its_days(city: Delivery) -> None:
    days = {1: (0, 1), 2: (1, 3), 3: (4, 7), 4: (8, 14)}
    for level, (low, high) in days.items():
        key = city.truth("H13").filter(pl.col("difficulty") == level)
        rows = followed(city, level)
        assert len(rows) == len(key) > 0
        assert (rows["hospital_id"] != rows["hospital_id_next"]).all()
        assert (rows["group"] == rows["group_next"]).all()
        assert rows["gap"].is_between(low, high).all(), level


def test_they_left_too_early_and_cost_too_little(city: Delivery) -> None:
    few = short(city)
    for level in (1, 2, 3):
        rows = followed(city, level).join(few, on="group")
        # The percentile is counted on some dozens of stays, and may lie a night too low.
        assert (rows["nights"] <= rows["few"]).to_numpy().mean() > 0.8, level
        assert (rows["nights"] < rows["few"]).to_numpy().mean() > 0.6, level
        assert (rows["ratio"] < RATIO).to_numpy().mean() > 0.85, level
    assert most(followed(city, 1)["nights"]) <= 2
    assert followed(city, 1)["ratio"].to_numpy().mean() < 0.3


def test_the_excuse_is_written_down_at_difficulty_3(city: Delivery) -> None:
    ways = {level: followed(city, level)["discharge_way"] for level in (1, 2, 3, 4)}
    assert (ways[3] == "against_advice").all()
    for level in (1, 2, 4):
        assert (ways[level] == "home").to_numpy().mean() > 0.7, level


def test_the_cunning_are_just_inside_every_published_limit(city: Delivery) -> None:
    rows = followed(city, 4).join(short(city), on="group")
    assert (rows["nights"] >= rows["few"]).all()
    assert (rows["ratio"] > RATIO).to_numpy().mean() > 0.9
    assert least(rows["gap"]) > DAYS


def test_such_a_sequence_is_rare_among_others(city: Delivery) -> None:
    honest = next_stay(city, unlabelled(city).filter(pl.col("discharge_way") == "home"))
    back = honest.filter(
        (pl.col("gap") <= DAYS) & (pl.col("hospital_id") != pl.col("hospital_id_next"))
        & (pl.col("group") == pl.col("group_next")) & (pl.col("ratio") < RATIO)
    )  # fmt: skip
    assert len(back) <= 2


def test_the_loss_is_the_second_payment(city: Delivery) -> None:
    rows = pl.concat([followed(city, level) for level in (1, 2, 3, 4)])
    assert most((rows["amount"] - rows["payment_standard_next"]).abs()) < 0.02


def test_those_who_left_for_a_leading_hospital_wanted_to(city: Delivery) -> None:
    rows = next_stay(city, labelled(city, "left_for_better", innocent=True))
    assert len(rows) == len(city.truth("left_for_better", innocent=True)) > 0
    assert (rows["discharge_way"] == "against_advice").all()
    level = dict(
        city.table("hospitals").select("hospital_id", pl.col("level").cast(pl.String)).iter_rows()
    )
    assert all(level[hospital] != "3" for hospital in rows["hospital_id"])
    assert all(level[hospital] == "3" for hospital in rows["hospital_id_next"])
    major = ("J96", "R57", "A41", "E43", "N17")
    grave = codes(city, rows).filter(
        (pl.col("position") > 1) & pl.col("code").str.slice(0, 3).is_in(major)
    )
    assert grave.is_empty()


def test_hospice_beds_are_reached_by_transfer(city: Delivery) -> None:
    rows = next_stay(city, labelled(city, "hospice_transfer", innocent=True))
    assert len(rows) == len(city.truth("hospice_transfer", innocent=True)) > 0
    assert (rows["discharge_way"].is_in(["transfer", "death"])).all()
    assert (rows["admission_way_next"] == "transfer").all()
    assert (rows["gap"] == 0).all()
    said = codes(city, rows).filter(pl.col("code") == "Z51.500")["stay_id"]
    assert set(said) == set(rows["stay_id"])


def test_early_deaths_are_deaths(city_of: CityOf) -> None:
    city = untouched(city_of)  # such deaths are rare
    rows = labelled(city, "died_early", innocent=True)
    assert len(rows) > 0
    assert (rows["discharge_way"] == "death").all()
    assert most(rows["nights"]) <= 2
    assert next_stay(city, rows).is_empty()


def test_day_surgery_is_flagged_and_operated(city: Delivery) -> None:
    rows = labelled(city, "day_surgery", innocent=True)
    assert len(rows) > 0
    assert rows["day_case"].all()
    assert most(rows["nights"]) <= 1
    operated = city.table("stay_procedures")["stay_id"]
    assert rows["stay_id"].is_in(operated.implode()).all()
    usual = fees(city).filter(pl.col("group").is_in(["HC2", "KD1"]) & ~pl.col("day_case"))
    assert float(usual["nights"].to_numpy().mean()) > 3
