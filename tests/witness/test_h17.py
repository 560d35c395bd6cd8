"""H17: admissions before holidays; and winters, school holidays and accidents."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from chinese_calendar import is_workday

from tests.unit.synthetic_city import Delivery, least
from tests.witness import books
from tests.witness.conftest import CityOf

PUBLISHED_Z = 3.0
WEEK = 7
ALL = ("H17",)
LOW_NEED = ("FV2", "KS1", "IU2", "FR4", "FR3")


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def admitted(city: Delivery) -> pl.DataFrame:
    """Every stay once: hospital, day, nights, group and what the fund paid."""
    stays = city.table("stays").unique("stay_id", keep="first", maintain_order=True)
    day, left = pl.col("admitted_at").dt.date(), pl.col("discharged_at").dt.date()
    return stays.with_columns(
        day=day, nights=(left - day).dt.total_days(), adrg=pl.col("drg").str.slice(0, 3)
    )


def counts(city: Delivery, hospital: str) -> tuple[np.ndarray, date]:
    """Admissions of a hospital on each day of the window, and its first day."""
    rows = admitted(city)
    days = rows["day"].cast(pl.Int32).to_numpy()
    mine = rows.filter(pl.col("hospital_id") == hospital)["day"].cast(pl.Int32).to_numpy()
    first = int(days.min())
    number = np.bincount(mine - first, minlength=int(days.max()) - first + 1)
    return number.astype(np.float64), date(1970, 1, 1) + timedelta(days=first)


def z_of(city: Delivery, hospital: str, days: int) -> np.ndarray:
    """How far the admissions of every run of days lie above the usual, in standard deviations."""
    number, _ = counts(city, hospital)
    run = np.convolve(number, np.ones(days), mode="valid")
    usual = np.median(run) if days >= WEEK else number.mean() * days
    z: np.ndarray = (run - usual) / np.sqrt(max(usual, 1.0))
    return z


def planted(city: Delivery, level: int) -> list[dict[str, object]]:
    rows = city.truth("H17").filter(pl.col("difficulty") == level).to_dicts()
    assert rows, level
    return rows


def surplus(city: Delivery, row: dict[str, object]) -> pl.DataFrame:
    """Short stays of low need in the weeks of the surge."""
    return admitted(city).filter(
        (pl.col("hospital_id") == row["subject_id"])
        & pl.col("day").is_between(row["started_on"], row["ended_on"])  # type: ignore[arg-type]
        & pl.col("adrg").is_in(LOW_NEED)
    )


def test_every_difficulty_is_planted_with_a_loss(city: Delivery) -> None:
    key = city.truth("H17")
    assert set(key["difficulty"]) == {1, 2, 3, 4}
    assert key["subject_type"].unique().to_list() == ["hospital"]
    assert len(key) <= 0.08 * city.table("hospitals")["hospital_id"].n_unique()
    assert least(key["amount"]) > 0


def test_the_last_days_before_holidays_are_full(city: Delivery) -> None:
    for level, days in ((1, 2), (2, 3)):
        for row in planted(city, level):
            z = z_of(city, str(row["subject_id"]), days)
            assert (z > PUBLISHED_Z).sum() >= level, (level, z.max())
            rows = surplus(city, row)
            assert (rows["nights"] <= days).to_numpy().mean() > 0.5


def test_weekends_are_full_at_the_third_difficulty(city: Delivery) -> None:
    for row in planted(city, 3):
        rows = admitted(city).filter(pl.col("hospital_id") == row["subject_id"])
        rows = rows.with_columns(free=pl.col("day").dt.weekday() >= 6)
        begin, end = row["started_on"], row["ended_on"]
        within = pl.col("day").is_between(begin, end)  # type: ignore[arg-type]
        during, else_ = rows.filter(within), rows.filter(~within)
        usual = else_["free"].to_numpy().mean()
        assert usual < 0.4
        assert during["free"].to_numpy().mean() > 1.25 * usual


def holidays(first: date, days: int) -> list[date]:
    """First days of all runs of three or more days without work."""
    free = [not is_workday(first + timedelta(days=day)) for day in range(days)]
    begins = [day for day in range(1, days - 2) if not free[day - 1] and all(free[day : day + 3])]
    return [first + timedelta(days=day) for day in begins]


def test_the_most_cunning_stay_below_the_published_limit(city: Delivery) -> None:
    for row in planted(city, 4):
        number, first = counts(city, str(row["subject_id"]))
        usual = number.mean() * WEEK
        more = []
        for eve in holidays(first, len(number)):
            at = (eve - first).days - WEEK
            if at >= 0 and row["started_on"] <= eve <= row["ended_on"]:  # type: ignore[operator]
                more.append((number[at : at + WEEK].sum() - usual) / np.sqrt(usual))
        assert len(more) >= 1
        # Weeks in which more came by themselves were left as they are.
        assert np.sort(more)[: max(1, len(more) - 1)].max() < PUBLISHED_Z, more


def test_the_loss_is_paid_by_the_fund_for_short_stays_of_low_need(city: Delivery) -> None:
    for level in (1, 2, 3):
        for row in planted(city, level):
            paid = surplus(city, row)["fund_amount"].sum()
            assert 0.5 * float(str(row["amount"])) < paid < 8 * float(str(row["amount"]))


def test_few_honest_houses_of_that_size_reach_the_limit(city: Delivery) -> None:
    key = city.truth().filter(pl.col("subject_type") == "hospital")["subject_id"].implode()
    rows = admitted(city).filter(~pl.col("hospital_id").is_in(key))
    usual = rows.group_by("hospital_id").len()
    middle = usual.filter(pl.col("len").is_between(60, 200))["hospital_id"].to_list()
    worst = [z_of(city, hospital, 2).max() for hospital in middle]
    bold = [z_of(city, str(row["subject_id"]), 2).max() for row in planted(city, 1)]
    assert np.median(worst) < 0.6 * min(bold)


def rush(city: Delivery, name: str) -> list[pl.DataFrame]:
    """Stays of each labelled hospital in the labelled days."""
    key = city.truth(name, innocent=True)
    assert 0 < len(key) <= 2
    return [
        admitted(city).filter(
            (pl.col("hospital_id") == row["subject_id"])
            & pl.col("day").is_between(row["started_on"], row["ended_on"])
        )
        for row in key.to_dicts()
    ]


def test_a_winter_wave_is_one_infection_by_emergency(city: Delivery) -> None:
    for rows in rush(city, "winter_wave"):
        wave = rows.filter(pl.col("adrg") == "ES3")
        assert len(wave) >= 10
        assert (wave["admission_way"] == "emergency").to_numpy().mean() > 0.7
        assert set(wave["day"].dt.month()) <= {12, 1, 2, 3}


def test_children_are_operated_in_the_school_holidays(city: Delivery) -> None:
    persons = city.table("persons").unique("person_id").select("person_id", "birth_date")
    operated = city.table("stay_procedures").select("stay_id").unique()
    for rows in rush(city, "school_holiday"):
        mine = rows.join(persons, on="person_id").with_columns(
            age=(pl.col("day") - pl.col("birth_date")).dt.total_days() / 365.25
        )
        children = mine.filter((pl.col("age") < 18) & (pl.col("adrg") == "GE1"))
        assert len(children) >= 8
        assert len(children.join(operated, on="stay_id")) == len(children)
        assert set(children["day"].dt.month()) <= {7, 8}


def test_an_accident_fills_one_day_with_injured(city: Delivery) -> None:
    for rows in rush(city, "mass_accident"):
        assert rows["day"].n_unique() == 1
        hurt = rows.filter(pl.col("adrg").is_in(["IF1", "IF4", "VZ1"]))
        assert len(hurt) >= 8
        assert (hurt["admission_way"] == "emergency").to_numpy().mean() > 0.8
